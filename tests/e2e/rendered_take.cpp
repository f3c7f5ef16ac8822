// SPDX-License-Identifier: MIT
#include "tests/e2e/rendered_take.h"

#include "lockstep/geometry/calibration.h"
#include "lockstep/recording/reader.h"
#include "tests/e2e/simulated_take.h"
#include "tests/support/take_truth.h"

namespace lockstep::testing {
namespace {

constexpr DepthMode kDepth = DepthMode::nfov_2x2binned;
constexpr ColorResolution kColor = ColorResolution::p720;

CalibratedLens corrected_lens(const CameraModel& truth, const CameraModel& factory) {
  return {truth,
          {truth.fx_px / factory.fx_px - 1, truth.fy_px / factory.fy_px - 1,
           truth.cx_px - factory.cx_px, truth.cy_px - factory.cy_px}};
}

CalibratedCamera true_camera(const TakeTruth& truth, size_t index,
                             const std::filesystem::path& take) {
  CalibratedCamera camera;
  camera.name = truth.name(index);
  camera.serial = truth.serial(index);
  camera.rig_from_depth = truth.world_from_depth(index);
  camera.depth_offset_m = truth.depth_bias_mm(index) / 1000;
  const auto lenses = parse_calibration(truth.calibration_json(index));
  const std::filesystem::path recording = take / (camera.name + ".mkv");
  const auto reader = RecordingReader::open(recording);
  EXPECT_TRUE(lenses && reader) << recording;
  if (!lenses || !reader) return camera;
  const auto factory = parse_calibration((*reader)->info().header.calibration_json);
  EXPECT_TRUE(factory) << recording;
  if (!factory) return camera;
  camera.color_from_depth = lenses->color_from_depth();
  camera.depth = corrected_lens(lenses->depth_camera(kDepth), factory->depth_camera(kDepth));
  camera.color = corrected_lens(lenses->color_camera(kColor), factory->color_camera(kColor));
  return camera;
}

}  // namespace

std::string rendered_rig(const std::string& world) {
  return R"(schema = 1
rig = { name = "two", frame_rate = 30, source = "a" }
all_cameras = { family = "azure-kinect", depth_mode = "NFOV_2X2BINNED", color_mode = "MJPG_720P", exposure_us = 8330, gain = 128, white_balance_k = 4500, powerline_hz = 60, imu = true }
camera = [ { name = "a", serial = "virtual-0001" }, { name = "b", serial = "virtual-0002" } ]
cable = [ { from = "a.out", to = "b.in", length_m = 3 } ]
world = { seed = 1, scene = "room", radius_m = 2.0, period_s = 0.1)" +
         (world.empty() ? "" : ", " + world) + " }\n";
}

void RenderedTake::SetUp() {
  write_file(folder_ / "rig.toml",
             rendered_rig("factory_error = { focal_length = 0.002, center_px = 2, "
                          "color_turn_deg = 0.1, color_shift_mm = 1, depth_bias_mm = 8 }" +
                          (world_.empty() ? "" : ", " + world_)));
  const Finished made = simulate(folder_ / "rig.toml", take(), length_s_);
  ASSERT_EQ(made.status, 0) << made.out << made.err;
}

RigCalibration true_calibration(const std::filesystem::path& take) {
  RigCalibration calibration;
  calibration.origin = RigOrigin::floor;
  const TakeTruth truth(take);
  for (size_t i = 0; i < truth.cameras(); ++i)
    calibration.cameras.push_back(true_camera(truth, i, take));
  return calibration;
}

void write_true_calibration(const std::filesystem::path& take) {
  write_file(take / kRigCalibrationFile, write_rig_calibration(true_calibration(take)));
}

}  // namespace lockstep::testing
