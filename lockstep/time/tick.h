// SPDX-License-Identifier: MIT
#pragma once

#include <compare>
#include <cstdint>

#include "lockstep/time/clock.h"

namespace lockstep {

/// One pulse of the sync line, counted. Tick 0 is the first tick common to a take; earlier are
/// negative.
struct Tick {
  int64_t index = 0;

  friend constexpr auto operator<=>(Tick, Tick) = default;
  friend constexpr Tick operator+(Tick t, int64_t n) { return {t.index + n}; }
  friend constexpr int64_t operator-(Tick a, Tick b) { return a.index - b.index; }
};

/// Instant of a tick on the sync line of `frames_per_second` pulses a second, exact to a
/// nanosecond.
[[nodiscard]] constexpr RigTime rig_time(Tick tick, int frames_per_second) {
  return RigTime(Nanos(tick.index / frames_per_second * 1'000'000'000 +
                       tick.index % frames_per_second * 1'000'000'000 / frames_per_second));
}

/// The tick whose instant is closest; halves go to the later one.
[[nodiscard]] constexpr Tick nearest_tick(RigTime time, int frames_per_second) {
  constexpr int64_t kSecond = 1'000'000'000;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch());
  const int64_t rest_ns = (time.time_since_epoch() - seconds).count();
  return {seconds.count() * frames_per_second +
          (rest_ns * frames_per_second + kSecond / 2) / kSecond};
}

/// Nominal frame period in microseconds, not rounded (33333.33 at 30 fps).
[[nodiscard]] constexpr double frame_period_us(int frames_per_second) {
  return 1e6 / frames_per_second;
}

}  // namespace lockstep
