// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "lockstep/sensor/config.h"
#include "lockstep/sensor/modes.h"

// Timing of one camera, per family, with the source of each figure beside it in the tables.

namespace lockstep {

/// The pulse train of the time-of-flight illumination within one depth exposure.
struct LaserTrain {
  int pulses = 0;       ///< 0 for passive_ir and off
  double pulse_us = 0;  ///< width of one pulse
  double pitch_us = 0;  ///< from the start of one pulse to the next
  /// From the start of the first pulse to the end of the last.
  [[nodiscard]] constexpr double duration_us() const {
    return pulses == 0 ? 0 : (pulses - 1) * pitch_us + pulse_us;
  }
};

[[nodiscard]] LaserTrain laser_train(Family family, DepthMode mode);
/// Depth exposure in us: the train, or 1600 for passive IR.
[[nodiscard]] double depth_exposure_us(Family family, DepthMode mode);

/// A delay as the device realises it: its register counts 90 kHz steps, truncated towards zero
/// (azure-kinect); femto families take whole microseconds.
[[nodiscard]] double realised_delay_us(Family family, Micros asked);

/// When colour and depth of one camera really come, in us after a pulse and before the common
/// exposure term q * E: both delays as the registers realise them. A family without negative depth
/// delays starts depth on time and its colour that much later.
struct RealisedDelays {
  double color_us = 0;
  double depth_us = 0;
};
[[nodiscard]] RealisedDelays realised_delays(Family family, const CameraConfig& config);

/// Exposure as the device realises it: raised to the next step of the family's table for that power
/// line, at most the last step that fits the frame period. Families without a table (femto) take
/// whole hundreds of microseconds within their range.
[[nodiscard]] Micros realised_exposure(Family family, Micros asked, Powerline line, FrameRate rate);
/// The exposure E that shifts the centres of a camera's images, those of depth with colour off too;
/// an automatic one is taken for the 16 670 us that virtual cameras run with.
[[nodiscard]] Micros running_exposure(Family family, const CameraConfig& config);
[[nodiscard]] std::span<const int> exposure_steps_us(Family family, Powerline line);

/// First colour stamp after the first sync pulse, by colour-firmware version ("1.6.110"), in us at
/// 30 fps; an unknown version gets the newest known one's figure.
[[nodiscard]] double first_frame_us(Family family, std::string_view color_firmware);

}  // namespace lockstep
