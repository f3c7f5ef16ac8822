// SPDX-License-Identifier: MIT
#include "lockstep/device/rig_memory.h"

#include <algorithm>
#include <set>

#include "lockstep/base/thread_annotations.h"

namespace lockstep {
namespace {

/// Everything in one object.
class OwnMemory final : public RigMemory {
 public:
  explicit OwnMemory(size_t cameras) { state_.cameras.resize(cameras); }

  bool acquire(int camera, HostTime /*now*/) override {
    const MutexLock lock(mutex_);
    return open_.insert(camera).second;
  }

  void release(int camera) override {
    const MutexLock lock(mutex_);
    open_.erase(camera);
  }

  void change(const std::function<void(RigState&)>& change) override {
    const MutexLock lock(mutex_);
    change(state_);
    ++number_;
  }

  std::optional<RigState> look(uint64_t& number) override {
    const MutexLock lock(mutex_);
    if (number == number_) return std::nullopt;
    number = number_;
    return state_;
  }

  [[nodiscard]] bool is_shared() const override { return false; }
  void sweep(HostTime /*now*/) override {}

 private:
  Mutex mutex_;
  std::set<int> open_ LOCKSTEP_GUARDED_BY(mutex_);
  RigState state_ LOCKSTEP_GUARDED_BY(mutex_);
  uint64_t number_ LOCKSTEP_GUARDED_BY(mutex_) = 1;
};

}  // namespace

void SourceTrains::add(const PulseTrain& train) {
  if (count == 0) first = train.start;
  if (count == kMost) {
    std::move(list.begin() + 1, list.end(), list.begin());
    --count;
  }
  list[count++] = train;
}

void SourceTrains::finish(HostTime end) {
  const auto never = [&](const PulseTrain& train) { return train.start > end; };
  const auto kept =
      std::remove_if(list.begin(), list.begin() + static_cast<ptrdiff_t>(count), never);
  count = static_cast<uint64_t>(kept - list.begin());
  for (uint64_t i = 0; i < count; ++i) list[i].end = std::min(list[i].end, end);
}

std::unique_ptr<RigMemory> make_own_memory(size_t cameras) {
  return std::make_unique<OwnMemory>(cameras);
}

}  // namespace lockstep
