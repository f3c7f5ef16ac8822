// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <span>

#include "lockstep/time/clock.h"
#include "lockstep/time/line_fit.h"
#include "lockstep/time/tick.h"

namespace lockstep {

/// One stamp with the tick that it belongs to.
struct TickStamp {
  int64_t tick = 0;
  DeviceTime stamp;
};

/// Fitted relation of one device's clock to the rig's: between `from` and `to`,
/// device = rig + offset + rate * (rig - mid). Outside that range it extrapolates.
struct ClockMap {
  DeviceTime from, to;   ///< range of stamps that it was fitted on
  RigTime mid{};         ///< where `offset_us` holds
  double offset_us = 0;  ///< device stamp minus rig time at `mid`
  double rate_ppm = 0;   ///< device time gained per rig time
  double offset_se_us = 0;
  double rate_se_ppm = 0;
  double rms_us = 0;  ///< of the stamps about the map

  [[nodiscard]] DeviceTime device(RigTime rig) const {
    const double since_mid_us = std::chrono::duration<double, std::micro>(rig - mid).count();
    return DeviceTime(rig.time_since_epoch()) +
           Nanos(std::llround((offset_us + rate_ppm * 1e-6 * since_mid_us) * 1e3));
  }
  [[nodiscard]] RigTime rig(DeviceTime device) const;
};

/// Fits the map of stamps to ticks of `frames_per_second`; needs at least one.
[[nodiscard]] ClockMap fit_clock_map(std::span<const TickStamp> stamps, int frames_per_second);

}  // namespace lockstep
