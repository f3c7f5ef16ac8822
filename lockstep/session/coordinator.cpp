// SPDX-License-Identifier: MIT
#include "lockstep/session/coordinator.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "lockstep/sensor/family.h"
#include "lockstep/session/lock_trouble.h"
#include "lockstep/time/tick.h"

namespace lockstep {
namespace {

using std::chrono::seconds;

// Decisions 5 and 15 (docs/decisions).
constexpr Nanos kArmAnewAfter = seconds(45);  // an Azure camera turns its depth off after 60 s
constexpr int kArmAnewTimes = 3;
constexpr Nanos kArmLimit = seconds(180);  // for families that wait for pulses without end
constexpr Nanos kLockWithin = seconds(10);
constexpr int kLockTicks = 10;
constexpr Nanos kLaggingAfter = seconds(1);
constexpr Nanos kSilentRigAfter = seconds(10);
constexpr Nanos kGraceAfterLength = seconds(2);

std::vector<MonitoredCamera> monitored(const Plan& plan) {
  std::vector<MonitoredCamera> result;
  for (const PlannedCamera& camera : plan.cameras) {
    result.push_back({camera.name, camera.tick_offset_us(), !camera.clock_disciplined,
                      static_cast<double>(camera.config.exposure.value_or(Micros{0}).count())});
  }
  return result;
}

/// Where the cable to the Sync In of a camera comes from; empty: the plan has none.
std::string cable_to(const Plan& plan, const std::string& camera) {
  for (const WiringLine& line : plan.wiring) {
    if (line.to_node == camera) return line.from;
  }
  return {};
}

size_t reference_of(const Plan& plan) {
  const auto master =
      std::find_if(plan.cameras.begin(), plan.cameras.end(),
                   [](const PlannedCamera& c) { return c.config.wired_sync == WiredSync::master; });
  return master == plan.cameras.end() ? 0 : static_cast<size_t>(master - plan.cameras.begin());
}

}  // namespace

Coordinator::Coordinator(const Plan& plan, CoordinatorOptions options)
    : options_(options),
      generator_(plan.external_source),
      period_us_(frame_period_us(frames_per_second(plan.frame_rate))),
      settle_(std::llround(plan.settle_before_master_s * 1e9)),
      powers_down_(false),
      monitor_(monitored(plan), plan.frame_rate, reference_of(plan)) {
  for (const PlannedCamera& planned : plan.cameras) {
    powers_down_ = powers_down_ || family_traits(planned.family).depth_power_down_s.has_value();
    const bool source = planned.config.wired_sync == WiredSync::master;
    if (source && !source_) source_ = cameras_.size();
    if (!source) start_order_.push_back(cameras_.size());
    cameras_.push_back(
        {.planned = planned, .cable_from = cable_to(plan, planned.name), .source = source});
  }
  std::sort(start_order_.begin(), start_order_.end(), [this](size_t a, size_t b) {
    return cameras_[a].planned.start_order < cameras_[b].planned.start_order;
  });
}

bool Coordinator::all(DeviceState state, bool with_source) const {
  return std::all_of(cameras_.begin(), cameras_.end(), [&](const Camera& camera) {
    return (camera.source && !with_source) || camera.state == state;
  });
}

Coordinator::Orders Coordinator::begin(HostTime now) {
  Orders orders;
  phase_ = Phase::arming;
  phase_since_ = now;
  started_ = 0;
  first_armed_.reset();
  start_next(now, orders);
  if (start_order_.empty()) start_source(now, orders);
  return orders;
}

void Coordinator::start(size_t camera, HostTime now, Orders& orders) {
  cameras_[camera].state = DeviceState::starting;
  starting_since_ = now;
  orders.push_back({camera, StartOrder{}});
}

/// One after the other, in the planned order: a camera's start loads its host's USB and power.
void Coordinator::start_next(HostTime now, Orders& orders) {
  if (started_ < start_order_.size()) start(start_order_[started_++], now, orders);
}

Coordinator::Orders Coordinator::on_report(size_t index, const Report& report, HostTime now) {
  Orders orders;
  Camera& camera = cameras_[index];
  if (std::holds_alternative<StartedReport>(report)) {
    camera.running = true;
    if (phase_ == Phase::stopping || phase_ == Phase::rearming) {
      orders.push_back({index, StopOrder{}});
      return orders;
    }
    last_started_ = now;
    if (camera.planned.config.wired_sync == WiredSync::subordinate) {
      if (!first_armed_) first_armed_ = now;
    } else {
      camera.state = DeviceState::locking;
    }
    if (camera.source || (!source_ && !generator_)) begin_locking(now);
    start_next(now, orders);
  } else if (const auto* refused = std::get_if<RefusedReport>(&report)) {
    camera.state = DeviceState::failed;
    camera.running = false;
    fail({refused->error.code == Errc::invalid_argument ? Errc::device_lost : refused->error.code,
          fmt::format("{}: the camera did not start: {}", camera.planned.name,
                      refused->error.message)},
         now, orders);
  } else if (std::holds_alternative<NotPluggedReport>(report)) {
    camera.plugged = false;
  } else if (std::holds_alternative<ArmedReport>(report)) {
    camera.plugged = true;
    if (phase_ == Phase::arming) camera.state = DeviceState::armed;
    if (phase_ == Phase::arming && all(DeviceState::armed, false)) begin_settling(now);
  } else if (std::holds_alternative<EarlyPulseReport>(report)) {
    if (phase_ != Phase::arming && phase_ != Phase::settling) return orders;
    camera.state = DeviceState::failed;
    fail(
        {Errc::bad_state,
         fmt::format("{}: a picture came while the sync line had to be silent, so pulses are there "
                     "already: stop whatever drives the line ({}), then record again",
                     camera.planned.name,
                     generator_ ? "turn the generator off" : "another program may run the master")},
        now, orders);
  } else if (const auto* running_on = std::get_if<NotRolledBackReport>(&report)) {
    camera.not_rolled_back = running_on->stamp;
  } else if (const auto* stamp = std::get_if<StampReport>(&report)) {
    on_stamp(index, *stamp, now, orders);
  } else if (const auto* lost = std::get_if<LostReport>(&report)) {
    on_lost(index, lost->error, now, orders);
  } else if (const auto* recorded = std::get_if<RecordedReport>(&report)) {
    camera.done = true;
    if (recorded->how == EndOfCamera::length_reached && !first_done_) first_done_ = now;
    stop_if_all_done(now, orders);
  } else if (std::holds_alternative<StoppedReport>(report)) {
    on_stopped(index, now, orders);
  }
  return orders;
}

void Coordinator::begin_settling(HostTime now) {
  phase_ = Phase::settling;
  phase_since_ = now;
}

void Coordinator::start_source(HostTime now, Orders& orders) {
  phase_ = Phase::source;
  phase_since_ = now;
  for (const size_t camera : start_order_) orders.push_back({camera, ExpectPulsesOrder{}});
  // More than one only when a rig is recorded against its plan.
  for (size_t i = 0; i < cameras_.size(); ++i) {
    if (cameras_[i].source) start(i, now, orders);
  }
}

void Coordinator::begin_locking(HostTime now) {
  if (phase_ != Phase::source && phase_ != Phase::arming) return;
  phase_ = Phase::locking;
  phase_since_ = now;
  for (Camera& camera : cameras_) {
    camera.state = DeviceState::locking;
    camera.first_offset_us.reset();
  }
}

void Coordinator::on_stamp(size_t index, const StampReport& report, HostTime now, Orders& orders) {
  Camera& camera = cameras_[index];
  camera.last_capture = now;
  camera.not_rolled_back.reset();
  const MonitorStep step = monitor_.add(index, report.stamp, report.arrival);
  if (phase_ == Phase::source && generator_) begin_locking(now);
  if (!camera.first_offset_us) camera.first_offset_us = monitor_.offset_us(index);
  if (phase_ == Phase::recording && step.clock_broke) {
    outcome_.alarms.push_back(
        fmt::format("{}: its clock stepped: the camera restarted or was replugged, and it is no "
                    "longer in step; its "
                    "recording goes on in the next part",
                    camera.planned.name));
  }
  if (phase_ == Phase::locking && monitor_.common_run() >= kLockTicks) {
    outcome_.locked = true;
    begin_recording(*monitor_.last_common_tick() + 1, now, orders);
  }
}

void Coordinator::begin_recording(std::optional<int64_t> from_tick, HostTime now, Orders& orders) {
  phase_ = Phase::recording;
  phase_since_ = now;
  outcome_.recorded = true;
  const Nanos half_period(std::llround(period_us_ * 500));
  for (size_t i = 0; i < cameras_.size(); ++i) {
    Camera& camera = cameras_[i];
    if (camera.done) continue;
    camera.state = DeviceState::recording;
    std::optional<DeviceTime> stamp;
    if (from_tick) stamp = monitor_.stamp_at(i, *from_tick);
    if (stamp) stamp = *stamp - half_period;
    orders.push_back({i, RecordOrder{stamp, options_.ticks}});
  }
}

void Coordinator::on_lost(size_t index, const Error& error, HostTime now, Orders& orders) {
  Camera& camera = cameras_[index];
  camera.state = DeviceState::lost;
  camera.done = true;
  monitor_.set_lost(index);
  const Error named{error.code == Errc::device_lost ? error.code : Errc::device_lost,
                    fmt::format("{}: the camera was lost: {}", camera.planned.name, error.message)};
  if (phase_ != Phase::recording) {
    if (phase_ != Phase::stopping && phase_ != Phase::done) fail(named, now, orders);
    return;
  }
  if (!outcome_.failure) outcome_.failure = named;
  outcome_.alarms.push_back(named.message);
  if (options_.if_camera_lost == IfCameraLost::stop) cut_all(now, orders);
  stop_if_all_done(now, orders);
}

void Coordinator::on_stopped(size_t index, HostTime now, Orders& orders) {
  Camera& camera = cameras_[index];
  camera.running = false;
  camera.not_rolled_back.reset();
  if (camera.state != DeviceState::lost && camera.state != DeviceState::failed) {
    if (phase_ == Phase::arming && camera.state == DeviceState::starting) {
      // It answers the stop of the last round only now, and ignored the start of this one.
      start(index, now, orders);
      return;
    }
    camera.state = DeviceState::idle;
  }
  const bool any_running =
      std::any_of(cameras_.begin(), cameras_.end(), [](const Camera& c) { return c.running; });
  if (any_running) return;
  if (phase_ == Phase::stopping) phase_ = Phase::done;
  if (phase_ == Phase::rearming) orders = begin(now);
}

Coordinator::Orders Coordinator::on_time(HostTime now) {
  Orders orders;
  switch (phase_) {
    case Phase::settling:
      if (now - last_started_ >= settle_) start_source(now, orders);
      break;
    case Phase::arming:
    case Phase::source:
      watch_arming(now, orders);
      break;
    case Phase::locking:
      watch_lock(now, orders);
      break;
    case Phase::recording:
      watch_recording(now, orders);
      break;
    case Phase::stopping:
    case Phase::rearming:
      if (now - phase_since_ > kStopWithin) give_up_stopping(now, orders);
      break;
    case Phase::idle:
    case Phase::done:
      break;
  }
  return orders;
}

void Coordinator::watch_arming(HostTime now, Orders& orders) {
  const bool starting = std::any_of(cameras_.begin(), cameras_.end(), [](const Camera& c) {
    return c.state == DeviceState::starting;
  });
  if (starting && now - starting_since_ >= kArmLimit) {
    fail({Errc::timeout, fmt::format("not all cameras were ready within {} s. {}",
                                     to_seconds(kArmLimit), why_not_locked())},
         now, orders);
    return;
  }
  if (powers_down_ && first_armed_ && now - *first_armed_ >= kArmAnewAfter) {
    if (armed_anew_ < kArmAnewTimes) {
      ++armed_anew_;
      arm_anew(orders);
      phase_since_ = now;
      return;
    }
    fail({Errc::timeout, fmt::format("the rig was armed {} times and no pulse came. {}",
                                     kArmAnewTimes + 1, why_not_locked())},
         now, orders);
  } else if (!powers_down_ && !generator_ && now - phase_since_ >= kArmLimit) {
    fail({Errc::timeout, fmt::format("not all cameras were ready within {} s. {}",
                                     to_seconds(kArmLimit), why_not_locked())},
         now, orders);
  }
}

void Coordinator::arm_anew(Orders& orders) {
  outcome_.alarms.push_back(
      fmt::format("{} s without a pulse: all cameras are stopped and armed anew, before they turn "
                  "their depth off ({} of {})",
                  to_seconds(kArmAnewAfter), armed_anew_, kArmAnewTimes));
  phase_ = Phase::rearming;
  for (size_t i = 0; i < cameras_.size(); ++i) {
    if (cameras_[i].running) orders.push_back({i, StopOrder{}});
  }
}

void Coordinator::watch_lock(HostTime now, Orders& orders) {
  if (now - phase_since_ < kLockWithin) return;
  const std::string why = why_not_locked();
  if (options_.record_unlocked) {
    outcome_.alarms.push_back("recording although the rig is not in step. " + why);
    const auto tick = monitor_.last_common_tick();
    begin_recording(tick ? std::optional(*tick + 1) : std::nullopt, now, orders);
    return;
  }
  fail({Errc::timeout, fmt::format("the rig did not lock within {} s of the first pulse. {}",
                                   to_seconds(kLockWithin), why)},
       now, orders);
}

std::string Coordinator::why_not_locked() const {
  std::vector<LockFacts> facts;
  for (size_t i = 0; i < cameras_.size(); ++i) {
    const Camera& camera = cameras_[i];
    LockFacts& of = facts.emplace_back();
    of.name = camera.planned.name;
    of.state = camera.state;
    of.is_source = camera.source;
    of.plugged = camera.plugged;
    of.cable_from = camera.cable_from;
    of.any_picture = camera.last_capture.has_value();
    of.not_rolled_back = camera.not_rolled_back;
    of.out_of_step = monitor_.out_of_step_run(i) > 0;
    of.offset_us = monitor_.offset_us(i);
    of.zeroed_apart_us = monitor_.zeroed_apart_us(i);
    of.exposure = camera.planned.config.exposure;
    if (of.offset_us && camera.first_offset_us)
      of.moved_us = *of.offset_us - *camera.first_offset_us;
  }
  return lock_trouble(facts, source_ ? cameras_[*source_].planned.name : "");
}

void Coordinator::watch_recording(HostTime now, Orders& orders) {
  if (cut_since_) {
    if (now - *cut_since_ > kStopWithin) give_up_cutting(now, orders);
    return;
  }
  if (first_done_ && now - *first_done_ >= kGraceAfterLength) {
    cut_all(now, orders);
    return;
  }
  HostTime last = phase_since_;
  for (const Camera& camera : cameras_) last = std::max(last, camera.last_capture.value_or(last));
  if (now - last < kSilentRigAfter) return;
  if (!outcome_.failure) {
    outcome_.failure =
        Error{Errc::device_lost,
              fmt::format("no camera delivered anything for {} s, so the pulses have stopped: look "
                          "at the source of the sync line",
                          to_seconds(kSilentRigAfter))};
    outcome_.alarms.push_back(outcome_.failure->message);
  }
  cut_all(now, orders);
}

DeviceState Coordinator::state(size_t index, HostTime now) const {
  const Camera& camera = cameras_[index];
  if (camera.state == DeviceState::recording && camera.last_capture &&
      (now - *camera.last_capture > kLaggingAfter || monitor_.out_of_step_run(index) >= 3)) {
    return DeviceState::lagging;
  }
  return camera.state;
}

std::optional<double> Coordinator::seconds_left(HostTime now) const {
  const bool waiting =
      phase_ == Phase::arming || phase_ == Phase::settling || phase_ == Phase::source;
  if (!waiting || !powers_down_ || !first_armed_) return std::nullopt;
  return std::max(0.0, to_seconds(kArmAnewAfter - (now - *first_armed_)));
}

std::string Coordinator::prompt() const {
  if (phase_ == Phase::arming) {
    for (const Camera& camera : cameras_) {
      if (!camera.plugged) return camera.planned.name + ": nothing in Sync In: push the cable in";
    }
  }
  if (phase_ == Phase::source && generator_) {
    return "all cameras are armed: turn the generator on, or plug it in";
  }
  return {};
}

}  // namespace lockstep
