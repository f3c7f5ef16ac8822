// SPDX-License-Identifier: MIT
#pragma once

#include <k4a/k4atypes.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

#include "lockstep/base/thread_annotations.h"
#include "lockstep/k4a/wait_clock.h"

namespace lockstep::k4a {

/// Why a queue gets no more.
enum class QueueEnd {
  stopped,  ///< by the program, or never started
  played,   ///< the recording has no more; what is ready is still given out
  lost      ///< the camera is gone
};

/// What a device has ready for its readers: so many at most, the oldest is dropped. Stopped at
/// first. Thread-safe; each item goes to one reader.
template <typename T>
class OutputQueue {
 public:
  OutputQueue(size_t most, WaitClock& clock) : most_(most), clock_(clock) {}

  void open() {
    const MutexLock lock(mutex_);
    items_.clear();
    dropped_ = 0;
    ended_.reset();
  }

  /// Drops what is ready, and wakes those who wait; returns when they have left.
  void close() {
    const MutexLock lock(mutex_);
    shut(QueueEnd::stopped);
    while (waiting_ > 0) left_.wait(mutex_);
  }

  /// The stream has ended by itself; does not wait for readers. No effect on one that was closed.
  void end(QueueEnd how) {
    const MutexLock lock(mutex_);
    if (!ended_) shut(how);
  }

  /// How many were dropped since this was asked last.
  [[nodiscard]] uint64_t take_dropped() {
    const MutexLock lock(mutex_);
    return std::exchange(dropped_, 0);
  }

  /// Why pop() failed.
  [[nodiscard]] QueueEnd how_it_ended() {
    const MutexLock lock(mutex_);
    return ended_.value_or(QueueEnd::stopped);
  }

  void push(T item) {
    const MutexLock lock(mutex_);
    if (ended_) return;
    if (items_.size() == most_) {
      items_.pop_front();
      ++dropped_;
    }
    items_.push_back(std::move(item));
    changed_.notify_one();
  }

  /// Waits so many milliseconds, for ever when negative. FAILED: it has ended, or did meanwhile.
  k4a_wait_result_t pop(T& item, int32_t timeout_ms) {
    const MutexLock lock(mutex_);
    const HostTime until =
        timeout_ms < 0 ? kForEver : clock_.now() + std::chrono::milliseconds(timeout_ms);
    ++waiting_;
    while (!ended_ && items_.empty() && clock_.now() < until) clock_.wait(changed_, mutex_, until);
    if (--waiting_ == 0) left_.notify_all();
    if (items_.empty()) return ended_ ? K4A_WAIT_RESULT_FAILED : K4A_WAIT_RESULT_TIMEOUT;
    item = std::move(items_.front());
    items_.pop_front();
    return K4A_WAIT_RESULT_SUCCEEDED;
  }

 private:
  void shut(QueueEnd how) LOCKSTEP_REQUIRES(mutex_) {
    ended_ = how;
    if (how != QueueEnd::played) items_.clear();
    changed_.notify_all();
  }

  static constexpr HostTime kForEver{Nanos(int64_t{1} << 62)};

  const size_t most_;
  WaitClock& clock_;
  Mutex mutex_;
  std::condition_variable_any changed_, left_;
  std::deque<T> items_ LOCKSTEP_GUARDED_BY(mutex_);
  std::optional<QueueEnd> ended_ LOCKSTEP_GUARDED_BY(mutex_){QueueEnd::stopped};  ///< none: open
  uint64_t dropped_ LOCKSTEP_GUARDED_BY(mutex_) = 0;
  int waiting_ LOCKSTEP_GUARDED_BY(mutex_) = 0;
};

}  // namespace lockstep::k4a
