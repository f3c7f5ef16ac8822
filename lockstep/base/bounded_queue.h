// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <optional>
#include <stop_token>

#include "lockstep/base/thread_annotations.h"

namespace lockstep {

/// What a full queue does with one more item.
enum class OverflowPolicy {
  drop_newest,  ///< refuse the new item (a recorder keeps what it promised to write)
  drop_oldest,  ///< make room by dropping what waits longest (who looks wants the newest)
  block,        ///< wait for room
};

/// A queue whose cost is bounded: every item has a cost (bytes, or 1) and the sum stays within
/// `capacity`, except that one item is always admitted to an empty queue, and that what costs
/// nothing is always admitted, without waiting. Drops are counted.
/// Thread-safe; any number of producers and consumers.
template <typename T>
class BoundedQueue {
 public:
  BoundedQueue(uint64_t capacity, OverflowPolicy policy) : capacity_(capacity), policy_(policy) {}

  /// False when the item was dropped (drop_newest) or the queue is closed.
  bool push(T item, uint64_t cost = 1) {
    const MutexLock lock(mutex_);
    while (!closed_ && cost > 0 && !items_.empty() && used_ + cost > capacity_) {
      if (policy_ == OverflowPolicy::drop_newest) {
        ++dropped_;
        return false;
      }
      if (policy_ == OverflowPolicy::drop_oldest) {
        ++dropped_;
        used_ -= items_.front().cost;
        items_.pop_front();
        continue;
      }
      room_.wait(mutex_);
    }
    if (closed_) return false;
    used_ += cost;
    items_.push_back({std::move(item), cost});
    filled_.notify_one();
    return true;
  }

  /// Waits for an item; nothing once the queue is closed and empty, or `stop` was asked for.
  std::optional<T> pop(std::stop_token stop = {}) {
    const MutexLock lock(mutex_);
    // False only when stop was asked for and nothing is queued.
    if (!filled_.wait(mutex_, stop,
                      [this]() LOCKSTEP_REQUIRES(mutex_) { return closed_ || !items_.empty(); })) {
      return std::nullopt;
    }
    if (items_.empty()) return std::nullopt;
    return take_front();
  }

  /// The same, waiting no longer than `limit`.
  template <typename Duration>
  std::optional<T> pop_for(Duration limit) {
    const MutexLock lock(mutex_);
    filled_.wait_for(mutex_, limit,
                     [this]() LOCKSTEP_REQUIRES(mutex_) { return closed_ || !items_.empty(); });
    if (items_.empty()) return std::nullopt;
    return take_front();
  }

  /// An item if one is there; never waits.
  std::optional<T> try_pop() {
    const MutexLock lock(mutex_);
    if (items_.empty()) return std::nullopt;
    return take_front();
  }

  /// No more items come; consumers drain what is there.
  void close() {
    const MutexLock lock(mutex_);
    closed_ = true;
    filled_.notify_all();
    room_.notify_all();
  }

  [[nodiscard]] uint64_t used() const {
    const MutexLock lock(mutex_);
    return used_;
  }
  [[nodiscard]] uint64_t dropped() const {
    const MutexLock lock(mutex_);
    return dropped_;
  }

 private:
  struct Entry {
    T item;
    uint64_t cost;
  };

  T take_front() LOCKSTEP_REQUIRES(mutex_) {
    Entry entry = std::move(items_.front());
    items_.pop_front();
    used_ -= entry.cost;
    room_.notify_all();  // whoever is woken first may need more room than there is now
    return std::move(entry.item);
  }

  const uint64_t capacity_;
  const OverflowPolicy policy_;
  mutable Mutex mutex_;
  std::condition_variable_any filled_;
  std::condition_variable_any room_;
  std::deque<Entry> items_ LOCKSTEP_GUARDED_BY(mutex_);
  uint64_t used_ LOCKSTEP_GUARDED_BY(mutex_) = 0;
  uint64_t dropped_ LOCKSTEP_GUARDED_BY(mutex_) = 0;
  bool closed_ LOCKSTEP_GUARDED_BY(mutex_) = false;
};

}  // namespace lockstep
