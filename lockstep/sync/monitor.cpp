// SPDX-License-Identifier: MIT
#include "lockstep/sync/monitor.h"

#include <algorithm>
#include <cmath>

#include "lockstep/sync/alignment.h"
#include "lockstep/sync/gates.h"
#include "lockstep/time/tick.h"

namespace lockstep {
namespace {

constexpr double kClockStepUs = 500'000;  // stamps and arrivals apart by this: the clock stepped
constexpr size_t kRemembered = 64;
constexpr int kArrivalsHeard = 300;   // later ones would tell of the pace of the clocks
constexpr double kDriftShare = 0.05;  // of a free clock's offset taken as drift, per tick

double us(Nanos time) {
  return std::chrono::duration<double, std::micro>(time).count();
}

}  // namespace

bool TickCounter::broke(double interval_us, std::optional<HostTime> arrival) const {
  if (interval_us < -period_us_ / 2) return true;
  if (!arrival || !last_arrival_) return false;
  return std::abs(interval_us - us(*arrival - *last_arrival_)) > kClockStepUs &&
         interval_us > us(*arrival - *last_arrival_);
}

TickStep TickCounter::add(DeviceTime stamp, std::optional<HostTime> arrival) {
  TickStep step;
  if (last_) {
    double interval_us = us(since(*last_, stamp));
    step.clock_broke = broke(interval_us, arrival);
    if (step.clock_broke) {
      // What passed on the host's clock; at least one tick, for a new capture came.
      interval_us = arrival && last_arrival_ ? us(*arrival - *last_arrival_) : period_us_;
      interval_us = std::max(interval_us, period_us_);
    }
    const auto advance = static_cast<int64_t>(std::llround(interval_us / period_us_));
    step.duplicate = advance == 0;
    step.lost = std::max<int64_t>(advance - 1, 0);
    tick_ += advance;
  }
  last_ = stamp;
  last_arrival_ = arrival;
  step.tick = tick_;
  return step;
}

LiveMonitor::LiveMonitor(std::vector<MonitoredCamera> cameras, FrameRate rate, size_t reference)
    : period_us_(frame_period_us(frames_per_second(rate))),
      gate_us_(Gates{}.tick_offset_us_at(frames_per_second(rate))),
      reference_(reference) {
  for (MonitoredCamera& camera : cameras) {
    streams_.push_back({.camera = std::move(camera), .counter = TickCounter(period_us_)});
  }
}

/// Stamp minus pulse by the plan. Where exposures differ, by what a stamp is taken to name.
double LiveMonitor::expected_us(const Stream& stream) const {
  const double own_us = stream.camera.exposure_us;
  const double reference_us = streams_[reference_].camera.exposure_us;
  const double planned_us = stream.camera.planned_offset_us;
  if (own_us <= 0 || reference_us <= 0) return planned_us;
  return planned_us + stamp_shift_us(reading_, own_us) - stamp_shift_us(reading_, reference_us);
}

/// Finds the rig tick of a stream's own tick 0. Both stamps are of clocks that the first pulse
/// zeroed, which is the one moment at which stamps of two devices may be compared.
void LiveMonitor::place(Stream& stream) {
  if (stream.base || !stream.first || !phase_us_) return;
  const double since_pulse_us = us(stream.first->since_zero()) - expected_us(stream);
  stream.base = std::llround((since_pulse_us - *phase_us_) / period_us_);
}

/// Latency only delays, so the earliest is the nearest to the truth.
void LiveMonitor::hear_arrival(Stream& stream, DeviceTime stamp,
                               std::optional<HostTime> arrival) const {
  if (!arrival || stream.heard >= kArrivalsHeard) return;
  ++stream.heard;
  const double zero_us =
      us(arrival->time_since_epoch()) - us(stamp.since_zero()) + expected_us(stream);
  stream.zero_us = std::min(stream.zero_us.value_or(zero_us), zero_us);
}

std::optional<double> LiveMonitor::zeroed_apart_us(size_t camera) const {
  const Stream& stream = streams_[camera];
  const Stream& reference = streams_[reference_];
  if (stream.lost || !stream.zero_us || !reference.zero_us) return std::nullopt;
  const double apart_us = *stream.zero_us - *reference.zero_us;
  if (std::abs(apart_us) < kArrivalContradictsUs) return std::nullopt;
  return apart_us;
}

MonitorStep LiveMonitor::add(size_t camera, DeviceTime stamp, std::optional<HostTime> arrival) {
  Stream& stream = streams_[camera];
  const TickStep step = stream.counter.add(stamp, arrival);
  if (!stream.first) stream.first = stamp;
  if (!phase_us_ && camera == reference_) {
    const double since_pulse_us = us(stamp.since_zero()) - stream.camera.planned_offset_us;
    phase_us_ = since_pulse_us - std::floor(since_pulse_us / period_us_) * period_us_;
    for (Stream& other : streams_) place(other);
  }
  place(stream);
  if (step.clock_broke) {
    stream.zero_us.reset();
    stream.heard = 0;
  }
  hear_arrival(stream, stamp, arrival);
  stream.recent[step.tick] = stamp;
  if (stream.recent.size() > kRemembered) stream.recent.erase(stream.recent.begin());

  MonitorStep seen{.lost = step.lost, .duplicate = step.duplicate, .clock_broke = step.clock_broke};
  if (step.lost > 0 || step.duplicate || step.clock_broke) stream.run = 0;
  if (step.clock_broke) stream.offset_us.reset();
  if (!stream.base) return seen;
  seen.tick = *stream.base + step.tick;
  if (!step.duplicate) judge_tick(*seen.tick);
  return seen;
}

const DeviceTime* LiveMonitor::recent_at(const Stream& stream, int64_t tick) const {
  if (!stream.base) return nullptr;
  const auto found = stream.recent.find(tick - *stream.base);
  return found == stream.recent.end() ? nullptr : &found->second;
}

/// Judges every camera at `tick` once all that are alive have it.
void LiveMonitor::judge_tick(int64_t tick) {
  const DeviceTime* reference_stamp = recent_at(streams_[reference_], tick);
  if (reference_stamp == nullptr) return;
  if (last_common_ && tick <= *last_common_) return;
  for (const Stream& stream : streams_) {
    if (!stream.lost && recent_at(stream, tick) == nullptr) return;
  }
  if (common_run_ == 0) choose_reading(tick);
  bool all_in_step = true;
  for (size_t i = 0; i < streams_.size(); ++i) {
    Stream& stream = streams_[i];
    if (stream.lost) continue;
    judge(stream, tick, *reference_stamp);
    all_in_step = all_in_step && stream.run > 0 && !zeroed_apart_us(i);
  }
  const bool follows = last_common_ && tick == *last_common_ + 1;
  common_run_ = !all_in_step ? 0 : follows ? common_run_ + 1 : 1;
  last_common_ = tick;
}

/// The reading of the stamps under which the worst camera is least off. It stands while all are in
/// step. With equal exposures all readings are alike.
void LiveMonitor::choose_reading(int64_t tick) {
  const Stream& reference = streams_[reference_];
  StampReading best_reading = reading_;
  double best_us = HUGE_VAL;
  for (const StampReading reading : kStampReadings) {
    reading_ = reading;
    double worst_us = 0;
    for (const Stream& stream : streams_) {
      if (stream.lost) continue;
      const Nanos apart =
          recent_at(stream, tick)->since_zero() - recent_at(reference, tick)->since_zero();
      const double off_us = us(apart) - expected_us(stream) + expected_us(reference);
      worst_us = std::max(worst_us, std::abs(off_us));
    }
    if (worst_us >= best_us) continue;
    best_us = worst_us;
    best_reading = reading;
  }
  reading_ = best_reading;
}

void LiveMonitor::judge(Stream& stream, int64_t tick, DeviceTime reference_stamp) {
  const double planned = expected_us(stream) - expected_us(streams_[reference_]);
  const double offset =
      us(recent_at(stream, tick)->since_zero() - reference_stamp.since_zero()) - planned;
  stream.offset_us = offset;
  double judged = offset;
  if (stream.camera.free_clock || streams_[reference_].camera.free_clock) {
    judged -= stream.drift_us;
    stream.drift_us += kDriftShare * judged;
  }
  const bool in_step = std::abs(judged) <= gate_us_;
  stream.run = in_step ? stream.run + 1 : 0;
  stream.bad_run = in_step ? 0 : stream.bad_run + 1;
}

void LiveMonitor::set_lost(size_t camera) {
  streams_[camera].lost = true;
  streams_[camera].offset_us.reset();
  if (camera != reference_) return;
  const auto alive =
      std::find_if(streams_.begin(), streams_.end(), [](const Stream& s) { return !s.lost; });
  if (alive != streams_.end()) reference_ = static_cast<size_t>(alive - streams_.begin());
}

std::optional<DeviceTime> LiveMonitor::stamp_at(size_t camera, int64_t tick) const {
  const Stream& stream = streams_[camera];
  if (const DeviceTime* stamp = recent_at(stream, tick)) return *stamp;
  if (!stream.base || stream.recent.empty()) return std::nullopt;
  const auto& [own_tick, stamp] = *stream.recent.rbegin();
  const double ahead_us = static_cast<double>(tick - *stream.base - own_tick) * period_us_;
  return stamp + Nanos(std::llround(ahead_us * 1000));
}

}  // namespace lockstep
