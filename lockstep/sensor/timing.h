// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
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
[[nodiscard]] std::span<const int> exposure_steps_us(Family family, Powerline line);

/// USB payload of one depth frame in bytes (exact), and of one colour frame (MJPG, and BGRA32,
/// which travels as MJPG: a typical size, the real one depends on the scene).
[[nodiscard]] uint64_t usb_depth_bytes_per_frame(DepthMode mode);
[[nodiscard]] uint64_t color_bytes_per_frame(ColorFormat format, ColorResolution resolution);
/// Bytes of depth and IR of one capture in a recording, and of its colour (MJPG: typical).
[[nodiscard]] uint64_t disk_depth_bytes_per_frame(DepthMode mode);
[[nodiscard]] uint64_t disk_color_bytes_per_frame(ColorFormat format, ColorResolution resolution);

/// What a camera moves in a second when it runs as configured, IMU included, in bytes: over USB,
/// and into its recording.
[[nodiscard]] double usb_bytes_per_s(const CameraConfig& config);
[[nodiscard]] double disk_bytes_per_s(const CameraConfig& config);

/// What differs between families beyond the tables above.
struct FamilyTraits {
  Family family;
  std::string_view name;      ///< as in rig files
  bool detects_jacks;         ///< false: the jack query has no answer
  bool clock_disciplined;     ///< a subordinate's clock is held to the pulses (decision 12)
  bool negative_depth_delay;  ///< false: realised by delaying colour instead
  double max_delay_us;        ///< limit of a delay beyond the frame period rule; 0 = none
  double sync_level_v;        ///< of the sync line
  std::optional<double> depth_power_down_s;  ///< depth stops after so long without a pulse
  double settle_before_master_s;             ///< wait between the last subordinate and the master
  bool master_needs_color;  ///< the sync line is the colour camera's own frame signal
  int min_gain, max_gain;
  int min_exposure_us, max_exposure_us;
  bool rounds_white_balance;  ///< false: a value between two steps of 10 K is refused
};
[[nodiscard]] const FamilyTraits& family_traits(Family family);

/// First colour stamp after the first sync pulse, by colour-firmware version ("1.6.110"), in us at
/// 30 fps; an unknown version gets the newest known one's figure.
[[nodiscard]] double first_frame_us(Family family, std::string_view color_firmware);

}  // namespace lockstep
