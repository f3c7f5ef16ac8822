// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "lockstep/device/color_controls.h"
#include "lockstep/device/rig_memory.h"
#include "lockstep/playback/track.h"

namespace lockstep {

/// The stretch of time that the recordings of one source are played in, and who holds which of
/// them, in one process or in all that share the memory. It begins when a camera is started that
/// gives pulses or needs none (where all of them need some, when any is started), and is over when
/// all are stopped or everything was played; the next such start begins it anew. Cameras are
/// numbers of tracks. Thread-safe.
class PlayingTime {
 public:
  PlayingTime(const std::vector<PlayedTrack>& tracks, std::unique_ptr<RigMemory> memory);

  /// Makes a camera the caller's; false when it is held already.
  bool acquire(int camera, HostTime now) { return memory_->acquire(camera, now); }
  void release(int camera) { memory_->release(camera); }

  /// A camera plays, or waits for one that gives pulses, from now on, or no longer. Starting it,
  /// when the playing began that it takes part in; nothing: it waits.
  std::optional<HostTime> started(int camera, HostTime now);
  void stopped(int camera, HostTime now);

  /// When the playing began that goes on at `now`, its last frame included, so that who waits
  /// misses none that is short; nothing while nobody has begun it.
  [[nodiscard]] std::optional<HostTime> began(HostTime now) const;

  [[nodiscard]] ColorControls color_controls(int camera) const;
  void set_color_control(int camera, size_t control, const ColorControl& value);

 private:
  [[nodiscard]] RigState state() const;
  [[nodiscard]] static std::optional<HostTime> began_by(const RigState& state, HostTime now,
                                                        Nanos length);

  std::vector<bool> begins_;  ///< for each camera: whether its start begins the playing
  Nanos length_{0};           ///< of the longest, to its last image
  Nanos last_frame_{0};       ///< how long that lasts
  std::unique_ptr<RigMemory> memory_;
};

}  // namespace lockstep
