// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "lockstep/sensor/timing.h"
#include "lockstep/sync/evidence.h"
#include "lockstep/sync/judge.h"

// Stamps of a rig with known truth, for tests of the judge: no device, no file.

namespace lockstep::testing {

struct SyntheticRig {
  uint64_t seed = 1;
  int devices = 3;
  int fps = 30;
  double seconds = 60;
  double jitter_us = 8;
  double delay_step_us = 167;  ///< subordinate n has n times this
  double arrival_jitter_us = 800;
  bool arrivals = true;
  bool free_clocks = false;  ///< device clocks of their own rate, +-20 ppm
  double line_ppm = 0;       ///< how much longer than nominal a period of the line is
  double first_tick = 7;     ///< of the first frame after the pulse
};

inline double unit(std::mt19937_64& random) {
  return (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53;
}
inline double normal(std::mt19937_64& random) {
  return std::sqrt(-2 * std::log(unit(random))) *
         std::cos(2 * 3.14159265358979323846 * unit(random));
}

/// A stamp as the device gives it: whole register steps, in whole microseconds.
inline DeviceTime register_stamp(double us) {
  const auto steps = static_cast<int64_t>(std::floor(us / kRegisterStepUs));
  return DeviceTime(Micros(steps * 100 / 9));
}

/// Truth of one device, to be bent by a test before make_device().
struct SyntheticDevice {
  std::string name;
  WiredSync role = WiredSync::subordinate;
  Micros delay{0};            ///< as in its tag
  double extra_color_us = 0;  ///< fault: colour (and depth with it) off plan
  double extra_depth_us = 0;  ///< fault: depth off its colour
  double stamp_ppm = 0;       ///< stamps against the line
  double pace_ppm = 0;        ///< host time per tick against the source ...
  double pace_from_s = 0;     ///< ... from then on, of the take
  double pace_to_s = 1e9;     ///< ... up to then
  double latency_us = 0;      ///< more until arrival ...
  double latency_from_s = 0;  ///< ... from then on
};

inline DeviceEvidence make_device(const SyntheticRig& rig, const SyntheticDevice& truth,
                                  uint64_t seed) {
  std::mt19937_64 random(seed * 7919 + 17);
  DeviceEvidence device;
  device.name = truth.name;
  device.source = truth.name + ".mkv";
  device.serial = "serial-" + truth.name;
  device.config.wired_sync = truth.role;
  device.config.frame_rate = *frame_rate_from(rig.fps);
  device.config.depth_mode = DepthMode::nfov_unbinned;
  device.config.subordinate_delay_off_master = truth.delay;
  device.exposures = {{DeviceTime{}, Micros(8330)}};
  const double period = frame_period_us(rig.fps) * (1 + rig.line_ppm * 1e-6);
  const double delay = realised_delay_us(device.family, truth.delay) + truth.extra_color_us;
  const auto ticks = static_cast<int64_t>(rig.seconds * rig.fps);
  for (int64_t i = 0; i < ticks; ++i) {
    const double tick_us = (rig.first_tick + static_cast<double>(i)) * period;
    const double own_us = tick_us * (1 + truth.stamp_ppm * 1e-6) + delay + 4165;
    device.color.push_back(register_stamp(own_us + rig.jitter_us * normal(random)));
    device.depth.push_back(
        register_stamp(own_us + truth.extra_depth_us + rig.jitter_us * normal(random)));
    if (!rig.arrivals) continue;
    const double at_s = static_cast<double>(i) / rig.fps;
    const double strayed_s = std::clamp(at_s, truth.pace_from_s, truth.pace_to_s);
    const double latency_us = 60'000 + (at_s < truth.latency_from_s ? 0 : truth.latency_us);
    const double host_us = 5e9 + tick_us + truth.pace_ppm * (strayed_s - truth.pace_from_s) +
                           latency_us - rig.arrival_jitter_us * std::log(unit(random));
    device.arrivals.push_back({device.color.back(), HostTime(Nanos(std::llround(host_us * 1e3)))});
  }
  return device;
}

inline std::vector<SyntheticDevice> healthy_devices(const SyntheticRig& rig) {
  std::mt19937_64 random(rig.seed);
  std::vector<SyntheticDevice> devices;
  for (int i = 0; i < rig.devices; ++i) {
    SyntheticDevice device;
    device.name = i == 0 ? "master" : "sub" + std::to_string(i);
    device.role = i == 0 ? WiredSync::master : WiredSync::subordinate;
    device.delay = Micros(i == 0 ? 0 : std::llround(i * rig.delay_step_us));
    if (rig.free_clocks) device.stamp_ppm = 40 * unit(random) - 20;
    devices.push_back(device);
  }
  return devices;
}

inline Evidence make_evidence(const SyntheticRig& rig,
                              const std::vector<SyntheticDevice>& devices) {
  Evidence evidence;
  for (size_t i = 0; i < devices.size(); ++i)
    evidence.devices.push_back(make_device(rig, devices[i], rig.seed * 100 + i));
  return evidence;
}
inline Evidence healthy_evidence(const SyntheticRig& rig) {
  return make_evidence(rig, healthy_devices(rig));
}

/// Judged by the usual gates, without a last good take.
inline SyncReport judged(const Evidence& evidence) {
  return judge(evidence, Gates{}, nullptr);
}

/// A plan with the realised delays of the devices' own tags.
inline Plan plan_of(const Evidence& evidence) {
  Plan plan;
  plan.rig_name = "synthetic";
  for (const DeviceEvidence& device : evidence.devices) {
    PlannedCamera camera;
    camera.name = device.name;
    camera.serial = device.serial;
    camera.config = device.config;
    camera.color_delay_us =
        realised_delay_us(device.family, device.config.subordinate_delay_off_master);
    camera.depth_delay_us = realised_delay_us(device.family, device.config.depth_delay_off_color);
    plan.cameras.push_back(camera);
  }
  return plan;
}

}  // namespace lockstep::testing
