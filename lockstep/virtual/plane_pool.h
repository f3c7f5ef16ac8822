// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "lockstep/base/thread_annotations.h"

namespace lockstep {

/// Buffers of one size, in samples, that are used again once nobody holds them: fresh memory for
/// each picture would cost more than filling it. Thread-safe; buffers may outlive the pool's owner.
template <typename Sample>
class PlanePool : public std::enable_shared_from_this<PlanePool<Sample>> {
 public:
  explicit PlanePool(size_t samples) : samples_(samples) {}

  std::shared_ptr<Sample[]> take() {
    std::unique_ptr<Sample[]> buffer;
    {
      const MutexLock lock(mutex_);
      if (!free_.empty()) {
        buffer = std::move(free_.back());
        free_.pop_back();
      }
    }
    if (buffer == nullptr) buffer.reset(new Sample[samples_]);
    return {buffer.release(),
            [pool = this->shared_from_this()](Sample* used) { pool->give_back(used); }};
  }

 private:
  static constexpr size_t kKept = 16;  // more are needed only while something lags

  void give_back(Sample* used) {
    std::unique_ptr<Sample[]> buffer(used);
    const MutexLock lock(mutex_);
    if (free_.size() < kKept) free_.push_back(std::move(buffer));
  }

  const size_t samples_;
  Mutex mutex_;
  std::vector<std::unique_ptr<Sample[]>> free_ LOCKSTEP_GUARDED_BY(mutex_);
};

}  // namespace lockstep
