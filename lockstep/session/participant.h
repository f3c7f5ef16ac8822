// SPDX-License-Identifier: MIT
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "lockstep/rig/plan.h"
#include "lockstep/session/messages.h"
#include "lockstep/sync/monitor.h"

namespace lockstep {

/// One camera's side of a session: obeys orders, tells what happened, decides which captures are
/// written. A pure state machine: no thread, no clock, no device; what is to be done comes back as
/// actions, in order.
class Participant {
 public:
  /// `first_frame_us`: first stamp after the first pulse, at 30 frames a second.
  Participant(const PlannedCamera& camera, double first_frame_us);

  using Actions = std::vector<ParticipantAction>;
  Actions on_order(const Order& order, HostTime now);
  Actions on_event(const DeviceEvent& event, HostTime now);
  Actions on_time(HostTime now);

  [[nodiscard]] bool recording() const { return phase_ == Phase::recording; }

 private:
  enum class Phase {
    idle,
    starting,
    arming,     ///< started; silence is being listened to
    armed,      ///< silent long enough; pulses must not come yet
    expecting,  ///< pulses may come; streams until told to record
    recording,
    recorded,
    stopping,
    lost,
  };

  void started(const DeviceStarted& event, HostTime now, Actions& actions);
  void capture(const DeviceData& data, Actions& actions);
  void record(const RecordOrder& order, Actions& actions);
  void write(const DeviceData& data, const TickStep& step, Actions& actions);
  void write_imu(const std::vector<ImuSample>& samples, Actions& actions);
  void close(EndOfCamera how, Actions& actions);
  void cut(Actions& actions);
  void lost(const Error& error, Actions& actions);
  [[nodiscard]] bool waits_for_pulses() const;

  PlannedCamera camera_;
  double period_us_;
  DeviceTime rolled_back_below_;
  Nanos silence_;  ///< how long an armed camera has been silent
  Phase phase_ = Phase::idle;
  bool plugged_ = true;
  bool rolled_back_ = false;
  bool passed_over_ = false;  ///< a capture from before the roll-back, and that is said
  HostTime since_{};          ///< start of the silence
  HostTime next_jacks_{};     ///< when to look at the jacks again
  TickCounter counter_;
  struct Counted {
    DeviceData data;
    TickStep step;
  };
  std::deque<Counted> recent_;  ///< so that a late order to record loses nothing
  std::optional<RecordOrder> record_;
  std::optional<int64_t> first_tick_;  ///< own count at RecordOrder::from
};

}  // namespace lockstep
