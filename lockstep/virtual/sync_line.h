// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "lockstep/base/thread_annotations.h"
#include "lockstep/device/rig_memory.h"
#include "lockstep/rig/camera_wiring.h"

namespace lockstep {

/// One pulse as a camera's sync-in feels it.
struct SeenPulse {
  PulseTrain train;   ///< as seen at this camera: delayed by the repeaters before it
  int64_t index = 0;  ///< of the train
};

/// The sync line of one rig: what reaches which camera when. Trains are known with everything that
/// is known of their end; asking about the past is therefore exact. Thread-safe.
class SyncLine {
 public:
  explicit SyncLine(std::vector<CameraWiring> wiring);

  /// The pulses of all sources from now on, in place of those that were known.
  void show(RigState state);
  /// From `after` the first pulse that ever came along this cable on, nothing comes through the
  /// cable at the sync-in of `camera`.
  void cut_cable(int camera, Nanos after);

  /// First pulse that reaches `camera` at or after `from`, as far as is known.
  [[nodiscard]] std::optional<SeenPulse> first_pulse(int camera, HostTime from) const;
  /// True while pulse `index` of `train`, seen by `camera`, really comes.
  [[nodiscard]] bool comes(int camera, const PulseTrain& train, int64_t index) const;

 private:
  /// The first pulse of one source at a camera so many repeaters behind it.
  [[nodiscard]] static std::optional<SeenPulse> first_of(const SourceTrains& source, int hops,
                                                         std::optional<Nanos> cut, HostTime from);

  const std::vector<CameraWiring> wiring_;
  mutable Mutex mutex_;
  RigState state_ LOCKSTEP_GUARDED_BY(mutex_);
  std::vector<std::optional<Nanos>> cut_after_ LOCKSTEP_GUARDED_BY(mutex_);
};

}  // namespace lockstep
