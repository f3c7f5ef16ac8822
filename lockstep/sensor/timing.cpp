// SPDX-License-Identifier: MIT
#include "lockstep/sensor/timing.h"

#include <algorithm>
#include <array>

#include "lockstep/sensor/family.h"
#include "lockstep/time/tick.h"

namespace lockstep {
namespace {

// Pulses of 125 us with idle times of 1450 us (narrow and binned wide) or 2390 us (wide unbinned)
// between them; vendor's multi-camera page. Orbbec states 1350 us idle and nothing for the wide
// unbinned mode.
constexpr int kPulses = 9;
constexpr double kPulseUs = 125;
constexpr double kAzurePitchUs = kPulseUs + 1450;
constexpr double kFemtoPitchUs = kPulseUs + 1350;
constexpr double kWideUnbinnedPitchUs = kPulseUs + 2390;
constexpr double kPassiveIrExposureUs = 1600;

// The camera's exposure entries per power line; a manual value is raised to the next one.
constexpr std::array<int, 13> kSteps50{500,   1250,  2500,  10000,  20000,  30000, 40000,
                                       50000, 60000, 80000, 100000, 120000, 130000};
constexpr std::array<int, 13> kSteps60{500,   1250,  2500,  8330,   16670,  33330, 41670,
                                       50000, 66670, 83330, 100000, 116670, 133330};
constexpr int kFemtoExposureStepUs = 100;
constexpr Micros kDefaultExposure{16'670};

}  // namespace

LaserTrain laser_train(Family family, DepthMode mode) {
  switch (mode) {
    case DepthMode::off:
    case DepthMode::passive_ir:
      return {};
    case DepthMode::wfov_unbinned:
      return {kPulses, kPulseUs, kWideUnbinnedPitchUs};
    case DepthMode::nfov_2x2binned:
    case DepthMode::nfov_unbinned:
    case DepthMode::wfov_2x2binned:
      return {kPulses, kPulseUs, family == Family::azure_kinect ? kAzurePitchUs : kFemtoPitchUs};
  }
  return {};
}

double depth_exposure_us(Family family, DepthMode mode) {
  return mode == DepthMode::passive_ir ? kPassiveIrExposureUs
                                       : laser_train(family, mode).duration_us();
}

std::span<const int> exposure_steps_us(Family family, Powerline line) {
  if (family != Family::azure_kinect) return {};
  if (line == Powerline::hz50) return kSteps50;
  return kSteps60;
}

Micros realised_exposure(Family family, Micros asked, Powerline line, FrameRate rate) {
  const auto period_us = static_cast<int64_t>(frame_period_us(frames_per_second(rate)));
  const std::span<const int> steps = exposure_steps_us(family, line);
  if (steps.empty()) {
    const FamilyTraits& traits = family_traits(family);
    const int64_t most = std::min<int64_t>(traits.max_exposure_us, period_us);
    const int64_t within = std::clamp<int64_t>(asked.count(), traits.min_exposure_us, most);
    return Micros(within / kFemtoExposureStepUs * kFemtoExposureStepUs);
  }
  auto step = std::find_if(steps.begin(), steps.end(), [&](int us) { return us >= asked.count(); });
  if (step == steps.end()) --step;
  while (step != steps.begin() && *step > period_us) --step;
  return Micros(*step);
}

Micros running_exposure(Family family, const CameraConfig& config) {
  return realised_exposure(family, config.exposure.value_or(kDefaultExposure),
                           config.powerline.value_or(Powerline::hz60), config.frame_rate);
}

}  // namespace lockstep
