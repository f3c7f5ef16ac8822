// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "lockstep/frame/capture.h"
#include "lockstep/sensor/config.h"
#include "lockstep/sensor/timing.h"
#include "lockstep/virtual/camera_traits.h"
#include "lockstep/virtual/sync_line.h"

namespace lockstep {

enum class Sensor { color, depth };

/// One sensor's frame on its way: all that is known of it but its pixels.
struct FrameInstant {
  Sensor sensor = Sensor::color;
  int64_t tick = 0;        ///< pulses since this camera's ticks began
  int64_t world_tick = 0;  ///< frame periods since the source began: which picture it sees
  DeviceTime stamp;
  HostTime arrival;    ///< when the host has the whole frame
  Micros exposure{0};  ///< of colour, as are the next two
  int gain = 0;
  int white_balance_k = 0;
  double temperature_c = 0;  ///< of the depth sensor
  uint64_t noise_seed = 0;   ///< of this frame's pixels
};

/// What a device stamps at an instant of its clock: whole microseconds of its 90 kHz register, both
/// rounded down.
[[nodiscard]] DeviceTime register_stamp(DeviceTime instant);

/// A camera from its start to its stop: when its ticks begin, which pulses it sees, and what it
/// makes of them. Time is an argument and never goes back. Not thread-safe.
class CameraRun {
 public:
  /// For a source the line must have its train (see trains_of). `clock_zero`: when its counter was
  /// last zero before; it goes on from there where nothing zeroes it.
  CameraRun(const CameraTraits& traits, const CameraConfig& config, HostTime started,
            HostTime clock_zero, uint64_t run_number);

  /// Exposure, gain, white balance and power line of `config` from the next tick on.
  void adjust_color(const CameraConfig& config);

  /// Appends the frames of the ticks that have begun by `now`; their arrivals are later.
  void advance(const SyncLine& line, HostTime now, std::vector<FrameInstant>& frames);
  /// When the next tick begins; nothing while the camera waits for a first pulse it can't foresee.
  [[nodiscard]] std::optional<HostTime> next_tick(const SyncLine& line) const;

  /// The device is gone from this instant on (fault "unplug").
  [[nodiscard]] bool lost_at(HostTime now) const { return now >= lost_; }
  /// Its ticks come: a source's from its start, a subordinate's from its first pulse.
  [[nodiscard]] bool begun() const { return begun_; }
  /// World time at which the device clock shows `time`, as its present pace has it; needs begun().
  [[nodiscard]] HostTime world_time(DeviceTime time) const;
  /// Number of the epoch: how often ticks began anew from 0.
  [[nodiscard]] uint64_t epoch() const { return epoch_; }
  /// What the device clock showed when the epoch began: 0 where that zeroed it.
  [[nodiscard]] DeviceTime epoch_began() const { return epoch_began_; }
  /// World time at which the counter was last zero; needs begun().
  [[nodiscard]] HostTime clock_zero() const { return clock_zero_; }

  /// The trains that a source started at `start` gives: one, or two when it will restart itself.
  [[nodiscard]] static std::vector<PulseTrain> trains_of(const CameraTraits& traits,
                                                         const CameraConfig& config,
                                                         HostTime start);

 private:
  [[nodiscard]] bool is_source() const { return config_.wired_sync != WiredSync::subordinate; }
  /// How its clock goes: from its zero, and anew from where it loses the line. What comes later is
  /// reckoned from the origin, so that no rounding adds up.
  struct Pace {
    int64_t first_tick = 0;
    HostTime began;        ///< world time of first_tick
    DeviceTime device;     ///< device time of first_tick
    double world_ns = 0;   ///< true length of a tick
    double device_ns = 0;  ///< what the device counts in a tick
  };

  void begin(const SyncLine& line);
  /// What the counter shows at the current tick, having counted since it was zero.
  [[nodiscard]] DeviceTime counted() const;
  void lose_line();
  void begin_pace(HostTime began, DeviceTime device, double world_ns, bool held);
  void step(const SyncLine& line);
  [[nodiscard]] const WorldFault* active(FaultKind kind) const;
  void emit(std::vector<FrameInstant>& frames);
  void emit_sensor(Sensor sensor, double extra_us, std::vector<FrameInstant>& frames);
  [[nodiscard]] DeviceTime stamp(double after_tick_us, uint64_t bits) const;
  /// What the device clock shows at the current tick.
  [[nodiscard]] DeviceTime device_time() const;
  [[nodiscard]] double ticks_of_pace() const {
    return static_cast<double>(tick_ - pace_.first_tick);
  }
  /// Nominal time from the zero of the clock to the current tick.
  [[nodiscard]] Nanos elapsed() const { return rig_time({tick_}, fps_).time_since_epoch(); }

  const CameraTraits& traits_;
  CameraConfig config_;
  int fps_;
  double period_ns_;       ///< nominal T
  double free_period_ns_;  ///< true length of T by its own crystal
  RealisedDelays delays_;
  Micros exposure_;
  int64_t first_tick_;  ///< that delivers frames
  HostTime started_;
  uint64_t seed_;
  HostTime clock_zero_;
  uint64_t epoch_ = 0;
  DeviceTime epoch_began_;

  bool begun_ = false;
  bool locked_ = false;   ///< follows the line
  bool depth_on_ = true;  ///< false after a minute without a pulse
  bool restarted_ = false;
  SeenPulse pulse_;  ///< of the current tick, while locked
  int64_t tick_ = 0;
  HostTime tick_began_;  ///< true time of the current tick
  Pace pace_;
  HostTime set_to_host_;  ///< when the counter was last set to the host's clock
  HostTime scene_start_;
  double scene_period_ns_ = 0;
  HostTime lost_ = kNever;
  HostTime last_arrival_[2];
};

}  // namespace lockstep
