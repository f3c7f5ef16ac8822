// SPDX-License-Identifier: MIT
#include "lockstep/device/pairing.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace lockstep {
namespace {

constexpr size_t kSensorQueue = 15;  // beside the slot that is compared
constexpr size_t kReadyQueue = 7;
// Depth frames older than this many periods of the new epoch carry the clock from before its reset.
constexpr int64_t kStalePeriods = 10;

int64_t period_us(FrameRate rate) {
  return 1'000'000 / frames_per_second(rate);
}

Capture capture_of(Image color) {
  Capture capture;
  capture.color = std::move(color);
  return capture;
}

Capture capture_of(DepthSample depth) {
  Capture capture;
  capture.depth = std::move(depth.depth);
  capture.ir = std::move(depth.ir);
  capture.temperature_c = depth.temperature_c;
  return capture;
}

}  // namespace

Pairing::Pairing(const CameraConfig& config, bool pair, bool zeroed)
    : period_us_(period_us(config.frame_rate)),
      delay_us_(config.depth_delay_off_color.count()),
      paired_only_(config.synchronized_images_only),
      pairing_(pair && config.color_on() && config.depth_on()),
      depth_awaits_zero_(zeroed) {}

void Pairing::add_color(Image color) {
  if (!pairing_) return publish(capture_of(std::move(color)));
  if (colors_.size() > kSensorQueue) {
    release(std::move(colors_.front()));
    colors_.pop_front();
  }
  colors_.push_back(std::move(color));
  match();
}

void Pairing::add_depth(DepthSample depth) {
  if (!pairing_) return publish(capture_of(std::move(depth)));
  if (depth_awaits_zero_ && depth.ir.stamp.us() / period_us_ > kStalePeriods) return;
  depth_awaits_zero_ = false;
  if (depths_.size() > kSensorQueue) {
    release(std::move(depths_.front()));
    depths_.pop_front();
  }
  depths_.push_back(std::move(depth));
  match();
}

void Pairing::match() {
  while (!colors_.empty() && !depths_.empty()) {
    // The sensor that is expected first is the reference.
    const bool color_is_reference = delay_us_ >= 0;
    const int64_t color_us = colors_.front().stamp.us();
    const int64_t depth_us = depths_.front().ir.stamp.us();
    const int64_t reference_us = color_is_reference ? color_us : depth_us;
    const int64_t candidate_us = color_is_reference ? depth_us : color_us;
    const int64_t begin_us =
        std::max<int64_t>(0, reference_us - period_us_ / 4) + std::abs(delay_us_);
    const bool reference_too_old = candidate_us > begin_us + period_us_;
    const bool candidate_too_old = candidate_us < begin_us;
    if (!reference_too_old && !candidate_too_old) {
      Capture capture = capture_of(std::move(depths_.front()));
      capture.color = std::move(colors_.front());
      depths_.pop_front();
      colors_.pop_front();
      publish(std::move(capture));
    } else if (reference_too_old == color_is_reference) {
      release(std::move(colors_.front()));
      colors_.pop_front();
    } else {
      release(std::move(depths_.front()));
      depths_.pop_front();
    }
  }
}

void Pairing::release(Image color) {
  if (!paired_only_) publish(capture_of(std::move(color)));
}

void Pairing::release(DepthSample depth) {
  if (!paired_only_) publish(capture_of(std::move(depth)));
}

void Pairing::publish(Capture capture) {
  if (ready_.size() == kReadyQueue) {
    const uint64_t lost = ready_.front().dropped_before + 1;
    ready_.pop_front();
    ready_.front().dropped_before += lost;
  }
  ready_.push_back(std::move(capture));
}

std::optional<Capture> Pairing::next() {
  if (ready_.empty()) return std::nullopt;
  Capture capture = std::move(ready_.front());
  ready_.pop_front();
  return capture;
}

}  // namespace lockstep
