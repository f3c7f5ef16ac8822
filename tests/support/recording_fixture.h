// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <ostream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "lockstep/mkv/cluster_reader.h"
#include "lockstep/recording/reader.h"
#include "lockstep/recording/writer.h"

// Captures with known content, and files made of them.

namespace lockstep {

/// In the names of tests.
inline void PrintTo(BlockTimes times, std::ostream* out) {
  *out << (times == BlockTimes::absolute ? "absolute" : "relative");
}

}  // namespace lockstep

namespace lockstep::testing {

inline std::shared_ptr<std::vector<std::byte>> noise(size_t bytes, uint32_t seed) {
  auto data = std::make_shared<std::vector<std::byte>>(bytes);
  std::minstd_rand random(seed + 1);
  for (std::byte& byte : *data) byte = static_cast<std::byte>(random() >> 7);
  return data;
}

inline Image image_of(PixelFormat format, SizePx size, int64_t stamp_us,
                      std::shared_ptr<std::vector<std::byte>> data) {
  Image image;
  image.format = format;
  image.width_px = size.width;
  image.height_px = size.height;
  image.stride_bytes = format == PixelFormat::mjpg ? 0 : size.width * 2;
  image.stamp = DeviceTime(Micros(stamp_us));
  const std::span<const std::byte> bytes(*data);
  image.bytes = ImageBytes(std::move(data), bytes);
  return image;
}

/// Colour, depth and IR of the smallest mode (NFOV binned), depth 160 us before colour.
inline Capture capture_at(int64_t stamp_us, size_t jpeg_bytes = 900) {
  const SizePx size = depth_size(DepthMode::nfov_2x2binned);
  const auto plane_bytes = static_cast<size_t>(size.width * size.height * 2);
  const auto seed = static_cast<uint32_t>(stamp_us);
  Capture capture;
  capture.color = image_of(PixelFormat::mjpg, {1280, 720}, stamp_us, noise(jpeg_bytes, seed));
  capture.depth =
      image_of(PixelFormat::depth16, size, stamp_us - 160, noise(plane_bytes, seed + 1));
  capture.ir = image_of(PixelFormat::ir16, size, stamp_us - 160, noise(plane_bytes, seed + 2));
  return capture;
}

inline ImuSample imu_at(int64_t stamp_us) {
  ImuSample sample;
  sample.acceleration_stamp = DeviceTime(Micros(stamp_us));
  sample.angular_rate_stamp = DeviceTime(Micros(stamp_us + 3));
  for (int axis = 0; axis < 3; ++axis) {
    sample.acceleration_mps2[axis] = static_cast<float>(stamp_us % 1000 + axis);
    sample.angular_rate_radps[axis] = static_cast<float>(axis) - 0.5F;
  }
  return sample;
}

inline RecordingHeader small_header() {
  RecordingHeader header;
  header.camera.depth_mode = DepthMode::nfov_2x2binned;
  header.camera.imu = true;
  header.camera.wired_sync = WiredSync::subordinate;
  header.camera.subordinate_delay_off_master = Micros(160);
  header.has_imu = true;
  header.serial = "000123456789";
  header.color_firmware = "1.6.110";
  header.depth_firmware = "1.6.79";
  header.calibration_json = std::string(5000, '{');
  header.date_utc_ns = 620'579'000'000'000'000;
  return header;
}

/// `captures` captures at 30 frames per second from `first_us` on, with IMU samples at 1.6 kHz from
/// 20 ms before the first to the last. Stops at the first error and returns it.
inline Result<void> feed(RecordingWriter& writer, int captures, int64_t first_us) {
  int64_t imu_us = first_us - 20'000;
  for (int i = 0; i < captures; ++i) {
    const int64_t stamp_us = first_us + i * int64_t{100'000} / 3;
    for (; imu_us <= stamp_us; imu_us += 611) {
      if (auto written = writer.write_imu(imu_at(imu_us)); !written) return written;
    }
    if (auto written = writer.write(capture_at(stamp_us)); !written) return written;
  }
  return {};
}

/// The clusters of a file in memory.
inline std::vector<mkv::Cluster> clusters_of(std::string_view file) {
  const auto source = mkv::memory_source(mkv::as_bytes(file));
  mkv::SourceWindow window(*source);
  mkv::DamageList damage;
  mkv::ClusterReader reader(window, file.size(), damage);
  std::vector<mkv::Cluster> clusters;
  mkv::Cluster cluster;
  for (uint64_t offset = file.find("\x1F\x43\xB6\x75"); reader.read(offset, cluster);
       offset = cluster.next) {
    clusters.push_back(cluster);
  }
  return clusters;
}

}  // namespace lockstep::testing
