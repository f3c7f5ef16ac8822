// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/held_out.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstdlib>

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

TEST(HeldOutError, IsThatToTheTruth) {
  // Held to what these factories are off by, which no rig tells of itself: the covariance, and with
  // it what no disagreement shows, is as wide as that.
  const SyntheticErrors errors;
  SolveOptions options;
  options.tolerance = {errors.focal_length, errors.center_px, errors.color_turn_deg * M_PI / 180,
                       errors.color_shift_m, errors.depth_bias_m};
  std::vector<double> reported, truth;
  for (uint64_t seed = 1; seed <= seeds(7); ++seed) {
    SyntheticRig rig(seed, errors);
    rig.stand_on_circle(4, 2.5);
    rig.show_to_neighbours_on_circle(30);
    const ViewSelection views = selected(rig);
    const auto solved = solve_rig(rig.factory, rig.board, views.solve, options);
    ASSERT_TRUE(solved) << solved.error().message;
    const HeldOutError error = held_out_error(rig.factory, rig.board, *solved, views.held_out);
    ASSERT_GT(error.all.corners, 100);
    reported.push_back(error.all.mm);
    truth.push_back(true_error_mm(rig, *solved, views.held_out));
  }
  const double ratio = median(reported) / median(truth);
  EXPECT_GT(ratio, 0.8) << median(reported) << " mm of " << median(truth);
  EXPECT_LT(ratio, 1.25) << median(reported) << " mm of " << median(truth);
}

}  // namespace
}  // namespace lockstep
