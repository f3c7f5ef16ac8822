// SPDX-License-Identifier: MIT
#include "lockstep/session/participant.h"

#include <cmath>
#include <utility>

#include "lockstep/time/tick.h"

namespace lockstep {
namespace {

constexpr size_t kRecent = 8;
constexpr Nanos kJacksEvery = std::chrono::seconds(1);

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

}  // namespace

Participant::Participant(const PlannedCamera& camera, double first_frame_us)
    : camera_(camera),
      period_us_(frame_period_us(frames_per_second(camera.config.frame_rate))),
      counter_(period_us_) {
  // The published first-frame times are for 30 frames a second; they grow with the period.
  const double first_us = first_frame_us * period_us_ / frame_period_us(30);
  rolled_back_below_ =
      DeviceTime(nanos_from_us(first_us + 2 * period_us_ + std::abs(camera.color_delay_us) +
                               std::abs(camera.depth_delay_us)));
  silence_ = nanos_from_us(first_us + 3 * period_us_);
}

bool Participant::waits_for_pulses() const {
  return camera_.config.wired_sync == WiredSync::subordinate;
}

Participant::Actions Participant::on_order(const Order& order, HostTime now) {
  Actions actions;
  std::visit(Overloaded{
                 [&](const StartOrder&) {
                   if (phase_ != Phase::idle) return;
                   phase_ = Phase::starting;
                   since_ = now;
                   actions.push_back(DeviceCommand::start);
                 },
                 [&](const ExpectPulsesOrder&) {
                   if (phase_ == Phase::armed) phase_ = Phase::expecting;
                 },
                 [&](const RecordOrder& what) {
                   if (phase_ == Phase::expecting) record(what, actions);
                 },
                 [&](const CutOrder&) { cut(actions); },
                 [&](const StopOrder&) {
                   if (phase_ == Phase::recording) close(EndOfCamera::cut, actions);
                   if (phase_ == Phase::idle) {
                     actions.push_back(Report(StoppedReport{}));
                   } else if (phase_ != Phase::stopping) {
                     phase_ = Phase::stopping;
                     actions.push_back(DeviceCommand::stop);
                   }
                 },
             },
             order);
  return actions;
}

Participant::Actions Participant::on_event(const DeviceEvent& event, HostTime now) {
  Actions actions;
  std::visit(Overloaded{
                 [&](const DeviceStarted& what) { started(what, now, actions); },
                 [&](const DeviceRefused& what) {
                   if (phase_ != Phase::starting) return;
                   phase_ = Phase::idle;
                   actions.push_back(Report(RefusedReport{what.error}));
                 },
                 [&](const DeviceJacks& what) {
                   const bool plugged = what.jacks.in_plugged.value_or(true);
                   if (plugged && !plugged_) since_ = now;
                   plugged_ = plugged;
                 },
                 [&](const DeviceData& what) { capture(what, actions); },
                 [&](const DeviceLost& what) { lost(what.error, actions); },
                 [&](const DeviceStopped&) {
                   if (phase_ != Phase::stopping) return;
                   phase_ = Phase::idle;
                   counter_ = TickCounter(period_us_);
                   recent_.clear();
                   rolled_back_ = false;
                   passed_over_ = false;
                   actions.push_back(Report(StoppedReport{}));
                 },
             },
             event);
  return actions;
}

void Participant::started(const DeviceStarted& event, HostTime now, Actions& actions) {
  if (phase_ != Phase::starting) return;
  actions.push_back(Report(StartedReport{}));
  if (!waits_for_pulses()) {
    phase_ = Phase::expecting;
    return;
  }
  phase_ = Phase::arming;
  since_ = now;
  next_jacks_ = now + kJacksEvery;
  plugged_ = event.jacks.in_plugged.value_or(true);
  if (!plugged_) actions.push_back(Report(NotPluggedReport{}));
}

Participant::Actions Participant::on_time(HostTime now) {
  Actions actions;
  if (phase_ != Phase::arming) return actions;
  if (!plugged_ && now >= next_jacks_) {
    next_jacks_ = now + kJacksEvery;
    actions.push_back(DeviceCommand::read_jacks);
  }
  if (plugged_ && now - since_ >= silence_) {
    phase_ = Phase::armed;
    actions.push_back(Report(ArmedReport{}));
  }
  return actions;
}

void Participant::capture(const DeviceData& data, Actions& actions) {
  if (phase_ == Phase::arming || phase_ == Phase::armed) {
    actions.push_back(Report(EarlyPulseReport{}));
    return;
  }
  if (phase_ != Phase::expecting && phase_ != Phase::recording) return;
  const DeviceTime stamp = data.capture->stamp();
  if (waits_for_pulses() && !rolled_back_) {
    // Before the roll-back of its clock a subordinate's stamps mean nothing.
    if (stamp >= rolled_back_below_) {
      if (!std::exchange(passed_over_, true)) actions.push_back(Report(NotRolledBackReport{stamp}));
      return;
    }
    rolled_back_ = true;
  }
  const TickStep step = counter_.add(stamp, data.arrival);
  const bool was_recording = recording();
  if (!was_recording) {
    recent_.push_back({data, step});
    if (recent_.size() > kRecent) recent_.pop_front();
  }
  // The report may be answered by the order to record, which finds this capture among the recent
  // ones.
  actions.push_back(Report(StampReport{stamp, data.arrival}));
  if (was_recording) write(data, step, actions);
}

void Participant::record(const RecordOrder& order, Actions& actions) {
  phase_ = Phase::recording;
  record_ = order;
  for (const Counted& counted : recent_) {
    if (!recording()) break;
    write(counted.data, counted.step, actions);
  }
  recent_.clear();
}

void Participant::write(const DeviceData& data, const TickStep& step, Actions& actions) {
  const DeviceTime stamp = data.capture->stamp();
  if (!first_tick_) {
    const DeviceTime from = record_->from.value_or(stamp);
    if (stamp < from) return;
    const double late_us = static_cast<double>(since(from, stamp).count()) / 1000;
    first_tick_ = step.tick - static_cast<int64_t>(std::floor(late_us / period_us_));
  }
  if (record_->ticks && step.tick >= *first_tick_ + *record_->ticks) {
    // The length is counted in ticks: a clock that broke, or ticks that were lost, do not lengthen
    // it.
    close(EndOfCamera::length_reached, actions);
    return;
  }
  if (step.clock_broke) {
    record_->from.reset();
    actions.push_back(BeginPart{"the device clock stepped"});
  }
  actions.push_back(WriteCapture{data.capture, step.tick});
  write_imu(data.imu, actions);
}

void Participant::write_imu(const std::vector<ImuSample>& samples, Actions& actions) {
  WriteImu wanted;
  for (const ImuSample& sample : samples) {
    if (!record_->from || sample.acceleration_stamp >= *record_->from)
      wanted.samples.push_back(sample);
  }
  if (!wanted.samples.empty()) actions.push_back(std::move(wanted));
}

void Participant::close(EndOfCamera how, Actions& actions) {
  phase_ = Phase::recorded;
  actions.push_back(CloseFile{{how}});
  actions.push_back(Report(RecordedReport{how}));
}

/// Always answers: whoever cuts waits for every camera, those that never began to record too.
void Participant::cut(Actions& actions) {
  if (phase_ == Phase::recording || phase_ == Phase::expecting) {
    close(EndOfCamera::cut, actions);
    return;
  }
  actions.push_back(CloseFile{{EndOfCamera::cut}});
  actions.push_back(Report(RecordedReport{EndOfCamera::cut}));
}

void Participant::lost(const Error& error, Actions& actions) {
  if (phase_ == Phase::lost || phase_ == Phase::stopping || phase_ == Phase::idle) return;
  const bool was_done = phase_ == Phase::recorded;
  if (!was_done) actions.push_back(CloseFile{{EndOfCamera::lost, error.message}});
  phase_ = Phase::lost;
  if (!was_done) actions.push_back(Report(LostReport{error}));
}

}  // namespace lockstep
