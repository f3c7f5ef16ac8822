// SPDX-License-Identifier: MIT
#include "lockstep/virtual/world_clock.h"

#include <chrono>
#include <thread>

namespace lockstep {
namespace {

// std::chrono::steady_clock is CLOCK_MONOTONIC here.
using Steady = std::chrono::steady_clock;

Steady::time_point steady(HostTime time) {
  return Steady::time_point(time.time_since_epoch());
}

}  // namespace

WorldClock::WorldClock(VirtualRigOptions::Pace pace, HostTime start)
    : pace_(pace), stepped_ns_(start.time_since_epoch().count()) {}

HostTime WorldClock::now() {
  if (is_real()) return HostTime(Steady::now().time_since_epoch());
  return HostTime(Nanos(stepped_ns_.load()));
}

void WorldClock::sleep_until(HostTime time) {
  if (is_real()) {
    std::this_thread::sleep_until(steady(time));
    return;
  }
  const int64_t target_ns = time.time_since_epoch().count();
  int64_t shown_ns = stepped_ns_.load();
  while (shown_ns < target_ns && !stepped_ns_.compare_exchange_weak(shown_ns, target_ns)) {
  }
  const MutexLock lock(mutex_);  // so that nobody is between a look at the clock and his wait
  changed_.notify_all();
}

uint64_t WorldClock::changes() {
  const MutexLock lock(mutex_);
  return changes_;
}

void WorldClock::change() {
  const MutexLock lock(mutex_);
  ++changes_;
  changed_.notify_all();
}

void WorldClock::wait(HostTime until, uint64_t seen) {
  const MutexLock lock(mutex_);
  while (changes_ == seen && now() < until) {
    if (is_real()) {
      changed_.wait_until(mutex_, steady(until));
    } else {
      changed_.wait(mutex_);
    }
  }
}

}  // namespace lockstep
