// SPDX-License-Identifier: MIT
#include "lockstep/virtual/imu_model.h"

#include <algorithm>
#include <cmath>

#include "lockstep/virtual/random.h"

namespace lockstep {
namespace {

constexpr int kBatch = 8;
constexpr Nanos kDelivery{2'000'000};  // from the last sample of a batch to the host
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

}  // namespace

ImuModel::ImuModel(const CameraTraits& traits, std::array<float, 3> gravity_mps2)
    : seed_(mix_bits(traits.seed, 77)),
      interval_ns_(1e9 / traits.imu_rate_hz),
      gyro_lag_(nanos(traits.imu_gyro_lag_us * 1e3)),
      gravity_mps2_(gravity_mps2) {}

void ImuModel::advance(const CameraRun& run, HostTime now, std::vector<ImuSample>& samples) {
  if (!run.begun()) return;
  if (run.epoch() != epoch_) {
    epoch_ = run.epoch();
    next_ = 1 + static_cast<int64_t>(static_cast<double>(run.epoch_began().ns()) / interval_ns_);
  }
  while (true) {
    const HostTime here = run.world_time(sample_time(next_ + kBatch - 1)) + kDelivery;
    if (here > now || run.lost_at(here)) return;
    append_batch(samples);
  }
}

DeviceTime ImuModel::sample_time(int64_t number) const {
  return DeviceTime(nanos(static_cast<double>(number) * interval_ns_));
}

void ImuModel::append_batch(std::vector<ImuSample>& samples) {
  const auto& noise = noise_table();
  const uint64_t bits = mix_bits(mix_bits(seed_, epoch_), static_cast<uint64_t>(next_));
  const float* draw = noise.data() + bits % (kNoiseTable - size_t{kBatch} * 6);
  for (int i = 0; i < kBatch; ++i, ++next_, draw += 6) {
    const DeviceTime at = sample_time(next_);
    ImuSample sample;
    sample.acceleration_stamp = register_stamp(at);
    sample.angular_rate_stamp = register_stamp(at + gyro_lag_);
    for (int axis = 0; axis < 3; ++axis) {
      const auto a = static_cast<size_t>(axis);
      sample.acceleration_mps2[axis] = gravity_mps2_[a] + kAccelerationNoise * draw[a];
      sample.angular_rate_radps[axis] = kAngularRateNoise * draw[3 + a];
    }
    samples.push_back(sample);
  }
}

}  // namespace lockstep
