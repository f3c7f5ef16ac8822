// SPDX-License-Identifier: MIT
#include "lockstep/apps/k4arecorder/length.h"

#include <algorithm>
#include <cmath>

namespace lockstep {
namespace {

// Every camera of a line has its first captures by then, at 5 frames per second, too.
constexpr double kCommonStartUs = 2e6;

}  // namespace

bool RecordingLength::reached(std::chrono::duration<double> elapsed) const {
  return options_.length_s && !options_.device_time && elapsed.count() >= *options_.length_s;
}

bool RecordingLength::holds(int64_t stamp_us) {
  if (!options_.length_s || !options_.device_time) return true;
  const auto delay_us = static_cast<double>(options_.config.subordinate_delay_off_master_usec);
  const double at_us = static_cast<double>(stamp_us) - delay_us;
  const bool first = !end_us_;
  if (first) {
    const double start_us =
        options_.wired() ? std::ceil(at_us / kCommonStartUs) * kCommonStartUs : at_us;
    // Between two frames, whose stamps are near whole periods from the zero of the line.
    end_us_ = start_us + *options_.length_s * 1e6 - options_.period_us() / 4;
  }
  return first || at_us < *end_us_;
}

uint64_t RecordingLength::done_ms(std::chrono::duration<double> elapsed) const {
  return static_cast<uint64_t>(std::max(0.0, elapsed.count() * 1e3));
}

uint64_t RecordingLength::total_ms() const {
  return static_cast<uint64_t>(options_.length_s.value_or(0) * 1e3);
}

}  // namespace lockstep
