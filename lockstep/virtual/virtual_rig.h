// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "lockstep/base/result.h"
#include "lockstep/device/color_controls.h"
#include "lockstep/device/device.h"
#include "lockstep/rig/plan.h"
#include "lockstep/rig/rig.h"

namespace lockstep {

struct VirtualRigOptions {
  /// real_time: the rig lives by CLOCK_MONOTONIC and next_capture waits. as_fast_as_possible: the
  /// rig has a clock of its own that moves only in clock().sleep_until(t); then everything that is
  /// due up to t can be read, and next_capture answers at once (ReadEnd::timeout when nothing is
  /// queued). stepped: the same clock, and next_capture waits until some thread has moved it. All
  /// give the same stamps for one seed and one order of starts.
  enum class Pace { real_time, as_fast_as_possible, stepped };
  Pace pace = Pace::real_time;
  /// Where rendered worlds are kept; empty: $XDG_CACHE_HOME/lockstep, or ~/.cache/lockstep.
  std::filesystem::path cache_folder;
  /// Rendered worlds of the folder are kept below this; the least recently used go first. Bytes.
  uint64_t cache_limit_bytes = 4ull << 30;
  /// Threads that render; 0: one per processor. The pictures do not depend on it.
  int render_threads = 0;
  /// What a clock other than that of real_time shows at first.
  HostTime clock_start = HostTime(std::chrono::seconds(1000));
  /// Virtual rigs that name the same file are one, in whatever processes they are: a camera that
  /// one opened is busy for the others, and pulses reach everybody (shared_rig_file()). Empty: the
  /// rig is this object's alone. Needs real_time.
  std::filesystem::path shared_file;
  /// Gets a sentence before pictures are rendered that the cache does not have, on the thread that
  /// asked for them, which waits meanwhile. May be empty.
  std::function<void(const std::string&)> on_rendering;
  /// Whether the images of a world of timing only have the sizes of their modes.
  bool whole_images = false;
};

/// Gets 0..1 on the thread that asked for pictures, every few pictures; false stops the rendering.
/// May be empty.
using RenderProgress = std::function<bool(double)>;

/// The simulated rig (docs/virtual-rig.md): cameras that keep the hardware's timing rules, joined
/// by the sync line that the rig's cables make. Thread-safe; each opened device is as thread-bound
/// as every Device, and devices may be read from different threads. Devices keep what they need
/// alive. Colour settings of a shared rig stay as long as its file.
class VirtualRig : public ControlledSource {
 public:
  /// `rig` must have a world, and `plan` be made from it. Errors: invalid_argument.
  /// With a shared_file also what open_shared_memory() says.
  static Result<std::shared_ptr<VirtualRig>> create(const Rig& rig, const Plan& plan,
                                                    VirtualRigOptions options = {});

  /// Renders what the planned configurations will show, or finds it in the cache. Without this the
  /// first start of a camera does it and takes the seconds. Errors: io, no_space, unusable_input (a
  /// scene that does not exist), cancelled (by `progress`; what is in the cache is whole).
  virtual Result<void> prepare(const RenderProgress& progress) = 0;

  /// The clock that a session on this rig lives by. Lives as long as the rig.
  [[nodiscard]] virtual SessionClock& clock() = 0;

  /// What is true of the rig and the world: per device clock rates, offsets to the line, delays,
  /// pose (world_from_depth, metres), calibration, and the faults. JSON, docs/virtual-rig.md.
  [[nodiscard]] virtual std::string truth_json() const = 0;
};

}  // namespace lockstep
