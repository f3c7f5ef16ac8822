// SPDX-License-Identifier: MIT
#include "lockstep/apps/k4arecorder/remarks.h"

#include <fmt/core.h>

#include "lockstep/base/text.h"
#include "lockstep/sensor/family.h"
#include "lockstep/sensor/timing.h"

namespace lockstep {
namespace {

constexpr Remarks::Seconds kSilence{5};

/// A camera that was armed on a silent line has its first capture no sooner after its start.
Remarks::Seconds silence_of_an_armed_camera(const RecorderOptions& options) {
  const double periods = options.period_us() * 30 / 1e6;
  const double first_us = first_frame_us(Family::azure_kinect, "") * periods;
  return Remarks::Seconds((first_us + 3 * options.period_us()) * 1e-6);
}

}  // namespace

Remarks::Remarks(const RecorderOptions& options)
    : options_(options), counter_(options.period_us()) {}

std::string Remarks::before_start() const {
  if (!options_.wired() || options_.exposure_us ||
      options_.config.color_resolution == K4A_COLOR_RESOLUTION_OFF)
    return "";
  return "warning: the exposure is automatic, and its centre wanders with it: give every camera "
         "the same with -e, such as -e 8330";
}

std::string Remarks::while_waiting(Seconds after) {
  const auto power_down_s = family_traits(Family::azure_kinect).depth_power_down_s;
  if (!options_.subordinate() || said_power_down_ || !power_down_s || after.count() < *power_down_s)
    return "";
  said_power_down_ = true;
  if (options_.config.depth_mode == K4A_DEPTH_MODE_OFF) return "";
  return fmt::format(
      "warning: {:.0f} s without a pulse: an Azure Kinect turns its depth off now, and records "
      "colour alone when the master starts. Press Ctrl-C and start this recorder again",
      *power_down_s);
}

std::string Remarks::at_first_capture(Seconds after) const {
  if (!options_.subordinate() || after >= silence_of_an_armed_camera(options_)) return "";
  return "warning: pulses came before this camera was ready: its master was started first, so "
         "their clocks do not have one zero. Start all subordinates, then the master";
}

void Remarks::on_capture(int64_t stamp_us) {
  ++captures_;
  said_silence_ = false;
  const TickStep step = counter_.add(DeviceTime(Micros(stamp_us)), std::nullopt);
  lost_ += step.lost;
  ticks_ = step.tick + 1;
}

std::string Remarks::while_silent(Seconds silent) {
  if (said_silence_ || silent < kSilence) return "";
  said_silence_ = true;
  return fmt::format(
      "warning: no capture for {:.0f} s{}", silent.count(),
      options_.subordinate() ? ": does the master still run?" : ": look at the camera's cables");
}

std::string Remarks::at_end(const std::string& file, uint64_t bytes) const {
  const double seconds = static_cast<double>(ticks_) * options_.period_us() * 1e-6;
  std::string text =
      fmt::format("{}: {} over {:.1f} s, {:.1f} MB", file, counted(captures_, "capture"), seconds,
                  static_cast<double>(bytes) * 1e-6);
  if (lost_ > 0) text += fmt::format("; {} between them missing", lost_);
  return text;
}

}  // namespace lockstep
