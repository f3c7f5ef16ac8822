// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>

#include "lockstep/frame/capture.h"

namespace lockstep {

/// One sample of the IMU track: 40 bytes (docs/recording-format.md, "Clusters and blocks").
inline constexpr size_t kImuSampleBytes = 40;

[[nodiscard]] std::array<std::byte, kImuSampleBytes> encode_imu(const ImuSample& sample);
/// Nothing when the size is another.
[[nodiscard]] std::optional<ImuSample> decode_imu(std::span<const std::byte> payload);

}  // namespace lockstep
