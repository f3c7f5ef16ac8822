// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lockstep/frame/device_state.h"
#include "lockstep/rig/plan.h"
#include "lockstep/rig/rig.h"
#include "lockstep/session/messages.h"
#include "lockstep/sync/evidence.h"
#include "lockstep/sync/monitor.h"
#include "lockstep/take/manifest.h"

namespace lockstep {

struct CoordinatorOptions {
  std::optional<int64_t> ticks{};  ///< length of the take; nothing: until cut
  IfCameraLost if_camera_lost = IfCameraLost::keep_going;
  bool record_unlocked = false;  ///< record although the rig never locked; such a take is unproved
};

/// How a session ended, or how it stands.
struct SessionOutcome {
  std::optional<Error> failure{};   ///< first thing that makes it fail
  std::vector<std::string> alarms;  ///< what a person must know, in order
  bool locked = false;
  bool recorded = false;      ///< recording began
  bool device_hangs = false;  ///< a call into a device has not returned: its thread is left behind
  bool disk_hangs = false;    ///< the same of the disk: nothing more can be read or written there
  TakeManifest manifest{};    ///< of the finished take, also where it could not be written
  /// Where nothing was recorded: what a recording would have said to the judge.
  std::optional<Evidence> evidence{};
};

/// The rig's side of a session: starts subordinates first and the master last, inside the time that
/// an unsynchronised camera keeps its depth on, waits for lock, lets all record from one tick on,
/// and ends it (docs/model.md, "Life of a camera in a session"). A pure state machine; orders come
/// back in order.
class Coordinator {
 public:
  Coordinator(const Plan& plan, CoordinatorOptions options);

  struct Addressed {
    size_t camera;
    Order order;
  };
  using Orders = std::vector<Addressed>;

  Orders begin(HostTime now);
  Orders on_report(size_t camera, const Report& report, HostTime now);
  Orders on_time(HostTime now);
  /// Ends cleanly: what is recorded is saved; before that, the session is given up. With a failure
  /// the outcome carries it.
  Orders end(HostTime now, std::optional<Error> failure);

  enum class Phase { idle, arming, settling, source, locking, recording, stopping, rearming, done };
  [[nodiscard]] Phase phase() const { return phase_; }
  [[nodiscard]] DeviceState state(size_t camera, HostTime now) const;
  /// Seconds left until all are armed anew; nothing while no camera waits for pulses.
  [[nodiscard]] std::optional<double> seconds_left(HostTime now) const;
  /// What the operator has to do now (turn the generator on, push a plug in); empty: nothing.
  [[nodiscard]] std::string prompt() const;
  /// It was told to stop at the end, and never answered.
  [[nodiscard]] bool hung_in_stop(size_t camera) const { return cameras_[camera].hung_in_stop; }
  [[nodiscard]] const LiveMonitor& monitor() const { return monitor_; }
  [[nodiscard]] const SessionOutcome& outcome() const { return outcome_; }

 private:
  /// A camera that was told to end its recording, or to stop, has so long to answer.
  static constexpr Nanos kStopWithin = std::chrono::seconds(5);

  struct Camera {
    PlannedCamera planned;
    std::string cable_from{};  ///< other end of the cable to its Sync In
    bool source = false;
    DeviceState state = DeviceState::idle;
    bool plugged = true;
    bool running = false;
    bool done = false;  ///< recorded, or lost
    bool hung_in_stop = false;
    std::optional<HostTime> last_capture{};
    /// Its pictures come with stamps from here on, as if its clock never rolled back.
    std::optional<DeviceTime> not_rolled_back{};
    std::optional<double> first_offset_us{};  ///< since the rig tries to lock
  };

  void start(size_t camera, HostTime now, Orders& orders);
  void start_next(HostTime now, Orders& orders);
  void begin_settling(HostTime now);
  void start_source(HostTime now, Orders& orders);
  void arm_anew(Orders& orders);
  void begin_locking(HostTime now);
  void on_stamp(size_t camera, const StampReport& report, HostTime now, Orders& orders);
  void on_lost(size_t camera, const Error& error, HostTime now, Orders& orders);
  void on_stopped(size_t camera, HostTime now, Orders& orders);
  void begin_recording(std::optional<int64_t> from_tick, HostTime now, Orders& orders);
  void watch_arming(HostTime now, Orders& orders);
  void watch_lock(HostTime now, Orders& orders);
  void watch_recording(HostTime now, Orders& orders);
  void cut_all(HostTime now, Orders& orders);
  void give_up_cutting(HostTime now, Orders& orders);
  void give_up_stopping(HostTime now, Orders& orders);
  void stop_all(HostTime now, Orders& orders);
  void stop_if_all_done(HostTime now, Orders& orders);
  void fail(Error error, HostTime now, Orders& orders);
  [[nodiscard]] bool all(DeviceState state, bool with_source) const;
  [[nodiscard]] std::string why_not_locked() const;

  CoordinatorOptions options_;
  std::vector<Camera> cameras_;
  std::vector<size_t> start_order_;  ///< without the source
  std::optional<size_t> source_;     ///< nothing: a generator, or a camera alone
  bool generator_;
  double period_us_;
  Nanos settle_;
  bool powers_down_;
  LiveMonitor monitor_;
  Phase phase_ = Phase::idle;
  size_t started_ = 0;
  int armed_anew_ = 0;
  std::optional<HostTime> first_armed_;
  HostTime last_started_{};
  HostTime starting_since_{};  ///< of the newest order to start
  HostTime phase_since_{};
  std::optional<HostTime> first_done_;
  std::optional<HostTime> cut_since_;
  SessionOutcome outcome_;
};

}  // namespace lockstep
