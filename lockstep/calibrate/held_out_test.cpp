// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/held_out.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>

#include "lockstep/calibrate/view_selection.h"
#include "lockstep/time/line_fit.h"
#include "tests/support/synthetic_boards.h"

namespace lockstep {
namespace {

using testing::SyntheticErrors;
using testing::SyntheticRig;

uint64_t seeds(uint64_t few) {
  return std::getenv("LOCKSTEP_NIGHTLY") != nullptr ? 20 : few;
}

ViewSelection selected(const SyntheticRig& rig) {
  std::vector<BoardSighting> sightings;
  for (const BoardView& view : rig.views) sightings.push_back({view, 1.2, 10, 0, 0});
  return select_views(sightings);
}

/// Root mean square distance of held-out corners, carried, to where they are.
double true_error_mm(const SyntheticRig& rig, const SolvedRig& solved,
                     const std::vector<BoardView>& held_out) {
  double sum = 0;
  int corners = 0;
  for (const CarriedCorner& carried : carry_corners(rig.factory, rig.board, solved, held_out)) {
    const Eigen::Vector3d truth =
        rig.truth[static_cast<size_t>(carried.to)].world_from_depth.inverse() *
        (rig.world_from_boards.at(carried.tick) * rig.board.corner(carried.id));
    sum += (carried.carried - truth).squaredNorm();
    ++corners;
  }
  return 1000 * std::sqrt(sum / corners);
}

/// What is reported over what is true, the middle ones of some seeds. `spoil` is done to what was
/// seen before it is solved with.
double reported_to_true(uint64_t seeds, const std::function<void(SyntheticRig&)>& spoil) {
  // Held to what these factories are off by, which no rig tells of itself: the covariance, and with
  // it what no disagreement shows, is as wide as that.
  const SyntheticErrors errors;
  SolveOptions options;
  options.tolerance = {errors.focal_length, errors.center_px, errors.color_turn_deg * M_PI / 180,
                       errors.color_shift_m, errors.depth_bias_m};
  std::vector<double> reported, truth;
  for (uint64_t seed = 1; seed <= seeds; ++seed) {
    SyntheticRig rig(seed, errors);
    rig.stand_on_circle(4, 2.5);
    rig.show_to_neighbours_on_circle(30);
    spoil(rig);
    const ViewSelection views = selected(rig);
    const auto solved = solve_rig(rig.factory, rig.board, views.solve, options);
    EXPECT_TRUE(solved);
    if (!solved) return 0;
    const HeldOutError error = held_out_error(rig.factory, rig.board, *solved, views.held_out);
    EXPECT_GT(error.all.corners, 100);
    reported.push_back(error.all.mm);
    truth.push_back(true_error_mm(rig, *solved, views.held_out));
  }
  return median(reported) / median(truth);
}

TEST(HeldOutError, IsThatToTheTruth) {
  const double ratio = reported_to_true(seeds(7), [](SyntheticRig&) {});
  EXPECT_GT(ratio, 0.8);
  EXPECT_LT(ratio, 1.25);
}

TEST(HeldOutError, IsNotLedByCornersThatAreMeasuredWorse) {
  // As in rendered pictures: root mean square 1.7 times what the middle residual tells.
  const double ratio = reported_to_true(seeds(5), [](SyntheticRig& rig) {
    for (BoardView& view : rig.views) {
      for (SeenCorner& corner : view.corners) {
        if (corner.id % 6 != 0) continue;  // as at an edge of the image
        const double x = rig.normal(0.35), y = rig.normal(0.35);
        corner.pixel += Eigen::Vector2d(x, y);
        if (corner.depth_m) *corner.depth_m += rig.normal(0.004);
      }
    }
  });
  EXPECT_GT(ratio, 0.8);
  EXPECT_LT(ratio, 1.25);
}

TEST(HeldOutError, OfAllIsBetweenTheLeastAndTheGreatestOfThePairs) {
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    SyntheticRig rig(seed, {0, 0, 0, 0, 0, 0.1, 0.1, 0.0015});  // noise, and nothing else is off
    rig.stand_on_circle(4, 2.5);
    rig.show_to_neighbours_on_circle(10);
    const ViewSelection views = selected(rig);
    const auto solved = solve_rig(rig.factory, rig.board, views.solve);
    ASSERT_TRUE(solved) << solved.error().message;
    HeldOutError error = held_out_error(rig.factory, rig.board, *solved, views.held_out);
    ASSERT_GT(error.pairs.size(), 3u);
    for (const auto figure : {&CarriedCorners::mm, &CarriedCorners::disagreement_mm,
                              &CarriedCorners::with_noise_mm, &CarriedCorners::px}) {
      const auto [least, greatest] = std::minmax_element(
          error.pairs.begin(), error.pairs.end(),
          [&](const auto& a, const auto& b) { return a.carried.*figure < b.carried.*figure; });
      EXPECT_GE(error.all.*figure, least->carried.*figure * (1 - 1e-9)) << seed;
      EXPECT_LE(error.all.*figure, greatest->carried.*figure * (1 + 1e-9)) << seed;
    }
    // As each is left with it, and not less for what another has too much noise taken from it.
    double square = 0;
    for (const CarriedPair& pair : error.pairs)
      square += pair.carried.px * pair.carried.px * pair.carried.corners;
    EXPECT_NEAR(error.all.px, std::sqrt(square / error.all.corners), 1e-9) << seed;
  }
}

TEST(HeldOutError, WhoSawAStripOfTheBoardCarriesNoneOfTheRest) {
  SyntheticRig rig(1, SyntheticErrors{});
  rig.stand_on_circle(4, 2.5);
  rig.show_to_neighbours_on_circle(10);
  ViewSelection views = selected(rig);
  const auto solved = solve_rig(rig.factory, rig.board, views.solve);
  ASSERT_TRUE(solved) << solved.error().message;
  const auto carried_by_first = [&](int64_t tick) {
    int count = 0;
    for (const CarriedCorner& corner :
         carry_corners(rig.factory, rig.board, *solved, views.held_out))
      count += corner.from == 0 && corner.tick == tick ? 1 : 0;
    return count;
  };
  const double all_mm = held_out_error(rig.factory, rig.board, *solved, views.held_out).all.mm;
  const auto seen = std::find_if(views.held_out.begin(), views.held_out.end(),
                                 [](const BoardView& view) { return view.camera == 0; });
  ASSERT_NE(seen, views.held_out.end());
  const int64_t tick = seen->tick;
  const auto corners = static_cast<int>(rig.board.corner_count());
  ASSERT_GT(carried_by_first(tick), corners / 2);
  // Seven corners of the first two columns, in colour alone, and one of them badly.
  std::erase_if(views.held_out, [&](const BoardView& view) {
    return view.camera == 0 && view.tick == tick && view.sensor == BoardSensor::infrared;
  });
  for (BoardView& view : views.held_out) {
    if (view.camera != 0 || view.tick != tick) continue;
    std::erase_if(view.corners, [&](const SeenCorner& corner) {
      return corner.id % rig.board.corners_x() > 1 || corner.id / rig.board.corners_x() > 3;
    });
    ASSERT_GE(view.corners.size(), 7u);
    view.corners.resize(7);
    view.corners.back().pixel.x() += 0.3;
  }
  EXPECT_LE(carried_by_first(tick), 8);
  EXPECT_LT(held_out_error(rig.factory, rig.board, *solved, views.held_out).all.mm, 1.5 * all_mm);
}

TEST(HeldOutError, TakesNoOffsetForNoise) {
  SyntheticRig rig(1, SyntheticErrors{});
  rig.stand_on_circle(4, 2.5);
  rig.show_to_neighbours_on_circle(10);
  const ViewSelection views = selected(rig);
  auto solved = solve_rig(rig.factory, rig.board, views.solve);
  ASSERT_TRUE(solved) << solved.error().message;
  const auto into_second = [&] {
    for (const CarriedPair& pair :
         held_out_error(rig.factory, rig.board, *solved, views.held_out).pairs) {
      if (pair.from == 0 && pair.to == 1) return pair.carried.disagreement_mm;
    }
    return 0.0;
  };
  EXPECT_LT(into_second(), 4);
  solved->cameras[1].depth_offset_m += 0.01;
  EXPECT_GT(into_second(), 9);
}

}  // namespace
}  // namespace lockstep
