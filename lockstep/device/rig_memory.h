// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/device/color_controls.h"
#include "lockstep/time/world_time.h"

namespace lockstep {

/// Pulses that a source gives without a break: number i at start + i * period.
struct PulseTrain {
  HostTime start;
  double period_ns = 0;
  HostTime end = kNever;  ///< no pulse after this

  [[nodiscard]] HostTime pulse(int64_t index) const {
    return start + nanos(static_cast<double>(index) * period_ns);
  }
};

/// The trains of one source in their order: the latest kMost, and when the first one of all began.
struct SourceTrains {
  static constexpr size_t kMost = 16;

  /// A train begins after those before it.
  void add(const PulseTrain& train);
  /// No pulse after `end`; a train that would only have begun later never comes.
  void finish(HostTime end);
  [[nodiscard]] bool empty() const { return count == 0; }
  [[nodiscard]] const PulseTrain* begin() const { return list.data(); }
  [[nodiscard]] const PulseTrain* end() const { return list.data() + count; }

  HostTime first;
  uint64_t count = 0;
  std::array<PulseTrain, kMost> list{};
};

/// What one camera tells the others, and what it keeps while it has power.
struct CameraMemory {
  uint64_t running = 0;  ///< 0 or 1
  HostTime clock_zero;   ///< when its counter was last zero; at first that of the host's own clock
  SourceTrains pulses;
  ColorControls color;
};

/// When the cameras of a take began to be played together, and when that ended: kNever while it
/// goes on; as it began, where nothing was played yet.
struct PlayedSpan {
  HostTime began;
  HostTime ended;
};

/// All that the cameras of a rig know of each other.
struct RigState {
  std::vector<CameraMemory> cameras;
  SourceTrains generator;
  PlayedSpan played;
};

/// Grows with every change of what a shared memory holds: a process of another layout has another
/// file.
inline constexpr uint64_t kSharedLayout = 3;

/// Pulses go on for a while after a camera that gives them has stopped.
inline constexpr Nanos kAfterglow{350'000'000};

/// Where the cameras of one rig, or of one take that is played, write what the others must know:
/// who is open, who runs, which pulses there are. Everything else follows from the seed.
/// Thread-safe. A shared memory works in the process that opened it: in a forked child nothing can
/// be acquired or changed.
class RigMemory {
 public:
  virtual ~RigMemory() = default;

  /// Makes a camera the caller's; false when it is somebody's already. One that was left running by
  /// a process that ended is stopped. In a shared rig of which nobody held a camera no pulses are
  /// left from before, and nothing is played.
  virtual bool acquire(int camera, HostTime now) = 0;
  virtual void release(int camera) = 0;

  /// Changes the state in one step, which others see whole or not at all. `change` must not use the
  /// memory.
  virtual void change(const std::function<void(RigState&)>& change) = 0;
  /// The state, unless it is still the one that had this number; then the number is the new one.
  virtual std::optional<RigState> look(uint64_t& number) = 0;

  /// Whether others may change the state without a word, so that one has to look.
  [[nodiscard]] virtual bool is_shared() const = 0;
  /// Stops the cameras whose process has ended without doing so, at `now`.
  virtual void sweep(HostTime now) = 0;
};

/// For a rig that lives in this object alone.
[[nodiscard]] std::unique_ptr<RigMemory> make_own_memory(size_t cameras);

/// In a file that processes of one user share; it is made when it is not there, and stays: it is
/// the power of the cameras. A process that is killed at any instant leaves the state whole and its
/// cameras free. Errors: no_space, io, unusable_input (the file is somebody else's, or no memory).
Result<std::unique_ptr<RigMemory>> open_shared_memory(const std::filesystem::path& file,
                                                      size_t cameras);

/// The file of this user through which processes share what this text names: a rig by the text of
/// its file, a take by its path. In $XDG_RUNTIME_DIR, else in /dev/shm; it goes when the machine is
/// turned off.
[[nodiscard]] std::filesystem::path shared_rig_file(std::string_view text);

}  // namespace lockstep
