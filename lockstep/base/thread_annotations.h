// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <mutex>

// Clang's thread-safety attributes, which -Wthread-safety checks; nothing for other compilers.
#if defined(__clang__)
#define LOCKSTEP_ATTRIBUTE(x) __attribute__((x))
#else
#define LOCKSTEP_ATTRIBUTE(x)
#endif
#define LOCKSTEP_GUARDED_BY(mutex) LOCKSTEP_ATTRIBUTE(guarded_by(mutex))
#define LOCKSTEP_REQUIRES(mutex) LOCKSTEP_ATTRIBUTE(requires_capability(mutex))

namespace lockstep {

/// std::mutex that the analysis knows.
class LOCKSTEP_ATTRIBUTE(capability("mutex")) Mutex {
 public:
  void lock() LOCKSTEP_ATTRIBUTE(acquire_capability()) { mutex_.lock(); }
  void unlock() LOCKSTEP_ATTRIBUTE(release_capability()) { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

/// Holds a Mutex for a scope. Waits go through std::condition_variable_any on the Mutex itself.
class LOCKSTEP_ATTRIBUTE(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) LOCKSTEP_ATTRIBUTE(acquire_capability(mutex)) : mutex_(mutex) {
    mutex_.lock();
  }
  ~MutexLock() LOCKSTEP_ATTRIBUTE(release_capability()) { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

}  // namespace lockstep
