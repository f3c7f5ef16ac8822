// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "lockstep/frame/capture.h"
#include "lockstep/virtual/camera_run.h"
#include "lockstep/virtual/camera_traits.h"

namespace lockstep {

/// The inertial unit of one camera at rest: gravity and noise, 1664 samples a second (500 of a
/// Femto, which stamps both readings alike) in batches of eight, stamped by the camera's clock,
/// which it restarts with. Not thread-safe.
class ImuModel {
 public:
  /// `gravity_mps2`: what the accelerometer reads at rest, sensor frame.
  ImuModel(const CameraTraits& traits, std::array<float, 3> gravity_mps2);

  /// Appends the samples of the batches that reached the host by `now`.
  void advance(const CameraRun& run, HostTime now, std::vector<ImuSample>& samples);

 private:
  /// Device time of a sample, by its number.
  [[nodiscard]] DeviceTime sample_time(int64_t number) const;
  void append_batch(std::vector<ImuSample>& samples);

  const uint64_t seed_;
  const double interval_ns_;
  const Nanos gyro_lag_;
  const std::array<float, 3> gravity_mps2_;
  uint64_t epoch_ = 0;
  int64_t next_ = 1;  ///< number of the next sample, from the zero of the clock
};

}  // namespace lockstep
