// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <memory>

#include "lockstep/base/buffer_pool.h"
#include "lockstep/mkv/cluster_chain.h"
#include "lockstep/mkv/head_reader.h"
#include "lockstep/recording/capture_cursor.h"
#include "lockstep/recording/head_codec.h"
#include "lockstep/recording/reader.h"
#include "lockstep/recording/time_limits.h"

namespace lockstep {

/// A recording that was looked at once: its head, its clusters' index, its clock. What the reader
/// of captures and recover_recording share. Does not move: its members point at each other.
struct OpenedRecording {
  explicit OpenedRecording(std::unique_ptr<mkv::ByteSource> bytes)
      : source(std::move(bytes)), window(*source) {}
  OpenedRecording(const OpenedRecording&) = delete;
  OpenedRecording& operator=(const OpenedRecording&) = delete;

  std::unique_ptr<mkv::ByteSource> source;
  mkv::SourceWindow window;
  mkv::DamageList damage;
  mkv::OpenedSegment segment;
  DecodedHead head;
  std::unique_ptr<mkv::ClusterChain> chain;
  uint64_t unit_ns = 1000;  ///< of block times
  int64_t offset_ns = 0;    ///< device time of block time 0
  bool offset_from_imu = false;
  DeviceTime first;  ///< of images, or of the IMU in files without images
  DeviceTime last;

  [[nodiscard]] DeviceTime stamp_of(const mkv::BlockRef& block) const {
    return DeviceTime(Nanos(block_ns(block) + offset_ns));
  }
  [[nodiscard]] int64_t block_ns(const mkv::BlockRef& block) const {
    return block_time_ns(block, unit_ns);
  }
  [[nodiscard]] bool is_image(const mkv::BlockRef& block) const {
    const KinectTracks& tracks = head.tracks;
    return block.track != 0 &&
           (block.track == tracks.color || block.track == tracks.depth || block.track == tracks.ir);
  }
  /// Whole payload of a block of at most `limit` bytes, in a buffer of `pool`; nothing (and a
  /// damage) when it is larger or the file has become shorter.
  std::optional<BufferPool::Buffer> load(const mkv::BlockRef& block, uint64_t limit,
                                         BufferPool& pool);
  [[nodiscard]] RecordingInfo describe(const std::filesystem::path& path) const;
};

/// Errors: unusable_input (not a recording of a Kinect), truncated (without a frame that can be
/// read), io. The messages begin with `name`.
Result<std::unique_ptr<OpenedRecording>> look_into_recording(
    std::unique_ptr<mkv::ByteSource> source, const std::filesystem::path& name);

}  // namespace lockstep
