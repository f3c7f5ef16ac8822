// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lockstep/rig/plan.h"
#include "lockstep/rig/rig.h"

namespace lockstep {

/// What is particular to one simulated camera and never changes: its crystal, its firmware, its USB
/// path and what will go wrong with it. Drawn from the world's seed.
struct CameraTraits {
  int index = 0;  ///< in the rig
  std::string name;
  std::string serial;
  Family family = Family::azure_kinect;
  uint64_t seed = 0;             ///< of this camera in this world
  double own_rate_ppm = 0;       ///< device clock against true time
  double free_period_scale = 1;  ///< true length of its own frame period over the nominal one
  bool disciplined = true;       ///< as subordinate, its clock is held to the pulses
  bool follows_host = false;     ///< its counter is set to the host's clock, which nothing zeroes
  double stamp_jitter_us = 0;    ///< rms
  double q = 0.5;
  StampMeaning stamp_meaning = StampMeaning::center_of_exposure;
  double first_frame_us = 0;    ///< at 30 fps
  double color_latency_us = 0;  ///< from exposure to the whole frame on the host, at best
  double depth_latency_us = 0;
  double imu_rate_hz = 1664;
  double imu_gyro_lag_us = 0;      ///< angular rate stamp after acceleration stamp
  std::vector<WorldFault> faults;  ///< of this camera
};

/// Of the camera at `index` of a rig with a world; `plan` is made from it.
[[nodiscard]] CameraTraits draw_traits(const Rig& rig, const Plan& plan, int index);

}  // namespace lockstep
