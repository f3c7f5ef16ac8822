// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "lockstep/base/thread_annotations.h"
#include "lockstep/virtual/wiring.h"
#include "lockstep/virtual/world_time.h"

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

/// One pulse as a camera's sync-in feels it.
struct SeenPulse {
  PulseTrain train;   ///< as seen at this camera: delayed by the repeaters before it
  int64_t index = 0;  ///< of the train
};

/// The sync line of one rig: what reaches which camera when. Trains are announced by whoever starts
/// a source, with everything that is known of their end; asking about the past is therefore exact.
/// Thread-safe.
class SyncLine {
 public:
  explicit SyncLine(std::vector<CameraWiring> wiring);

  /// Pulses from camera `source` (-1: the generator).
  void start_train(int source, PulseTrain train);
  /// The source gives no pulse after `end`.
  void end_trains(int source, HostTime end);
  /// From `after` the first pulse that ever came along this cable on, nothing comes through the
  /// cable at the sync-in of `camera`.
  void cut_cable(int camera, Nanos after);

  /// First pulse that reaches `camera` at or after `from`, as far as is known.
  [[nodiscard]] std::optional<SeenPulse> first_pulse(int camera, HostTime from) const;
  /// True while pulse `index` of `train`, seen by `camera`, really comes.
  [[nodiscard]] bool comes(int camera, const PulseTrain& train, int64_t index) const;

 private:
  struct Source {
    int camera = -1;
    std::vector<PulseTrain> trains;
  };

  [[nodiscard]] const Source* source_of(int camera, int* hops) const LOCKSTEP_REQUIRES(mutex_);
  [[nodiscard]] HostTime cut_time(int camera, const Source& source) const LOCKSTEP_REQUIRES(mutex_);
  Source& source(int camera) LOCKSTEP_REQUIRES(mutex_);

  const std::vector<CameraWiring> wiring_;
  mutable Mutex mutex_;
  std::vector<Source> sources_ LOCKSTEP_GUARDED_BY(mutex_);
  std::vector<std::optional<Nanos>> cut_after_ LOCKSTEP_GUARDED_BY(mutex_);
};

}  // namespace lockstep
