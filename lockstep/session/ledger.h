// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lockstep/rig/plan.h"
#include "lockstep/sync/monitor.h"
#include "lockstep/take/manifest.h"

namespace lockstep {

/// Books of a take while it is recorded: which ticks each camera has, in which part, and what is
/// missing. Ticks are counted along each stream; fill() puts them on the take's count.
class Ledger {
 public:
  explicit Ledger(const Plan& plan);

  void open(size_t camera, const std::string& file);
  void begin_part(size_t camera, const std::string& file, const std::string& reason);
  /// So many of its files exist by now: only those are told.
  void made_files(size_t camera, size_t count) { cameras_[camera].made = count; }
  void wrote(size_t camera, int64_t own_tick, DeviceTime stamp);
  void dropped(size_t camera, int64_t own_tick);
  /// A tick that was booked as written and is not in the file after all.
  void refused(size_t camera, int64_t own_tick, const std::string& cause);
  /// From this tick on nothing reached the file.
  void lost_from(size_t camera, int64_t own_tick);
  [[nodiscard]] size_t parts(size_t camera) const { return cameras_[camera].parts.size(); }
  /// The first end stands: a cut that follows a loss does not hide it.
  void ended(size_t camera, CameraEnd end);
  /// Its recording had ended, and is whole.
  void hung_in_stop(size_t camera);
  /// The disk refused; stands instead of every end but a loss.
  void disk_failed(size_t camera, const std::string& why);

  /// Fills cameras' parts, drops, ends, holes, tick 0 and the common range. A camera that was lost
  /// does not end the common range of the others: its missing rest is a hole. What was dropped
  /// before the first capture in the files, or after the last, ends the range and is no hole in it.
  /// Nothing is common to all where some camera has nothing.
  void fill(const LiveMonitor& monitor, TakeManifest& manifest) const;

 private:
  struct Part {
    std::string file, reason;
    std::optional<int64_t> first_tick{};
    DeviceTime first_stamp{};
  };
  struct Camera {
    PlannedCamera planned;
    std::vector<Part> parts{};
    size_t made = 0;                         ///< of the parts
    std::optional<int64_t> first{}, last{};  ///< that came, whether written or dropped
    std::vector<TakeHole> holes{};           ///< own count
    uint64_t dropped = 0;
    CameraEnd end{};
  };
  /// Ticks from the first to the last that is in the files.
  struct Held {
    int64_t first, last;
  };

  static std::optional<Held> held(const Camera& camera);
  static void list_holes(const Camera& camera, Held held, int64_t shift, int64_t end,
                         std::vector<TakeHole>& holes);
  static void came(Camera& camera, int64_t own_tick);

  std::vector<Camera> cameras_;
  int fps_;
};

}  // namespace lockstep
