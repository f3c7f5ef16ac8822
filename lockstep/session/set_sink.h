// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/frame/capture.h"
#include "lockstep/recording/header.h"

namespace lockstep {

/// Is handed the capture sets of a session while it runs, beside its recorders or in their place:
/// what fuses, shows or sends live. The session calls it from the thread that runs it, and waits
/// for it, so that what takes long goes behind a queue of the sink's own that drops
/// (OverflowPolicy::drop_oldest): then a sink holds up neither the cameras nor what is recorded.
class SetSink {
 public:
  virtual ~SetSink() = default;

  /// Once, when all cameras are open and none is started yet: what a recording of each would say of
  /// it at its head, in the order of the plan and of the slots of every set. An error ends the
  /// session before it arms anything, and is its failure.
  virtual Result<void> begin(const std::vector<RecordingHeader>& cameras) = 0;

  /// The set of one tick, with the captures that recorders get. Ticks rise and count from the first
  /// that all cameras have, as those of a take. A set comes when every camera that is not lost has
  /// delivered its tick or a later one; kMostTicksWaiting ticks late it comes without those that
  /// have not. Then, and where a camera lost a frame, its slot is a hole.
  virtual void add(CaptureSet set) = 0;
};

}  // namespace lockstep
