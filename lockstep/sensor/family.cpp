// SPDX-License-Identifier: MIT
#include "lockstep/sensor/family.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "lockstep/sensor/timing.h"
#include "lockstep/time/tick.h"

// Facts per family. docs/sensor-facts.md says where each figure comes from and which are
// assumptions.

namespace lockstep {
namespace {

// Femto: the vendor's compatibility library reports both jacks as empty, keeps delays within 33 333
// us and takes 100 to 409 500 us of exposure; its line works at 1.8 V; its maker asks for five
// seconds between the last secondary and the primary. Azure: hardware specification and library
// behaviour.
constexpr FamilyTraits kAzureKinect{.family = Family::azure_kinect,
                                    .name = "azure-kinect",
                                    .detects_jacks = true,
                                    .clock_disciplined = true,
                                    .negative_depth_delay = true,
                                    .max_delay_us = 0,
                                    .sync_level_v = 5.0,
                                    .depth_power_down_s = 60.0,
                                    .settle_before_master_s = 0,
                                    .master_needs_color = true,
                                    .min_gain = 0,
                                    .max_gain = 255,
                                    .min_exposure_us = 500,
                                    .max_exposure_us = 133330,
                                    .rounds_white_balance = false};

constexpr FamilyTraits femto(Family family, std::string_view name) {
  return {.family = family,
          .name = name,
          .detects_jacks = false,
          .clock_disciplined = false,
          .negative_depth_delay = false,
          .max_delay_us = 33333,
          .sync_level_v = 1.8,
          .depth_power_down_s = std::nullopt,
          .settle_before_master_s = 5.0,
          .master_needs_color = false,
          .min_gain = 1,
          .max_gain = 255,
          .min_exposure_us = 100,
          .max_exposure_us = 409500,
          .rounds_white_balance = true};
}
constexpr FamilyTraits kFemtoBolt = femto(Family::femto_bolt, "femto-bolt");
constexpr FamilyTraits kFemtoMega = femto(Family::femto_mega, "femto-mega");

// Measured by users, per colour firmware of the Azure Kinect (SDK issue 1240).
struct FirstFrame {
  std::string_view firmware;
  double us;
};
constexpr std::array<FirstFrame, 5> kFirstFrames{{{"1.6.102", 65333},
                                                  {"1.6.104", 65255},
                                                  {"1.6.107", 247922},
                                                  {"1.6.108", 246233},
                                                  {"1.6.110", 219566}}};

// The largest delay that a femto register holds; the compatibility library clamps to it.
constexpr double kFemtoRegisterMaxUs = 65535;

}  // namespace

const FamilyTraits& family_traits(Family family) {
  switch (family) {
    case Family::femto_bolt:
      return kFemtoBolt;
    case Family::femto_mega:
      return kFemtoMega;
    case Family::azure_kinect:
      break;
  }
  return kAzureKinect;
}

double realised_delay_us(Family family, Micros asked) {
  if (family != Family::azure_kinect) return static_cast<double>(asked.count());
  const int64_t steps =
      asked.count() * 9 / 100;  // integer division truncates towards zero, as the device does
  return static_cast<double>(steps) * kRegisterStepUs;
}

RealisedDelays realised_delays(Family family, const CameraConfig& config) {
  const double color = realised_delay_us(family, config.subordinate_delay_off_master);
  const double depth = realised_delay_us(family, config.depth_delay_off_color);
  if (family_traits(family).negative_depth_delay) return {color, color + depth};
  if (depth < 0) return {std::min(color - depth, kFemtoRegisterMaxUs), color};
  return {color, std::min(color + depth, kFemtoRegisterMaxUs)};
}

double first_frame_us(Family family, std::string_view color_firmware) {
  // Assumption: nothing is published for femto, so two periods at 30 fps, as the oldest Azure
  // firmware.
  if (family != Family::azure_kinect) return 2 * frame_period_us(30);
  for (const FirstFrame& row : kFirstFrames) {
    if (row.firmware == color_firmware) return row.us;
  }
  return kFirstFrames.back().us;
}

}  // namespace lockstep
