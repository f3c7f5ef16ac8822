// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/rig_solver.h"

#include <gmock/gmock.h>

#include <Eigen/Cholesky>
#include <cmath>
#include <cstdlib>
#include <numeric>

#include "lockstep/calibrate/view_graph.h"
#include "lockstep/time/line_fit.h"
#include "tests/support/synthetic_boards.h"

namespace lockstep {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::SyntheticErrors;
using testing::SyntheticRig;

/// Few rigs of each shape, or as many as the figures are stated for.
uint64_t seeds(uint64_t few) {
  return std::getenv("LOCKSTEP_NIGHTLY") != nullptr ? 20 : few;
}

struct PoseError {
  double mm = 0, deg = 0;
};

PoseError error_of(const RigidTransform& found, const RigidTransform& truth) {
  const RigidTransform apart = truth.inverse() * found;
  return {apart.translation.norm() * 1e3, Eigen::AngleAxisd(apart.rotation).angle() * 180 / M_PI};
}

/// How far a pose is off, in its own covariance.
double squared_sigmas(const SolvedCamera& camera, const RigidTransform& truth) {
  const RigidTransform apart = truth.inverse() * camera.rig_from_depth;
  const Eigen::AngleAxisd turn(apart.rotation);
  Eigen::Matrix<double, 6, 1> off;
  off << turn.angle() * turn.axis(), apart.translation;
  return off.dot(camera.covariance.ldlt().solve(off));
}

PoseError worst(const SyntheticRig& rig, const SolvedRig& solved) {
  PoseError worst;
  for (size_t i = 1; i < solved.cameras.size(); ++i) {
    const PoseError error = error_of(solved.cameras[i].rig_from_depth, rig.rig_from_depth(i));
    worst = {std::max(worst.mm, error.mm), std::max(worst.deg, error.deg)};
  }
  return worst;
}

TEST(RigSolver, FindsTheWorstOfFourCamerasOnACircle) {
  std::vector<double> mm, deg, offset_mm, sigmas;
  for (uint64_t seed = 1; seed <= seeds(5); ++seed) {
    SyntheticRig rig(seed, SyntheticErrors{});
    rig.stand_on_circle(4, 2.5);
    rig.show_to_neighbours_on_circle(30);
    const auto solved = solve_rig(rig.factory, rig.board, rig.views);
    ASSERT_TRUE(solved) << solved.error().message;
    const PoseError error = worst(rig, *solved);
    mm.push_back(error.mm);
    deg.push_back(error.deg);
    for (size_t i = 0; i < 4; ++i) {
      const double off_m = solved->cameras[i].depth_offset_m - rig.truth[i].depth_bias_m;
      offset_mm.push_back(std::abs(off_m) * 1e3);
    }
    for (size_t i = 1; i < 4; ++i)
      sigmas.push_back(squared_sigmas(solved->cameras[i], rig.rig_from_depth(i)));
    EXPECT_NEAR(solved->noise.color_px, 0.1, 0.01);
    EXPECT_NEAR(solved->noise.infrared_px, 0.1, 0.01);
    EXPECT_NEAR(solved->noise.depth_m, 0.0015, 0.0002);
  }
  EXPECT_LT(median(mm), 1.5);
  EXPECT_LT(median(deg), 0.05);
  EXPECT_LT(median(offset_mm), 1);
  // Six on average where the errors are just what the solver holds them to; they are smaller here.
  const double mean =
      std::accumulate(sigmas.begin(), sigmas.end(), 0.0) / static_cast<double>(sigmas.size());
  EXPECT_GT(mean, 0.5);
  EXPECT_LT(mean, 8) << mean;
}

TEST(RigSolver, FindsTheWorstOfAChainOfEight) {
  std::vector<double> mm, deg;
  for (uint64_t seed = 1; seed <= seeds(1); ++seed) {
    SyntheticRig rig(seed, SyntheticErrors{});
    rig.stand_in_line(8, 1.0);
    rig.show_to_neighbours_in_line(30, 1.8);
    const auto solved = solve_rig(rig.factory, rig.board, rig.views);
    ASSERT_TRUE(solved) << solved.error().message;
    const PoseError error = worst(rig, *solved);
    mm.push_back(error.mm);
    deg.push_back(error.deg);
  }
  EXPECT_LT(median(mm), 5);
  EXPECT_LT(median(deg), 0.15);
}

TEST(RigSolver, IsExactWhereNothingIsOff) {
  SyntheticRig rig(7, {0, 0, 0, 0, 0, 0, 0, 0});
  rig.stand_on_circle(4, 2);
  rig.show_to_neighbours_on_circle(4);
  const auto solved = solve_rig(rig.factory, rig.board, rig.views);
  ASSERT_TRUE(solved) << solved.error().message;
  EXPECT_LT(worst(rig, *solved).mm, 1e-3);
  EXPECT_LT(worst(rig, *solved).deg, 1e-4);
  EXPECT_EQ(solved->cameras[0].rig_from_depth.translation.norm(), 0) << "the rig's frame";
  for (const auto& [tick, rig_from_board] : solved->rig_from_board) {
    const RigidTransform truth =
        rig.truth[0].world_from_depth.inverse() * rig.world_from_boards.at(tick);
    EXPECT_LT(error_of(rig_from_board, truth).mm, 1e-2);
  }
}

TEST(RigSolver, IsNotLedAstrayByCornersThatAreElsewhere) {
  SyntheticRig rig(3, SyntheticErrors{});
  rig.stand_on_circle(4, 2.5);
  rig.show_to_neighbours_on_circle(12);
  int moved = 0;
  for (BoardView& view : rig.views) {
    for (size_t i = 0; i < view.corners.size(); i += 25, ++moved)
      view.corners[i].pixel += Eigen::Vector2d(9, -6);
  }
  ASSERT_GT(moved, 100);
  const auto solved = solve_rig(rig.factory, rig.board, rig.views);
  ASSERT_TRUE(solved) << solved.error().message;
  EXPECT_LT(worst(rig, *solved).mm, 3);
  EXPECT_NEAR(solved->noise.color_px, 0.1, 0.02);
}

TEST(RigSolver, NamesACameraThatNothingJoins) {
  SyntheticRig rig(1, SyntheticErrors{});
  rig.stand_on_circle(4, 2.5);
  rig.show_to_neighbours_on_circle(5);
  std::erase_if(rig.views, [](const BoardView& view) {
    const bool first_pair = view.tick < 5 && view.camera < 2;
    const bool last_pair = view.tick >= 10 && view.tick < 15 && view.camera >= 2;
    return !first_pair && !last_pair;  // which never meet
  });
  EXPECT_THAT(joined_groups(4, rig.views), ElementsAre(ElementsAre(0, 1), ElementsAre(2, 3)));
  const auto solved = solve_rig(rig.factory, rig.board, rig.views);
  ASSERT_FALSE(solved);
  EXPECT_EQ(solved.error().code, Errc::unusable_input);
  EXPECT_THAT(solved.error().message, HasSubstr("shows the board to 'cam2' together with"));
}

TEST(RigSolver, TellsACameraWhoseImagesPlaceNoBoardFromOneThatSharesNone) {
  SyntheticRig rig(1, SyntheticErrors{});
  rig.stand_on_circle(4, 2.5);
  rig.show_to_neighbours_on_circle(5);
  for (BoardView& view : rig.views) {  // the uppermost row alone: the board may be tilted anyhow
    if (view.camera == 2)
      std::erase_if(view.corners, [](const SeenCorner& corner) { return corner.id > 7; });
  }
  const auto solved = solve_rig(rig.factory, rig.board, rig.views);
  ASSERT_FALSE(solved);
  EXPECT_THAT(solved.error().message,
              HasSubstr("where 'cam2' saw the board together with a camera that is joined to "
                        "'cam0', its image does not say which way the board is tilted"));
}

TEST(RigSolver, RefusesViewsOfWhatIsNotThere) {
  SyntheticRig rig(1, SyntheticErrors{});
  rig.stand_on_circle(2, 2.5);
  rig.show_to_neighbours_on_circle(2);
  auto views = rig.views;
  views[0].camera = 2;
  EXPECT_EQ(solve_rig(rig.factory, rig.board, views).error().code, Errc::invalid_argument);
  views = rig.views;
  views[0].corners[0].id = rig.board.corner_count();
  EXPECT_THAT(solve_rig(rig.factory, rig.board, views).error().message,
              HasSubstr("48 corners, and none with the number 48"));
}

}  // namespace
}  // namespace lockstep
