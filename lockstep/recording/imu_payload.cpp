// SPDX-License-Identifier: MIT
#include "lockstep/recording/imu_payload.h"

#include "lockstep/base/little_endian.h"

namespace lockstep {
namespace {

constexpr size_t kAccelerationTime = 0;
constexpr size_t kAcceleration = 8;
constexpr size_t kAngularRateTime = 20;
constexpr size_t kAngularRate = 28;

}  // namespace

std::array<std::byte, kImuSampleBytes> encode_imu(const ImuSample& sample) {
  std::array<std::byte, kImuSampleBytes> payload{};
  store_le(payload.data(), kAccelerationTime, sample.acceleration_stamp.ns());
  store_le(payload.data(), kAngularRateTime, sample.angular_rate_stamp.ns());
  for (size_t axis = 0; axis < 3; ++axis) {
    store_le(payload.data(), kAcceleration + 4 * axis, sample.acceleration_mps2[axis]);
    store_le(payload.data(), kAngularRate + 4 * axis, sample.angular_rate_radps[axis]);
  }
  return payload;
}

std::optional<ImuSample> decode_imu(std::span<const std::byte> payload) {
  if (payload.size() != kImuSampleBytes) return std::nullopt;
  ImuSample sample;
  sample.acceleration_stamp =
      DeviceTime(Nanos(load_le<int64_t>(payload.data(), kAccelerationTime)));
  sample.angular_rate_stamp = DeviceTime(Nanos(load_le<int64_t>(payload.data(), kAngularRateTime)));
  for (size_t axis = 0; axis < 3; ++axis) {
    sample.acceleration_mps2[axis] = load_le<float>(payload.data(), kAcceleration + 4 * axis);
    sample.angular_rate_radps[axis] = load_le<float>(payload.data(), kAngularRate + 4 * axis);
  }
  return sample;
}

}  // namespace lockstep
