// SPDX-License-Identifier: MIT
#include "lockstep/recording/block_groups.h"

#include "lockstep/mkv/lacing.h"
#include "lockstep/recording/imu_payload.h"

namespace lockstep {

void add_lace(mkv::ClusterBuilder& cluster, uint64_t track, std::span<const LacedDatum> data) {
  std::vector<mkv::ByteView> frames;
  frames.reserve(data.size());
  for (const LacedDatum& datum : data) frames.push_back(datum.bytes);
  const mkv::Lace lace = mkv::put_in_lace(frames);
  const int64_t first_us = data.front().time_us;
  const auto at = static_cast<int16_t>(first_us - static_cast<int64_t>(cluster.time()));
  cluster.add_block_group(track, at, mkv::lacing_flags(lace.lacing), lace.payload,
                          static_cast<uint64_t>(data.back().time_us - first_us + 1));
}

void add_imu_lace(mkv::ClusterBuilder& cluster, uint64_t track, int64_t offset_us,
                  std::span<const ImuSample> samples) {
  std::vector<std::array<std::byte, kImuSampleBytes>> payloads;
  payloads.reserve(samples.size());  // `data` points into it
  std::vector<LacedDatum> data;
  for (const ImuSample& sample : samples) {
    payloads.push_back(encode_imu(sample));
    data.push_back({sample.acceleration_stamp.us() - offset_us, payloads.back()});
  }
  add_lace(cluster, track, data);
}

}  // namespace lockstep
