// SPDX-License-Identifier: MIT
// How good a calibration is against the truth of the virtual world, through rendered pictures and
// the real detector: twenty seeds by night, as docs/calibration.md states it, and none by day.
#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/Geometry>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "lockstep/take/gather_boards.h"
#include "lockstep/time/line_fit.h"
#include "tests/detect/detect_program.h"
#include "tests/support/files.h"
#include "tests/support/program.h"
#include "tests/support/take_truth.h"

namespace lockstep::testing {
namespace {

struct Shape {
  const char* name;
  int cameras;
  const char* world;
  int pairs;
};

constexpr Shape kCircleOfFour{"circle", 4, "arrangement = \"circle\", radius_m = 2.5", 4};
constexpr Shape kChainOfEight{"chain", 8, "arrangement = \"chain\", radius_m = 2.5, apart_m = 1",
                              7};
constexpr int kTicksPerPair = 30;

std::string rig_of(const Shape& shape) {
  std::string cameras, cables;
  for (int i = 0; i < shape.cameras; ++i) {
    cameras += fmt::format("{{ name = \"c{0}\", serial = \"virtual-{0:04}\" }}, ", i);
    if (i > 0)
      cables += fmt::format("{{ from = \"c{}.out\", to = \"c{}.in\", length_m = 2 }}, ", i - 1, i);
  }
  return fmt::format(R"(schema = 1
rig = {{ name = "{}", frame_rate = 30, source = "c0" }}
all_cameras = {{ family = "azure-kinect", depth_mode = "NFOV_UNBINNED", color_mode = "MJPG_1080P", exposure_us = 8330, gain = 128, white_balance_k = 4500, powerline_hz = 60, imu = false }}
lasers = {{ stagger = "depth-only" }}
camera = [ {} ]
cable = [ {} ]
world = {{ {}, scene = "still-room", board_ticks = {}, board = {{ kind = "charuco", squares = "9x7", square_mm = 80, marker_mm = 60, dictionary = "DICT_5X5_250" }}, factory_error = {{ focal_length = 0.0003, center_px = 0.5, color_turn_deg = 0.02, color_shift_mm = 0.3, depth_bias_mm = 5 }} }}
)",
                     shape.name, cameras, cables, shape.world, kTicksPerPair);
}

struct Figures {
  std::vector<double> mm, deg, offset_mm, reported_mm, true_mm;
};

/// Root mean square distance of held-out corners, carried from one camera into another, to where
/// they are.
double true_held_out_mm(const BoardEvidence& evidence, const CalibrationReport& report,
                        const TakeTruth& truth) {
  SolvedRig rig;
  rig.noise = report.noise;
  for (const CalibratedCamera& camera : report.calibration.cameras) {
    SolvedCamera solved;
    solved.rig_from_depth = camera.rig_from_depth;
    solved.color_from_depth = camera.color_from_depth;
    solved.color = camera.color.correction;
    solved.depth = camera.depth.correction;
    solved.depth_offset_m = camera.depth_offset_m;
    rig.cameras.push_back(solved);
  }
  double sum = 0;
  int corners = 0;
  for (const CarriedCorner& carried : carry_corners(evidence.cameras, evidence.board, rig,
                                                    select_views(evidence.sightings).held_out)) {
    const Eigen::Vector3d is =
        truth.world_from_depth(static_cast<size_t>(carried.to)).inverse() *
        (truth.world_from_board(carried.tick) * evidence.board.corner(carried.id));
    sum += (carried.carried - is).squaredNorm();
    ++corners;
  }
  return 1000 * std::sqrt(sum / corners);
}

/// One take of a world: made, calibrated, compared, removed.
void measure(const Shape& shape, int seed, Figures& figures) {
  const TempFolder folder;
  write_file(folder / "rig.toml", rig_of(shape));
  const double length_s = shape.pairs * kTicksPerPair / 30.0;
  const Finished made =
      RunningProgram(lockstep_program(),
                     {"simulate", folder / "rig.toml", "-o", folder / "take", "-l",
                      fmt::format("{}", length_s), "--seed", std::to_string(seed)},
                     {"XDG_CACHE_HOME=" + std::string(folder / "cache")})
          .wait();
  ASSERT_EQ(made.status, 0) << made.err;
  GatherBoardsOptions gather;
  gather.detector.program = detect_program();
  const auto seen = gather_boards(folder / "take", Board{}, gather);
  ASSERT_TRUE(seen) << seen.error().message;
  const auto report = calibrate_rig(seen->evidence);
  ASSERT_TRUE(report) << report.error().message;

  const TakeTruth truth(folder / "take");
  double worst_mm = 0, worst_deg = 0;
  for (size_t i = 1; i < report->calibration.cameras.size(); ++i) {
    const RigidTransform apart =
        (truth.world_from_depth(0).inverse() * truth.world_from_depth(i)).inverse() *
        report->calibration.cameras[i].rig_from_depth;
    worst_mm = std::max(worst_mm, 1000 * apart.translation.norm());
    worst_deg =
        std::max(worst_deg, std::abs(Eigen::AngleAxisd(apart.rotation).angle()) * 180 / M_PI);
  }
  for (size_t i = 0; i < report->calibration.cameras.size(); ++i)
    figures.offset_mm.push_back(
        std::abs(report->calibration.cameras[i].depth_offset_m * 1000 - truth.depth_bias_mm(i)));
  figures.mm.push_back(worst_mm);
  figures.deg.push_back(worst_deg);
  figures.reported_mm.push_back(report->held_out.all.mm);
  figures.true_mm.push_back(true_held_out_mm(seen->evidence, *report, truth));
  fmt::print(
      "{} seed {}: worst camera {:.2f} mm {:.3f} deg, held out {:.2f} mm, truly {:.2f} mm, noise "
      "{:.3f} px {:.3f} px {:.2f} mm\n",
      shape.name, seed, worst_mm, worst_deg, report->held_out.all.mm, figures.true_mm.back(),
      report->noise.color_px, report->noise.infrared_px, report->noise.depth_m * 1000);
}

Figures figures_of(const Shape& shape) {
  Figures figures;
  const auto number = [](const char* name, int otherwise) {
    const char* const wanted = std::getenv(name);
    return wanted == nullptr ? otherwise : std::atoi(wanted);
  };
  // The chain's twenty take more than an hour: they may be measured in parts, by the line of each.
  const int first = number("LOCKSTEP_CALIBRATE_FIRST_SEED", 1);
  const int last = number("LOCKSTEP_CALIBRATE_SEEDS", 20);
  for (int seed = first; seed <= last; ++seed) measure(shape, seed, figures);
  fmt::print(
      "{}: median of the worst camera {:.2f} mm {:.3f} deg; depth offset median {:.2f} mm; "
      "held out, reported {:.2f} mm, truly {:.2f} mm\n",
      shape.name, median(figures.mm), median(figures.deg), median(figures.offset_mm),
      median(figures.reported_mm), median(figures.true_mm));
  return figures;
}

bool by_night() {
  return std::getenv("LOCKSTEP_NIGHTLY") != nullptr;
}

TEST(CalibrateFigures, OfACircleOfFour) {
  if (!by_night()) GTEST_SKIP() << "twenty seeds take half an hour: LOCKSTEP_NIGHTLY=1";
  const Figures figures = figures_of(kCircleOfFour);
  EXPECT_LE(median(figures.mm), 1.5);
  EXPECT_LE(median(figures.deg), 0.05);
  EXPECT_LE(median(figures.offset_mm), 1);
  EXPECT_GE(median(figures.reported_mm), 0.8 * median(figures.true_mm));
  EXPECT_LE(median(figures.reported_mm), 1.25 * median(figures.true_mm));
}

TEST(CalibrateFigures, OfAChainOfEight) {
  if (!by_night()) GTEST_SKIP() << "twenty seeds take an hour: LOCKSTEP_NIGHTLY=1";
  const Figures figures = figures_of(kChainOfEight);
  EXPECT_LE(median(figures.mm), 5);
  EXPECT_LE(median(figures.deg), 0.15);
  EXPECT_LE(median(figures.offset_mm), 1);
  EXPECT_GE(median(figures.reported_mm), 0.8 * median(figures.true_mm));
  EXPECT_LE(median(figures.reported_mm), 1.25 * median(figures.true_mm));
}

}  // namespace
}  // namespace lockstep::testing
