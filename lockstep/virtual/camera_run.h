// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "lockstep/frame/capture.h"
#include "lockstep/sensor/config.h"
#include "lockstep/virtual/camera_traits.h"
#include "lockstep/virtual/sync_line.h"

namespace lockstep {

enum class Sensor { color, depth };

/// One sensor's frame on its way: all that is known of it but its pixels.
struct FrameInstant {
  Sensor sensor = Sensor::color;
  int64_t tick = 0;        ///< pulses since this camera's clock was zeroed
  int64_t world_tick = 0;  ///< frame periods since the source began: which picture it sees
  DeviceTime stamp;
  WorldNs arrival_ns = 0;    ///< when the host has the whole frame
  Micros exposure{0};        ///< of colour
  double temperature_c = 0;  ///< of the depth sensor
  uint64_t noise_seed = 0;   ///< of this frame's pixels
};

/// A camera from its start to its stop: when its clock is zeroed, which pulses it sees, and what it
/// makes of them. Time is an argument and never goes back. Not thread-safe.
class CameraRun {
 public:
  /// For a source the line must have its train (see train_of).
  CameraRun(const CameraTraits& traits, const CameraConfig& config, WorldNs started_ns,
            uint64_t run_number);

  /// Appends the frames of the ticks that have begun by `now_ns`; their arrivals are later.
  void advance(const SyncLine& line, WorldNs now_ns, std::vector<FrameInstant>& frames);
  /// When the next tick begins; nothing while the camera waits for a first pulse it can't foresee.
  [[nodiscard]] std::optional<WorldNs> next_tick_ns(const SyncLine& line) const;

  /// The device is gone from this instant on (fault "unplug").
  [[nodiscard]] bool lost_at(WorldNs now_ns) const { return now_ns >= lost_ns_; }
  [[nodiscard]] bool zeroed() const { return zeroed_; }
  /// World time at which the device clock shows `device_us`; needs zeroed().
  [[nodiscard]] WorldNs world_ns(double device_us) const;
  /// Number of the epoch: counts the zeroings of the clock.
  [[nodiscard]] uint64_t epoch() const { return epoch_; }
  /// When the last tick began.
  [[nodiscard]] WorldNs tick_began_ns() const { return tick_ns_; }

  /// The trains that a source started at `start_ns` gives: one, or two when it will restart itself.
  [[nodiscard]] static std::vector<PulseTrain> trains_of(const CameraTraits& traits,
                                                         const CameraConfig& config,
                                                         WorldNs start_ns);

 private:
  [[nodiscard]] bool is_source() const { return config_.wired_sync != WiredSync::subordinate; }
  void zero(const SyncLine& line);
  void step(const SyncLine& line);
  [[nodiscard]] const WorldFault* active(std::string_view kind) const;
  void emit(std::vector<FrameInstant>& frames);
  void emit_sensor(Sensor sensor, double extra_us, std::vector<FrameInstant>& frames);
  [[nodiscard]] DeviceTime stamp(double exact_us, uint64_t bits) const;

  const CameraTraits& traits_;
  CameraConfig config_;
  double period_us_;           ///< nominal T
  double free_period_ns_;      ///< true length of T by its own crystal
  double color_delay_us_ = 0;  ///< realised
  double depth_delay_us_ = 0;
  Micros exposure_;
  int64_t first_tick_;  ///< that delivers frames
  WorldNs started_ns_;
  uint64_t seed_;
  uint64_t epoch_ = 0;

  bool zeroed_ = false;
  bool locked_ = false;   ///< follows the line
  bool depth_on_ = true;  ///< false after a minute without a pulse
  bool restarted_ = false;
  SeenPulse pulse_;  ///< of the current tick, while locked
  int64_t tick_ = 0;
  WorldNs tick_ns_ = 0;   ///< true time of the current tick
  double device_us_ = 0;  ///< device clock at the current tick
  WorldNs scene_start_ns_ = 0;
  double scene_period_ns_ = 0;
  WorldNs lost_ns_;
  WorldNs last_arrival_ns_[2] = {0, 0};
};

}  // namespace lockstep
