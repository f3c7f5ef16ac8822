// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lockstep/frame/capture.h"
#include "lockstep/mkv/cluster_builder.h"

// Blocks that hold several data (docs/recording-format.md, "Clusters and blocks").

namespace lockstep {

/// The vendor's reader counts them in a byte.
inline constexpr size_t kMostInLace = 255;

/// One datum of a track of high frequency.
struct LacedDatum {
  int64_t time_us = 0;  ///< from the segment's zero
  mkv::ByteView bytes;
};

/// Adds one block of 1 to kMostInLace data, in order of time, to a cluster in front of them.
void add_lace(mkv::ClusterBuilder& cluster, uint64_t track, std::span<const LacedDatum> data);

/// The same for samples of the IMU; `offset_us`: device time of the segment's zero.
void add_imu_lace(mkv::ClusterBuilder& cluster, uint64_t track, int64_t offset_us,
                  std::span<const ImuSample> samples);

}  // namespace lockstep
