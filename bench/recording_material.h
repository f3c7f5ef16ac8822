// SPDX-License-Identifier: MIT
#pragma once

#include <fmt/format.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "lockstep/mkv/byte_sink.h"
#include "lockstep/recording/writer.h"

// What the benchmark of recordings writes and reads: captures, files, and disks that are none.
// Every file is on tmpfs, so that the disk is not what is measured.

namespace lockstep::bench {

inline constexpr size_t kJpegBytes = 614'000;
inline constexpr SizePx kPlane{640, 576};
inline constexpr int kImuPerCapture = 54;

inline std::filesystem::path scratch(const std::string& name) {
  return std::filesystem::path("/dev/shm") / fmt::format("lockstep-bench-{}-{}", ::getpid(), name);
}

/// Time of a capture at 30 frames per second.
inline DeviceTime stamp_of(int index) {
  return DeviceTime(Micros(1'000'000 + index * int64_t{100'000} / 3));
}

inline Image make_image(PixelFormat format, SizePx size, size_t bytes, uint32_t seed) {
  auto data = std::make_shared<std::vector<std::byte>>(bytes);
  std::minstd_rand random(seed);
  for (std::byte& byte : *data) byte = static_cast<std::byte>(random() >> 8);
  Image image;
  image.format = format;
  image.width_px = size.width;
  image.height_px = size.height;
  image.stride_bytes = format == PixelFormat::mjpg ? 0 : size.width * 2;
  const std::span<const std::byte> view(*data);
  image.bytes = ImageBytes(std::move(data), view);
  return image;
}

inline Capture stamped(Capture capture, int index) {
  for (auto* image : {&capture.color, &capture.depth, &capture.ir}) {
    if (*image) (*image)->stamp = stamp_of(index);
  }
  return capture;
}

/// A capture of 2.09 MB; the pictures of eight are made once and used in turn, as a pool would.
inline Capture big_capture(int index) {
  static const std::vector<Capture> kPool = [] {
    std::vector<Capture> pool(8);
    const size_t plane = static_cast<size_t>(kPlane.width * kPlane.height * 2);
    for (uint32_t i = 0; i < 8; ++i) {
      pool[i].color = make_image(PixelFormat::mjpg, {1280, 720}, kJpegBytes, 3 * i + 1);
      pool[i].depth = make_image(PixelFormat::depth16, kPlane, plane, 3 * i + 2);
      pool[i].ir = make_image(PixelFormat::ir16, kPlane, plane, 3 * i + 3);
    }
    return pool;
  }();
  return stamped(kPool[static_cast<size_t>(index) % kPool.size()], index);
}

/// The same pictures in buffers of this capture's own, as a camera delivers them: what the writer
/// holds then counts as its memory.
inline Capture big_capture_of_its_own(int index) {
  Capture capture = big_capture(index);
  for (auto* image : {&capture.color, &capture.depth, &capture.ir}) {
    const auto from = (*image)->bytes.get();
    auto copy = std::make_shared<std::vector<std::byte>>(
        from.begin(), from.begin() + static_cast<long>(from.size()));
    const std::span<const std::byte> view(*copy);
    (*image)->bytes = ImageBytes(std::move(copy), view);
  }
  return capture;
}

inline ImuSample imu_of(int capture, int sample) {
  ImuSample imu;
  imu.acceleration_stamp = imu.angular_rate_stamp =
      stamp_of(capture) + Micros(sample * 617 - 33'000);
  return imu;
}

inline RecordingHeader header(bool imu) {
  RecordingHeader h;
  h.has_imu = h.camera.imu = imu;
  h.serial = "000000000001";
  h.calibration_json = std::string(3900, ' ');
  return h;
}

/// `captures` captures whose images have 64 bytes, of colour alone or of colour, depth and IR, each
/// with its entry in the side track.
inline bool write_tiny_file(const std::filesystem::path& path, int captures, bool three_streams) {
  RecordingHeader h = header(false);
  if (!three_streams) h.camera.depth_mode = DepthMode::off;
  RecordingWriterOptions options;
  options.any_image_size = true;  // no mode has images of 64 bytes
  options.sync_every = Nanos(0);
  auto writer = RecordingWriter::create(path, h, options);
  if (!writer) return false;
  Capture tiny;
  tiny.color = make_image(PixelFormat::mjpg, {1280, 720}, 64, 7);
  if (three_streams) {
    tiny.depth = make_image(PixelFormat::depth16, {8, 4}, 64, 8);
    tiny.ir = make_image(PixelFormat::ir16, {8, 4}, 64, 9);
  }
  for (int i = 0; i < captures; ++i) {
    if (!(*writer)->write(stamped(tiny, i))) return false;
  }
  return (*writer)->finish().ok();
}

/// A file whose pages stay: written over and over from its beginning.
class RewriteSink final : public mkv::ByteSink {
 public:
  explicit RewriteSink(int fd) : fd_(fd) {}
  Result<void> write_at(uint64_t offset, std::span<const mkv::ByteView> pieces) override {
    vectors_.clear();
    size_t bytes = 0;
    for (const mkv::ByteView& piece : pieces) {
      vectors_.push_back({const_cast<std::byte*>(piece.data()), piece.size()});
      bytes += piece.size();
    }
    const ssize_t written = ::pwritev(fd_, vectors_.data(), static_cast<int>(vectors_.size()),
                                      static_cast<off_t>(offset));
    if (written != static_cast<ssize_t>(bytes)) return Error{Errc::io, "short write"};
    return {};
  }
  Result<void> sync() override { return {}; }
  Result<void> truncate(uint64_t) override { return {}; }

 private:
  int fd_;
  std::vector<iovec> vectors_;
};

/// Forgets what is written, so that an hour's worth does not need an hour's memory.
class ForgettingSink final : public mkv::ByteSink {
 public:
  Result<void> write_at(uint64_t, std::span<const mkv::ByteView>) override { return {}; }
  Result<void> sync() override { return {}; }
  Result<void> truncate(uint64_t) override { return {}; }
};

}  // namespace lockstep::bench
