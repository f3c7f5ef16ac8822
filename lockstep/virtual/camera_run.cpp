// SPDX-License-Identifier: MIT
#include "lockstep/virtual/camera_run.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lockstep/sensor/timing.h"
#include "lockstep/virtual/random.h"

namespace lockstep {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();
constexpr Micros kDefaultExposure{16'670};
constexpr double kRestartNs = 1e9;  // from losing power to being armed again
// The master's colour comes two frames after its depth and after everybody else's colour.
constexpr int64_t kMasterColorLag = 2;

enum Purpose : uint64_t { color_jitter = 1, depth_jitter, color_usb, depth_usb, pixels };

double at_ns(const WorldFault& fault) {
  return fault.at_s * 1e9;
}

const WorldFault* find(const CameraTraits& traits, std::string_view kind) {
  for (const WorldFault& fault : traits.faults) {
    if (fault.kind == kind) return &fault;
  }
  return nullptr;
}

double free_period_ns(const CameraTraits& traits, const CameraConfig& config) {
  return frame_period_us(frames_per_second(config.frame_rate)) * 1e3 * traits.free_period_scale;
}

Micros exposure_of(const CameraTraits& traits, const CameraConfig& config, Micros asked) {
  return realised_exposure(traits.family, asked, config.powerline.value_or(Powerline::hz60),
                           config.frame_rate);
}

/// Latency over the best case: mostly well below a millisecond, now and then a transfer that waits.
double usb_jitter_us(uint64_t bits) {
  const double usual = 300 * std::abs(normal(bits));
  const bool waits = (mix_bits(bits) & 63u) == 0;
  return waits ? usual + uniform(mix_bits(bits, 1), 1e3, 14e3) : usual;
}

/// The tick whose stamp is closest to the firmware's published first stamp.
int64_t first_frame_tick(const CameraTraits& traits, double exposure_us) {
  const double period_30_us = frame_period_us(30);
  const double shift_us = std::min(traits.q * exposure_us, period_30_us);
  return std::max<int64_t>(1, std::llround((traits.first_frame_us - shift_us) / period_30_us));
}

}  // namespace

CameraRun::CameraRun(const CameraTraits& traits, const CameraConfig& config, WorldNs started_ns,
                     uint64_t run_number)
    : traits_(traits),
      config_(config),
      period_us_(frame_period_us(frames_per_second(config.frame_rate))),
      free_period_ns_(free_period_ns(traits, config)),
      exposure_(exposure_of(traits, config, config.exposure.value_or(kDefaultExposure))),
      first_tick_(first_frame_tick(traits, static_cast<double>(exposure_.count()))),
      started_ns_(started_ns),
      seed_(mix_bits(traits.seed, run_number + 1000)),
      lost_ns_(kNever) {
  const Micros depth_delay = config.depth_delay_off_color;
  color_delay_us_ = realised_delay_us(traits.family, config.subordinate_delay_off_master);
  if (depth_delay.count() < 0 && !family_traits(traits.family).negative_depth_delay) {
    color_delay_us_ += realised_delay_us(traits.family, -depth_delay);
    depth_delay_us_ = -realised_delay_us(traits.family, -depth_delay);
  } else {
    depth_delay_us_ = realised_delay_us(traits.family, depth_delay);
  }
}

std::vector<PulseTrain> CameraRun::trains_of(const CameraTraits& traits, const CameraConfig& config,
                                             WorldNs start_ns) {
  const double period = free_period_ns(traits, config);
  const WorldFault* restart = find(traits, "restart");
  if (restart == nullptr) return {{start_ns, period, kNever}};
  const double nominal_period = period / traits.free_period_scale;
  const double ticks = std::ceil(at_ns(*restart) / nominal_period - 0.5);
  const WorldNs dark_from = start_ns + ticks * period;
  return {{start_ns, period, dark_from - period / 2}, {dark_from + kRestartNs, period, kNever}};
}

const WorldFault* CameraRun::active(std::string_view kind) const {
  const auto tick_s = static_cast<double>(tick_) * period_us_ * 1e-6;
  const double half_tick_s = period_us_ * 0.5e-6;
  for (const WorldFault& fault : traits_.faults) {
    if (fault.kind != kind || tick_s < fault.at_s - half_tick_s) continue;
    const bool counted = kind == "lose-tick" || kind == "duplicate-tick";
    const double length_s = static_cast<double>(fault.count) * period_us_ * 1e-6;
    if (!counted || tick_s < fault.at_s + length_s - half_tick_s) return &fault;
  }
  return nullptr;
}

void CameraRun::zero(const SyncLine& line) {
  depth_on_ = true;
  locked_ = !is_source();
  if (is_source()) {
    tick_ns_ = started_ns_;
    scene_start_ns_ = started_ns_;
    scene_period_ns_ = free_period_ns_;
  } else {
    pulse_ = *line.first_pulse(traits_.index, started_ns_);
    tick_ns_ = pulse_.train.pulse_ns(pulse_.index);
    scene_start_ns_ = pulse_.train.start_ns;
    scene_period_ns_ = pulse_.train.period_ns;
    const auto limit_s = family_traits(traits_.family).depth_power_down_s;
    depth_on_ = !limit_s || tick_ns_ - started_ns_ <= *limit_s * 1e9;
  }
  zeroed_ = true;
  ++epoch_;
  tick_ = 0;
  device_us_ = 0;
  if (const WorldFault* unplug = find(traits_, "unplug")) {
    lost_ns_ = std::min(lost_ns_, tick_ns_ + at_ns(*unplug));
  }
}

void CameraRun::step(const SyncLine& line) {
  ++tick_;
  if (locked_ && !line.comes(traits_.index, pulse_.train, pulse_.index + 1)) locked_ = false;
  if (locked_) {
    ++pulse_.index;
    tick_ns_ = pulse_.train.pulse_ns(pulse_.index);
    const double true_us = pulse_.train.period_ns * 1e-3;
    device_us_ += traits_.disciplined ? period_us_ : true_us * (1 + traits_.own_rate_ppm * 1e-6);
  } else {
    // Its own crystal: what it counts is perfect by its own measure.
    tick_ns_ += free_period_ns_;
    device_us_ += free_period_ns_ * 1e-3 * (1 + traits_.own_rate_ppm * 1e-6);
  }
}

std::optional<WorldNs> CameraRun::next_tick_ns(const SyncLine& line) const {
  if (!zeroed_) {
    if (is_source()) return started_ns_;
    const auto first = line.first_pulse(traits_.index, started_ns_);
    if (!first) return std::nullopt;
    return first->train.pulse_ns(first->index);
  }
  if (locked_ && line.comes(traits_.index, pulse_.train, pulse_.index + 1)) {
    return pulse_.train.pulse_ns(pulse_.index + 1);
  }
  return tick_ns_ + free_period_ns_;
}

void CameraRun::advance(const SyncLine& line, WorldNs now_ns, std::vector<FrameInstant>& frames) {
  while (!lost_at(tick_ns_)) {
    const auto next = next_tick_ns(line);
    if (!next || *next > now_ns) return;
    if (zeroed_) {
      step(line);
    } else {
      zero(line);
    }
    if (!restarted_ && active("restart") != nullptr) {
      restarted_ = true;
      zeroed_ = false;
      started_ns_ = tick_ns_ + kRestartNs;
    } else if (!lost_at(tick_ns_)) {
      emit(frames);
    }
  }
}

void CameraRun::emit(std::vector<FrameInstant>& frames) {
  if (tick_ < first_tick_ || active("lose-tick") != nullptr) return;
  const bool master = config_.wired_sync == WiredSync::master;
  const int64_t first_color = first_tick_ + (master ? kMasterColorLag : 0);
  const int copies = active("duplicate-tick") != nullptr ? 2 : 1;
  for (int copy = 0; copy < copies; ++copy) {
    // A second copy comes two register steps later, so that a sensor's stamps still rise.
    const double extra_us = copy * (2 * kRegisterStepUs + 6 * traits_.stamp_jitter_us);
    if (config_.color_on() && tick_ >= first_color) emit_sensor(Sensor::color, extra_us, frames);
    if (config_.depth_on() && depth_on_) emit_sensor(Sensor::depth, extra_us, frames);
  }
}

void CameraRun::emit_sensor(Sensor sensor, double extra_us, std::vector<FrameInstant>& frames) {
  const bool color = sensor == Sensor::color;
  const auto value_of = [&](std::string_view kind) {
    const WorldFault* fault = active(kind);
    return fault == nullptr ? 0.0 : fault->value;
  };
  Micros exposure = exposure_;
  if (const WorldFault* changed = active("exposure")) {
    exposure = exposure_of(traits_, config_, Micros(std::llround(changed->value)));
  }
  const auto exposure_us = static_cast<double>(exposure.count());
  double phase_us = color_delay_us_ + value_of("delay") + traits_.q * exposure_us + extra_us;
  if (!color) phase_us += depth_delay_us_ + value_of("depth-delay");
  const double named_us =
      traits_.stamp_meaning == StampMeaning::start_of_frame ? phase_us - exposure_us / 2 : phase_us;

  const uint64_t bits = mix_bits(mix_bits(seed_, epoch_), static_cast<uint64_t>(tick_));
  const double latency_us = (color ? traits_.color_latency_us : traits_.depth_latency_us) +
                            usb_jitter_us(mix_bits(bits, color ? color_usb : depth_usb)) +
                            value_of("slow-usb");
  FrameInstant frame;
  frame.sensor = sensor;
  frame.tick = tick_;
  frame.world_tick = std::llround((tick_ns_ - scene_start_ns_) / scene_period_ns_);
  frame.stamp = stamp(device_us_ + named_us, mix_bits(bits, color ? color_jitter : depth_jitter));
  frame.exposure = exposure;
  frame.temperature_c = 36 - 10 * std::exp(-static_cast<double>(tick_) * period_us_ * 1e-6 / 900);
  frame.noise_seed = mix_bits(bits, pixels);
  // One sensor's frames share a pipe: none overtakes another.
  WorldNs& last_ns = last_arrival_ns_[color ? 0 : 1];
  frame.arrival_ns = std::max(tick_ns_ + (phase_us + latency_us) * 1e3, last_ns + 1e5);
  last_ns = frame.arrival_ns;
  if (frame.stamp > DeviceTime{}) frames.push_back(frame);
}

DeviceTime CameraRun::stamp(double exact_us, uint64_t bits) const {
  const double jittered_us = exact_us + traits_.stamp_jitter_us * normal(bits);
  const double steps = std::floor(jittered_us / kRegisterStepUs);
  return DeviceTime(Micros(static_cast<int64_t>(steps) * 100 / 9));
}

WorldNs CameraRun::world_ns(double device_us) const {
  const double us_per_true_us = locked_ && traits_.disciplined
                                    ? period_us_ * 1e3 / pulse_.train.period_ns
                                    : 1 + traits_.own_rate_ppm * 1e-6;
  return tick_ns_ + (device_us - device_us_) * 1e3 / us_per_true_us;
}

}  // namespace lockstep
