// SPDX-License-Identifier: MIT
#include "lockstep/session/set_gatherer.h"

#include <algorithm>
#include <utility>

namespace lockstep {

std::vector<CaptureSet> SetGatherer::add(size_t index, int64_t tick, CapturePtr capture) {
  Camera& camera = cameras_[index];
  if (!camera.first) camera.first = tick;
  camera.newest = std::max(camera.newest.value_or(tick), tick);
  const bool too_late = (given_ && tick <= *given_) || (zero_ && tick < *zero_);
  if (!too_late) {
    CaptureSet& set = waiting_[tick];
    set.slots.resize(cameras_.size());
    if (set.slots[index].capture == nullptr) set.slots[index].capture = std::move(capture);
  }
  return take_complete();
}

std::vector<CaptureSet> SetGatherer::end(size_t index, HoleCause how) {
  Camera& camera = cameras_[index];
  if (camera.ended) return {};
  camera.ended = how;
  if (how != HoleCause::device_lost && camera.newest)
    last_ = std::min(last_.value_or(*camera.newest), *camera.newest);
  return take_complete();
}

/// Tick 0 is known once every camera has begun, or nobody waits for it any more.
void SetGatherer::begin_if_all_came() {
  if (zero_) return;
  const bool all_came = std::all_of(cameras_.begin(), cameras_.end(),
                                    [](const Camera& c) { return c.first || c.ended; });
  if (!all_came && waiting_.size() <= kMostTicksWaiting) return;
  for (const Camera& camera : cameras_) {
    if (camera.first) zero_ = std::max(zero_.value_or(*camera.first), *camera.first);
  }
  if (zero_) waiting_.erase(waiting_.begin(), waiting_.lower_bound(*zero_));
}

bool SetGatherer::is_complete(int64_t tick) const {
  return std::all_of(cameras_.begin(), cameras_.end(), [tick](const Camera& camera) {
    return camera.ended || (camera.newest && *camera.newest >= tick);
  });
}

HoleCause SetGatherer::cause(const Camera& camera, int64_t tick) const {
  if (camera.ended && (!camera.newest || tick > *camera.newest)) return *camera.ended;
  return HoleCause::not_delivered;
}

std::vector<CaptureSet> SetGatherer::take_complete() {
  std::vector<CaptureSet> sets;
  begin_if_all_came();
  while (zero_ && !waiting_.empty()) {
    const int64_t tick = waiting_.begin()->first;
    if (waiting_.size() <= kMostTicksWaiting && !is_complete(tick)) break;
    CaptureSet set = std::move(waiting_.begin()->second);
    waiting_.erase(waiting_.begin());
    given_ = tick;
    if (last_ && tick > *last_) continue;
    set.tick = Tick{tick - *zero_};
    for (size_t i = 0; i < cameras_.size(); ++i) {
      if (set.slots[i].capture == nullptr) set.slots[i].cause = cause(cameras_[i], tick);
    }
    sets.push_back(std::move(set));
  }
  return sets;
}

}  // namespace lockstep
