// SPDX-License-Identifier: MIT
#include "lockstep/export/live_footage.h"

#include <limits>
#include <utility>

namespace lockstep {
namespace {

constexpr int64_t kDriftShare = 20;  // a clock follows its ticks by this part of what it is off

}  // namespace

LiveFootage::LiveFootage(const std::filesystem::path& rig, std::vector<LiveCamera> cameras,
                         Options options)
    : Footage(rig), ticks_(options.ticks), placed_(cameras.size()) {
  frames_per_second_ = options.frames_per_second;
  calibration_file_ = std::move(options.calibration);
  for (LiveCamera& camera : cameras) {
    FootageCamera& to = cameras_.emplace_back();
    to.name = std::move(camera.name);
    to.serial = camera.header.serial;
    to.header = std::move(camera.header);
    to.parts.push_back({.file = to.name, .planned_offset = camera.planned_offset});
  }
}

void LiveFootage::push(CaptureSet set) {
  waiting_.push(std::move(set));
}

int64_t LiveFootage::tick_count() const {
  return ticks_.value_or(std::numeric_limits<int64_t>::max());
}

Result<std::optional<CaptureSet>> LiveFootage::next() {
  if (given_) busy_ += std::chrono::steady_clock::now() - *std::exchange(given_, std::nullopt);
  auto set = waiting_.pop();
  if (!set) return std::optional<CaptureSet>{};
  given_ = std::chrono::steady_clock::now();
  ++read_;
  for (size_t i = 0; i < set->slots.size(); ++i) {
    if (set->slots[i].capture) follow_clock(i, set->tick, set->slots[i].capture->stamp());
  }
  return set;
}

/// Slowly, so that jitter stays what it is; at once where the clock is new or began anew.
void LiveFootage::follow_clock(size_t camera, Tick tick, DeviceTime stamp) {
  FootagePart& part = cameras_[camera].parts.front();
  const Nanos off = instant(tick) + part.planned_offset - part.rig_time(stamp);
  const Nanos half_period(500'000'000 / frames_per_second_);
  const bool anew = !placed_[camera] || off > half_period || off < -half_period;
  part.rig_from_device += anew ? off : off / kDriftShare;
  placed_[camera] = true;
}

}  // namespace lockstep
