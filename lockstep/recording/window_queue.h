// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>

#include "lockstep/base/result.h"
#include "lockstep/base/thread_annotations.h"
#include "lockstep/recording/window_file.h"

namespace lockstep {

/// Writes windows on another thread, so that who gives them does not wait for the disk. One thread
/// gives; `file` is left to the queue until wait() has returned, and is free from then to the next
/// push(). The destructor writes what is there.
class WindowQueue {
 public:
  /// `too_slow` is called by push() for each due window that finds the disk far behind, with how
  /// much lies between the oldest window that waits and this one.
  WindowQueue(WindowFile& file, const StartWork& start, std::function<void(Nanos behind)> too_slow);
  ~WindowQueue();
  WindowQueue(const WindowQueue&) = delete;
  WindowQueue& operator=(const WindowQueue&) = delete;

  /// Why a window comes: nothing more can belong to it, or all that there is shall be on the disk,
  /// which says nothing of how fast that is.
  enum class Push { due, flushed };
  /// Waits only where memory would otherwise grow without bound: when the disk is kMostBehind
  /// behind. An error of the disk is told here once it is known, and windows behind it are dropped.
  Result<void> push(Window window, Push why);
  /// Until everything is written.
  Result<void> wait();

  struct Progress {
    uint64_t bytes = 0;
    int64_t written_until_us = INT64_MIN;
  };
  [[nodiscard]] Progress progress() const;

  static constexpr Nanos kFarBehind{2'000'000'000};
  static constexpr Nanos kMostBehind{8'000'000'000};

 private:
  void run();
  Result<void> write(Window& window);
  [[nodiscard]] Nanos behind(int64_t end_us) const LOCKSTEP_REQUIRES(mutex_) {
    return waiting_.empty() ? Nanos(0) : Nanos(Micros(end_us - waiting_.front().end_us));
  }

  WindowFile& file_;
  const std::function<void(Nanos)> too_slow_;
  mutable Mutex mutex_;
  std::condition_variable_any filled_;
  std::condition_variable_any emptied_;
  std::deque<Window> waiting_ LOCKSTEP_GUARDED_BY(mutex_);  // the first one is being written
  Progress progress_ LOCKSTEP_GUARDED_BY(mutex_);
  Result<void> error_ LOCKSTEP_GUARDED_BY(mutex_);
  bool closed_ LOCKSTEP_GUARDED_BY(mutex_) = false;
  std::function<void()> join_;
};

}  // namespace lockstep
