// SPDX-License-Identifier: MIT
#include "lockstep/apps/k4arecorder/remarks.h"

#include <fmt/core.h>

#include "lockstep/base/text.h"
#include "lockstep/sensor/family.h"

namespace lockstep {
namespace {

constexpr Remarks::Seconds kSilence{5};
// From a camera's sensor to the host, and what a busy host adds.
constexpr Remarks::Seconds kLatency{0.1};

}  // namespace

Remarks::Remarks(const RecorderOptions& options)
    : options_(options), counter_(options.period_us()) {}

std::string Remarks::before_start() const {
  if (!options_.wired() || options_.exposure_us) return "";
  return fmt::format(
      "warning: the exposure is automatic{}: give every camera on the cable the same with -e, such "
      "as -e 8330, or they are not in step",
      options_.config.color_resolution == K4A_COLOR_RESOLUTION_OFF
          ? ", and depth follows its centre with colour off, too"
          : ", and its centre wanders with it");
}

std::string Remarks::while_waiting(Seconds after, Family family) {
  const auto power_down_s = family_traits(family).depth_power_down_s;
  if (!options_.subordinate() || said_power_down_ || !power_down_s || after.count() < *power_down_s)
    return "";
  said_power_down_ = true;
  if (options_.config.depth_mode == K4A_DEPTH_MODE_OFF) return "";
  return fmt::format(
      "warning: {:.0f} s without a pulse: an Azure Kinect turns its depth off now, and records "
      "colour alone when the master starts. Press Ctrl-C and start this recorder again",
      *power_down_s);
}

std::string Remarks::at_first_capture(Seconds pulse_after) const {
  // On a line that was silent, the next pulse is the master's first, whenever a person starts it.
  const Seconds period(options_.period_us() * 1e-6);
  if (!options_.subordinate() || pulse_after > period + kLatency) return "";
  return "warning: pulses came as soon as this camera was ready. If its master was started first, "
         "their clocks do not have one zero: start all subordinates, then the master";
}

std::string Remarks::on_capture(std::optional<int64_t> stamp_us) {
  ++captures_;
  said_silence_ = false;
  if (!stamp_us) return "";
  const bool jumped = last_us_ && *stamp_us < *last_us_;
  last_us_ = stamp_us;
  const TickStep step = counter_.add(DeviceTime(Micros(*stamp_us)), std::nullopt);
  lost_ += step.lost;
  ticks_ = step.tick + 1;
  if (!jumped || said_jump_) return "";
  said_jump_ = true;
  return "warning: the camera's clock jumped back, as when it lost its power for a moment: what "
         "comes "
         "now overlaps what came before in this file. Press Ctrl-C, and record anew";
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

std::string Remarks::at_end_of_disk(const std::string& file,
                                    const Result<FileContent>& content) const {
  if (!content)
    return fmt::format("{}: none of the {} that came can be read from it: {}", file,
                       counted(captures_, "capture"), content.error().message);
  std::string text = fmt::format("{}: {} over {:.1f} s are in it, of {} that came", file,
                                 counted(content->captures, "capture"), content->seconds,
                                 counted(captures_, "capture"));
  if (!content->whole)
    text += fmt::format("; `lockstep recover {}` makes it whole, on a disk that has room", file);
  return text;
}

}  // namespace lockstep
