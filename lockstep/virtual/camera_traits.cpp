// SPDX-License-Identifier: MIT
#include "lockstep/virtual/camera_traits.h"

#include "lockstep/sensor/timing.h"
#include "lockstep/virtual/random.h"

namespace lockstep {
namespace {

// What the bits drawn from a camera's seed are for.
enum Draw : uint64_t { own_rate = 1, frame_rate, color_latency, depth_latency, imu_rate, gyro_lag };

/// Free-running Femto cameras give 30.015 to 30.14 frames a second for a nominal 30.
double femto_period_scale(uint64_t seed) {
  return 30.0 / uniform(mix_bits(seed, frame_rate), 30.015, 30.14);
}

}  // namespace

CameraTraits draw_traits(const Rig& rig, const Plan& plan, int index) {
  const RigWorld& world = *rig.world;
  const RigCamera& camera = rig.cameras[static_cast<size_t>(index)];
  CameraTraits traits;
  traits.index = index;
  traits.name = camera.name;
  traits.serial = camera.serial;
  traits.family = camera.family;
  traits.seed = mix_bits(world.seed, static_cast<uint64_t>(index) + 1);
  const bool azure = camera.family == Family::azure_kinect;
  const double spread = world.clock_rate_spread_ppm;
  traits.own_rate_ppm = (azure ? world.clock_rate_common_ppm : 0) +
                        uniform(mix_bits(traits.seed, own_rate), -spread, spread);
  traits.free_period_scale =
      azure ? 1 / (1 + traits.own_rate_ppm * 1e-6) : femto_period_scale(traits.seed);
  traits.disciplined = plan.cameras[static_cast<size_t>(index)].clock_disciplined;
  traits.follows_host = camera.clock == DeviceClockMode::follow_host;
  traits.stamp_jitter_us = world.stamp_jitter_us;
  traits.q = world.q;
  traits.stamp_meaning = world.stamp_meaning;
  traits.first_frame_us = first_frame_us(camera.family, world.firmware);
  // Together 55 to 88 ms with the jitter that is added per frame.
  traits.color_latency_us = uniform(mix_bits(traits.seed, color_latency), 62e3, 70e3);
  traits.depth_latency_us = uniform(mix_bits(traits.seed, depth_latency), 57e3, 65e3);
  traits.imu_rate_hz =
      (azure ? 1664 : 500) * (1 + uniform(mix_bits(traits.seed, imu_rate), -0.005, 0.005));
  if (azure) traits.imu_gyro_lag_us = uniform(mix_bits(traits.seed, gyro_lag), -150, 150);
  for (const WorldFault& fault : world.faults) {
    if (fault.camera == camera.name) traits.faults.push_back(fault);
  }
  return traits;
}

}  // namespace lockstep
