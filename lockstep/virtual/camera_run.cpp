// SPDX-License-Identifier: MIT
#include "lockstep/virtual/camera_run.h"

#include <algorithm>
#include <cmath>

#include "lockstep/sensor/family.h"
#include "lockstep/sensor/timing.h"
#include "lockstep/virtual/random.h"

namespace lockstep {
namespace {

constexpr Nanos kPipeGap{100'000};                // between two frames of one sensor
constexpr Nanos kSetToHostEvery{60'000'000'000};  // by the Femto cameras' library
constexpr Nanos kRestart{1'000'000'000};          // from losing power to being armed again
// The master's colour comes two frames after its depth and after everybody else's colour.
constexpr int64_t kMasterColorLag = 2;
constexpr int kDefaultGain = 128;
constexpr int kDefaultWhiteBalanceK = 4500;

enum Purpose : uint64_t { color_jitter = 1, depth_jitter, color_usb, depth_usb, pixels };

/// Device time at which a fault begins, since the zero of the clock.
Nanos begin_of(const WorldFault& fault) {
  return nanos(fault.at_s * 1e9);
}

const WorldFault* find(const CameraTraits& traits, FaultKind kind) {
  for (const WorldFault& fault : traits.faults) {
    if (fault.kind == kind) return &fault;
  }
  return nullptr;
}

double free_period_ns(const CameraTraits& traits, const CameraConfig& config) {
  return frame_period_us(frames_per_second(config.frame_rate)) * 1e3 * traits.free_period_scale;
}

/// Of the periods that there are, the one that pulses so far apart are meant to be.
double nearest_period_ns(double world_ns) {
  double nearest = 0;
  for (const FrameRate rate :
       {FrameRate::fps5, FrameRate::fps15, FrameRate::fps25, FrameRate::fps30}) {
    const double period_ns = frame_period_us(frames_per_second(rate)) * 1e3;
    if (std::abs(period_ns - world_ns) < std::abs(nearest - world_ns)) nearest = period_ns;
  }
  return nearest;
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

DeviceTime register_stamp(DeviceTime instant) {
  // Whole periods are whole steps, and stay so although nanoseconds rounded them down.
  const int64_t ns = instant.ns() + 1;
  const int64_t steps = ns / 100'000 * 9 + ns % 100'000 * 9 / 100'000;
  return DeviceTime(Micros(steps * 100 / 9));
}

CameraRun::CameraRun(const CameraTraits& traits, const CameraConfig& config, HostTime started,
                     HostTime clock_zero, uint64_t run_number)
    : traits_(traits),
      config_(config),
      fps_(frames_per_second(config.frame_rate)),
      period_ns_(frame_period_us(fps_) * 1e3),
      free_period_ns_(free_period_ns(traits, config)),
      delays_(realised_delays(traits.family, config)),
      exposure_(running_exposure(traits.family, config)),
      first_tick_(first_frame_tick(traits, static_cast<double>(exposure_.count()))),
      started_(started),
      seed_(mix_bits(traits.seed, run_number + 1000)),
      clock_zero_(clock_zero) {}

void CameraRun::adjust_color(const CameraConfig& config) {
  config_.exposure = config.exposure;
  config_.gain = config.gain;
  config_.white_balance_k = config.white_balance_k;
  config_.powerline = config.powerline;
  exposure_ = running_exposure(traits_.family, config_);
}

std::vector<PulseTrain> CameraRun::trains_of(const CameraTraits& traits, const CameraConfig& config,
                                             HostTime start) {
  const double period_ns = free_period_ns(traits, config);
  const WorldFault* restart = find(traits, FaultKind::restart);
  if (restart == nullptr) return {{start, period_ns, kNever}};
  const double nominal_ns = period_ns / traits.free_period_scale;
  const double ticks =
      std::ceil(static_cast<double>(begin_of(*restart).count()) / nominal_ns - 0.5);
  const HostTime dark_from = start + nanos(ticks * period_ns);
  return {{start, period_ns, dark_from - nanos(period_ns / 2)},
          {dark_from + kRestart, period_ns, kNever}};
}

const WorldFault* CameraRun::active(FaultKind kind) const {
  const Nanos now = elapsed() + nanos(period_ns_ / 2);
  for (const WorldFault& fault : traits_.faults) {
    if (fault.kind != kind || now < begin_of(fault)) continue;
    const bool counted = kind == FaultKind::lose_tick || kind == FaultKind::duplicate_tick;
    const Nanos length = nanos(static_cast<double>(fault.count) * period_ns_);
    if (!counted || now < begin_of(fault) + length) return &fault;
  }
  return nullptr;
}

void CameraRun::begin_pace(HostTime began, DeviceTime device, double world_ns, bool held) {
  // A clock that is held to the pulses counts nominal periods, whatever time they take; those of
  // the pulses, also where the camera is set to another rate.
  const double own_ns = world_ns * (1 + traits_.own_rate_ppm * 1e-6);
  pace_ = {tick_, began, device, world_ns, held ? nearest_period_ns(world_ns) : own_ns};
}

void CameraRun::begin(const SyncLine& line) {
  begun_ = true;
  depth_on_ = true;
  ++epoch_;
  tick_ = 0;
  locked_ = !is_source();
  tick_began_ = started_;
  double world_ns = free_period_ns_;
  if (locked_) {
    pulse_ = *line.first_pulse(traits_.index, started_);
    tick_began_ = pulse_.train.pulse(pulse_.index);
    world_ns = pulse_.train.period_ns;
    const auto limit_s = family_traits(traits_.family).depth_power_down_s;
    depth_on_ = !limit_s || tick_began_ - started_ <= nanos(*limit_s * 1e9);
  }
  // Depth alone goes on counting where it is: only the first pulse and the start of a source's
  // colour camera zero the counter, and one that is set to the host's clock nothing does.
  if (!traits_.follows_host && (locked_ || config_.color_on())) clock_zero_ = tick_began_;
  epoch_began_ = traits_.follows_host ? DeviceTime(tick_began_.time_since_epoch()) : counted();
  begin_pace(tick_began_, epoch_began_, world_ns, locked_ && traits_.disciplined);
  set_to_host_ = tick_began_;
  scene_start_ = locked_ ? pulse_.train.start : started_;
  scene_period_ns_ = world_ns;
  if (const WorldFault* unplug = find(traits_, FaultKind::unplug)) {
    lost_ = std::min(lost_, tick_began_ + begin_of(*unplug));
  }
}

DeviceTime CameraRun::counted() const {
  const auto true_ns = static_cast<double>((tick_began_ - clock_zero_).count());
  return DeviceTime(nanos(std::max(0.0, true_ns) * (1 + traits_.own_rate_ppm * 1e-6)));
}

/// Its own crystal from here on: what it counts is perfect by its own measure.
void CameraRun::lose_line() {
  locked_ = false;
  begin_pace(tick_began_, device_time(), free_period_ns_, false);
}

void CameraRun::step(const SyncLine& line) {
  if (locked_ && !line.comes(traits_.index, pulse_.train, pulse_.index + 1)) lose_line();
  if (locked_) ++pulse_.index;
  ++tick_;
  tick_began_ = locked_ ? pulse_.train.pulse(pulse_.index)
                        : pace_.began + nanos(ticks_of_pace() * pace_.world_ns);
  if (!traits_.follows_host || tick_began_ - set_to_host_ < kSetToHostEvery) return;
  set_to_host_ = tick_began_;
  begin_pace(tick_began_, DeviceTime(tick_began_.time_since_epoch()), pace_.world_ns, false);
}

std::optional<HostTime> CameraRun::next_tick(const SyncLine& line) const {
  if (!begun_) {
    if (is_source()) return started_;
    const auto first = line.first_pulse(traits_.index, started_);
    if (!first) return std::nullopt;
    return first->train.pulse(first->index);
  }
  if (!locked_) return pace_.began + nanos((ticks_of_pace() + 1) * pace_.world_ns);
  if (line.comes(traits_.index, pulse_.train, pulse_.index + 1)) {
    return pulse_.train.pulse(pulse_.index + 1);
  }
  return tick_began_ + nanos(free_period_ns_);
}

void CameraRun::advance(const SyncLine& line, HostTime now, std::vector<FrameInstant>& frames) {
  while (!lost_at(tick_began_)) {
    const auto next = next_tick(line);
    if (!next || *next > now) return;
    if (begun_) {
      step(line);
    } else {
      begin(line);
    }
    if (!restarted_ && active(FaultKind::restart) != nullptr) {
      restarted_ = true;
      begun_ = false;
      clock_zero_ = tick_began_;  // where it lost its power
      started_ = tick_began_ + kRestart;
    } else if (!lost_at(tick_began_)) {
      emit(frames);
    }
  }
}

void CameraRun::emit(std::vector<FrameInstant>& frames) {
  if (tick_ < first_tick_ || active(FaultKind::lose_tick) != nullptr) return;
  const bool master = config_.wired_sync == WiredSync::master;
  const int64_t first_color = first_tick_ + (master ? kMasterColorLag : 0);
  const int copies = active(FaultKind::duplicate_tick) != nullptr ? 2 : 1;
  for (int copy = 0; copy < copies; ++copy) {
    // A second copy comes two register steps later, so that a sensor's stamps still rise.
    const double extra_us = copy * (2 * kRegisterStepUs + 6 * traits_.stamp_jitter_us);
    if (config_.color_on() && tick_ >= first_color) emit_sensor(Sensor::color, extra_us, frames);
    if (config_.depth_on() && depth_on_) emit_sensor(Sensor::depth, extra_us, frames);
  }
}

void CameraRun::emit_sensor(Sensor sensor, double extra_us, std::vector<FrameInstant>& frames) {
  const bool color = sensor == Sensor::color;
  const auto value_of = [&](FaultKind kind) {
    const WorldFault* fault = active(kind);
    return fault == nullptr ? 0.0 : fault->value;
  };
  Micros exposure = exposure_;
  if (const WorldFault* changed = active(FaultKind::exposure)) {
    exposure =
        exposure_of(traits_, config_, std::chrono::round<Micros>(nanos(changed->value * 1e3)));
  }
  const auto exposure_us = static_cast<double>(exposure.count());
  double phase_us = value_of(FaultKind::delay) + traits_.q * exposure_us + extra_us;
  phase_us += color ? delays_.color_us : delays_.depth_us + value_of(FaultKind::depth_delay);
  const double named_us =
      traits_.stamp_meaning == StampMeaning::start_of_frame ? phase_us - exposure_us / 2 : phase_us;

  const uint64_t bits = mix_bits(mix_bits(seed_, epoch_), static_cast<uint64_t>(tick_));
  const double latency_us = (color ? traits_.color_latency_us : traits_.depth_latency_us) +
                            usb_jitter_us(mix_bits(bits, color ? color_usb : depth_usb)) +
                            value_of(FaultKind::slow_usb);
  FrameInstant frame;
  frame.sensor = sensor;
  frame.tick = tick_;
  frame.world_tick =
      std::llround(static_cast<double>((tick_began_ - scene_start_).count()) / scene_period_ns_);
  frame.stamp = stamp(named_us, mix_bits(bits, color ? color_jitter : depth_jitter));
  frame.exposure = exposure;
  frame.gain = config_.gain.value_or(kDefaultGain);
  frame.white_balance_k = config_.white_balance_k.value_or(kDefaultWhiteBalanceK);
  frame.temperature_c = 36 - 10 * std::exp(-static_cast<double>(elapsed().count()) * 1e-9 / 900);
  frame.noise_seed = mix_bits(bits, pixels);
  // One sensor's frames share a pipe: none overtakes another.
  HostTime& last = last_arrival_[color ? 0 : 1];
  frame.arrival = std::max(tick_began_ + nanos((phase_us + latency_us) * 1e3), last + kPipeGap);
  last = frame.arrival;
  if (frame.stamp > DeviceTime{}) frames.push_back(frame);
}

DeviceTime CameraRun::stamp(double after_tick_us, uint64_t bits) const {
  const double jitter_us = traits_.stamp_jitter_us * normal(bits);
  return register_stamp(device_time() + nanos((after_tick_us + jitter_us) * 1e3));
}

DeviceTime CameraRun::device_time() const {
  return pace_.device + nanos(ticks_of_pace() * pace_.device_ns);
}

HostTime CameraRun::world_time(DeviceTime time) const {
  const auto ahead_ns = static_cast<double>(since(device_time(), time).count());
  return tick_began_ + nanos(ahead_ns * pace_.world_ns / pace_.device_ns);
}

}  // namespace lockstep
