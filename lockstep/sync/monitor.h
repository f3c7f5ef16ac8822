// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lockstep/sensor/modes.h"
#include "lockstep/sync/measure.h"
#include "lockstep/time/clock.h"

// Ticks counted while captures arrive, for the session and the live view. The judge of a finished
// take is the sync report; this one only needs what is known now. Pure: time is an argument.

namespace lockstep {

/// What one capture did to the count of its stream.
struct TickStep {
  int64_t tick = 0;          ///< counted along this stream from its first capture
  int64_t lost = 0;          ///< ticks without a capture just before this one
  bool duplicate = false;    ///< a second capture on the tick of the one before
  bool clock_broke = false;  ///< the device clock stepped; the tick is bridged by arrival times
};

/// Counts ticks along one stream by its own intervals (decision 3: never by the difference of two
/// devices' stamps).
class TickCounter {
 public:
  explicit TickCounter(double period_us) : period_us_(period_us) {}
  /// Stamps in the order of arrival. `arrival` tells a stepped clock from lost ticks.
  TickStep add(DeviceTime stamp, std::optional<HostTime> arrival);

 private:
  [[nodiscard]] bool broke(double interval_us, std::optional<HostTime> arrival) const;

  double period_us_;
  int64_t tick_ = 0;
  std::optional<DeviceTime> last_;
  std::optional<HostTime> last_arrival_;
};

struct MonitoredCamera {
  std::string name;
  double planned_offset_us = 0;  ///< stamp minus pulse by the plan, of the stream that counts ticks
  bool free_clock = false;       ///< its slow drift against the line is no fault
  double exposure_us = 0;        ///< planned; 0: not known. Unequal ones move stamps apart
};

/// What the monitor says of one capture.
struct MonitorStep {
  std::optional<int64_t> tick{};  ///< on the rig's count; nothing until the reference has a capture
  int64_t lost = 0;
  bool duplicate = false;
  bool clock_broke = false;
};

/// Puts the captures of all cameras on one count of ticks and watches the distance from plan.
class LiveMonitor {
 public:
  /// `reference`: index of the camera that the others are measured against, the master if there is
  /// one.
  LiveMonitor(std::vector<MonitoredCamera> cameras, FrameRate rate, size_t reference);

  MonitorStep add(size_t camera, DeviceTime stamp, std::optional<HostTime> arrival);
  /// The camera delivers no more; ticks are complete without it, and another becomes the reference.
  void set_lost(size_t camera);

  /// Newest offset to plan, in us; nothing while it cannot be known.
  [[nodiscard]] std::optional<double> offset_us(size_t camera) const {
    return streams_[camera].offset_us;
  }
  /// By how much later, in host time, the zero of its clock was than that of the reference, in us;
  /// nothing while arrivals do not contradict one common zero.
  [[nodiscard]] std::optional<double> zeroed_apart_us(size_t camera) const;
  /// Single ticks in a row outside the gate.
  [[nodiscard]] int out_of_step_run(size_t camera) const { return streams_[camera].bad_run; }
  /// Ticks in a row, up to the newest complete one, on which all cameras were in step.
  [[nodiscard]] int common_run() const { return common_run_; }
  /// Newest tick that every camera has.
  [[nodiscard]] std::optional<int64_t> last_common_tick() const { return last_common_; }
  /// Rig tick of the first capture of `camera`; nothing while it is not known.
  [[nodiscard]] std::optional<int64_t> base_tick(size_t camera) const {
    return streams_[camera].base;
  }
  /// Stamp that `camera` has, or by plan should have, at `tick`.
  [[nodiscard]] std::optional<DeviceTime> stamp_at(size_t camera, int64_t tick) const;

 private:
  struct Stream {
    MonitoredCamera camera;
    TickCounter counter;
    std::optional<DeviceTime> first{};
    std::optional<int64_t> base{};           ///< rig tick of the stream's own tick 0
    std::map<int64_t, DeviceTime> recent{};  ///< by the stream's own count
    std::optional<double> zero_us{};  ///< earliest host time of its clock's zero, as arrivals tell
    int heard = 0;                    ///< arrivals that it is from
    std::optional<double> offset_us{};
    double drift_us = 0;  ///< slow part of a free clock's offset
    int run = 0;
    int bad_run = 0;
    bool lost = false;
  };

  void place(Stream& stream);
  void hear_arrival(Stream& stream, DeviceTime stamp, std::optional<HostTime> arrival) const;
  void choose_reading(int64_t tick);
  [[nodiscard]] double expected_us(const Stream& stream) const;
  void judge_tick(int64_t tick);
  void judge(Stream& stream, int64_t tick, DeviceTime reference_stamp);
  [[nodiscard]] const DeviceTime* recent_at(const Stream& stream, int64_t tick) const;

  std::vector<Stream> streams_;
  double period_us_;
  double gate_us_;
  size_t reference_;
  std::optional<double> phase_us_;  ///< of the reference's stamps less its planned offset, modulo T
  StampReading reading_ = StampReading::center_edge_starts;
  int common_run_ = 0;
  std::optional<int64_t> last_common_;
};

}  // namespace lockstep
