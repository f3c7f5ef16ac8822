// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cmath>
#include <compare>
#include <cstdint>

// One type per clock (docs/model.md). Times of different clocks do not mix: a ClockMap converts.

namespace lockstep {

using Nanos = std::chrono::nanoseconds;
using Micros = std::chrono::microseconds;

/// A length of time that was computed in microseconds, to the nearest nanosecond. Only lengths may
/// be doubles: an absolute time of a year has no microseconds left in one.
[[nodiscard]] inline Nanos nanos_from_us(double us) {
  return Nanos(std::llround(us * 1000));
}

/// A stamp of one device's own 90 kHz counter, as nanoseconds since that counter was zeroed.
/// It belongs to the stream or device that it came with, so two stamps have no operator-: they may
/// come from two devices. Use since() where both are known to be of one device, a ClockMap
/// elsewhere.
class DeviceTime {
 public:
  constexpr DeviceTime() = default;
  constexpr explicit DeviceTime(Nanos since_zero) : since_zero_(since_zero) {}

  [[nodiscard]] constexpr Nanos since_zero() const { return since_zero_; }
  [[nodiscard]] constexpr int64_t ns() const { return since_zero_.count(); }
  /// Whole microseconds, rounded down: what the vendor's API calls device_timestamp_usec.
  [[nodiscard]] constexpr int64_t us() const {
    return std::chrono::floor<Micros>(since_zero_).count();
  }

  friend constexpr DeviceTime operator+(DeviceTime t, Nanos d) {
    return DeviceTime(t.since_zero_ + d);
  }
  friend constexpr DeviceTime operator-(DeviceTime t, Nanos d) {
    return DeviceTime(t.since_zero_ - d);
  }
  friend constexpr auto operator<=>(DeviceTime, DeviceTime) = default;

 private:
  Nanos since_zero_{0};
};

/// Time from `earlier` to `later`, two stamps of the same device; negative when they are in the
/// other order. That they are of one device is the caller's knowledge.
[[nodiscard]] constexpr Nanos since(DeviceTime earlier, DeviceTime later) {
  return later.since_zero() - earlier.since_zero();
}

/// The clock of the sync line: tick k is at k * T, T the nominal frame period.
struct RigClock {
  using duration = Nanos;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<RigClock>;
  static constexpr bool is_steady = true;
};
using RigTime = RigClock::time_point;

/// The monotonic clock of one host (CLOCK_MONOTONIC), or of the virtual world when that is faster
/// than real time. Only floors 6 and up read it; below, it is an argument.
struct HostClock {
  using duration = Nanos;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<HostClock>;
  static constexpr bool is_steady = true;
};
using HostTime = HostClock::time_point;

/// `now + wait`, or the latest time of the clock where the sum lies beyond it. `now` is not before
/// the clock's zero.
template <typename TimePoint>
[[nodiscard]] constexpr TimePoint deadline_after(TimePoint now, Nanos wait) {
  const typename TimePoint::duration room = TimePoint::max() - now;
  return wait < room ? now + std::chrono::duration_cast<typename TimePoint::duration>(wait)
                     : TimePoint::max();
}

/// Length of one unit of the device's 90 kHz counter and delay registers: 11.11 us.
inline constexpr double kRegisterStepUs = 1e6 / 90e3;

}  // namespace lockstep
