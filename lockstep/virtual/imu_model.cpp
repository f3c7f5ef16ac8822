// SPDX-License-Identifier: MIT
#include "lockstep/virtual/imu_model.h"

#include <algorithm>
#include <cmath>

#include "lockstep/virtual/random.h"

namespace lockstep {
namespace {

constexpr int kBatch = 8;
constexpr double kDeliveryNs = 2e6;  // from the last sample of a batch to the host
// Noise of a real unit's calibration: acceleration in m/s^2, angular rate in rad/s, one sigma.
constexpr float kAccelerationNoise = 0.0107F;
constexpr float kAngularRateNoise = 0.00095F;

constexpr size_t kNoiseTable = 1 << 14;

/// Standard normal numbers; drawing them one by one would cost more than everything else here.
const std::array<float, kNoiseTable>& noise_table() {
  static const auto table = [] {
    std::array<float, kNoiseTable> numbers{};
    for (size_t i = 0; i < numbers.size(); ++i)
      numbers[i] = static_cast<float>(normal(mix_bits(i)));
    return numbers;
  }();
  return table;
}

DeviceTime stamp_of(double device_us) {
  const auto steps = static_cast<int64_t>(std::max(0.0, device_us) / kRegisterStepUs);
  return DeviceTime(Micros(steps * 100 / 9));
}

}  // namespace

ImuModel::ImuModel(const CameraTraits& traits, std::array<float, 3> gravity_mps2)
    : seed_(mix_bits(traits.seed, 77)),
      interval_us_(1e6 / traits.imu_rate_hz),
      gyro_lag_us_(traits.imu_gyro_lag_us),
      gravity_mps2_(gravity_mps2) {}

void ImuModel::advance(const CameraRun& run, WorldNs now_ns, std::vector<ImuSample>& samples) {
  if (!run.zeroed()) return;
  if (run.epoch() != epoch_) {
    epoch_ = run.epoch();
    next_ = 1;
  }
  while (true) {
    const double last_us = static_cast<double>(next_ + kBatch - 1) * interval_us_;
    const WorldNs here_ns = run.world_ns(last_us) + kDeliveryNs;
    if (here_ns > now_ns || run.lost_at(here_ns)) return;
    append_batch(samples);
  }
}

void ImuModel::append_batch(std::vector<ImuSample>& samples) {
  const auto& noise = noise_table();
  const uint64_t bits = mix_bits(mix_bits(seed_, epoch_), static_cast<uint64_t>(next_));
  const float* draw = noise.data() + bits % (kNoiseTable - size_t{kBatch} * 6);
  for (int i = 0; i < kBatch; ++i, ++next_, draw += 6) {
    const double at_us = static_cast<double>(next_) * interval_us_;
    ImuSample sample;
    sample.acceleration_stamp = stamp_of(at_us);
    sample.angular_rate_stamp = stamp_of(at_us + gyro_lag_us_);
    for (int axis = 0; axis < 3; ++axis) {
      const auto a = static_cast<size_t>(axis);
      sample.acceleration_mps2[axis] = gravity_mps2_[a] + kAccelerationNoise * draw[a];
      sample.angular_rate_radps[axis] = kAngularRateNoise * draw[3 + a];
    }
    samples.push_back(sample);
  }
}

}  // namespace lockstep
