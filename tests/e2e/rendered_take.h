// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <utility>

#include "lockstep/geometry/rig_calibration.h"
#include "tests/support/files.h"

namespace lockstep::testing {

/// A rig of two virtual cameras that look at the room from 30 degrees apart, with pictures; `world`
/// holds more keys of its world.
std::string rendered_rig(const std::string& world = "");

/// A take of such a rig whose factory calibrations are wrong by a little, in a folder of its own
/// that has room for what a test makes of it; `world` holds more keys of its world.
class RenderedTake : public ::testing::Test {
 protected:
  explicit RenderedTake(double length_s, std::string world = "")
      : length_s_(length_s), world_(std::move(world)) {}
  void SetUp() override;

  [[nodiscard]] std::filesystem::path take() const { return folder_ / "take"; }
  [[nodiscard]] std::filesystem::path out() const { return folder_ / "out"; }

  TempFolder folder_;

 private:
  double length_s_;
  std::string world_;
};

/// What a perfect calibration would say of the rig of a virtual take: its truth, against what the
/// recordings' factory calibrations say.
RigCalibration true_calibration(const std::filesystem::path& take);

/// The same as calibration.json of the take.
void write_true_calibration(const std::filesystem::path& take);

}  // namespace lockstep::testing
