// SPDX-License-Identifier: MIT
// What a session gives away while it runs: sets by tick to its sink, and to the judge what no file
// tells.
#include <utility>

#include "lockstep/session/session.h"

namespace lockstep {

/// As the monitor judged the newest tick that all cameras have: of a set that is just complete,
/// that one.
bool Session::in_step(size_t index) const {
  const LiveMonitor& monitor = coordinator_.monitor();
  return monitor.last_common_tick() && monitor.out_of_step_run(index) == 0 &&
         !monitor.zeroed_apart_us(index);
}

void Session::hand_on(std::vector<CaptureSet> sets) {
  for (CaptureSet& set : sets) {
    for (size_t i = 0; i < set.slots.size(); ++i)
      set.slots[i].in_step = set.slots[i].capture != nullptr && in_step(i);
    setup_.sink->add(std::move(set));
  }
}

void Session::hand_on(size_t index, const WriteCapture& item) {
  if (setup_.sink == nullptr) return;
  // Of a rig that never locked a camera may be on no count of ticks.
  const auto base = coordinator_.monitor().base_tick(index);
  if (base) hand_on(gatherer_.add(index, *base + item.tick, item.capture));
}

void Session::note_only(size_t index, const WriteCapture& item) {
  ledger_.wrote(index, item.tick, item.capture->stamp());
  evidence_.add(index, *item.capture);
  ++cameras_[index].written;
}

void Session::close_file(size_t index, const CameraEnd& end) {
  ledger_.ended(index, end);
  if (cameras_[index].recorder) cameras_[index].recorder->close();
  if (setup_.sink == nullptr) return;
  hand_on(gatherer_.end(
      index, end.how == EndOfCamera::lost ? HoleCause::device_lost : HoleCause::after_end));
}

}  // namespace lockstep
