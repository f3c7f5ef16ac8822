// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "lockstep/time/clock.h"

namespace lockstep {

/// What the bytes of an image mean. depth16: u16 millimetres along the optical axis, host byte
/// order, 0 = no reading. ir16: u16 intensity, host byte order.
enum class PixelFormat { mjpg, nv12, yuy2, bgra32, depth16, ir16 };

/// Bytes of an image and what keeps them alive (a pool, a mapped file); they never change while
/// held.
class ImageBytes {
 public:
  ImageBytes() = default;
  ImageBytes(std::shared_ptr<const void> owner, std::span<const std::byte> bytes)
      : owner_(std::move(owner)), bytes_(bytes) {}
  [[nodiscard]] std::span<const std::byte> get() const { return bytes_; }
  /// False when somebody else has to keep the bytes alive.
  [[nodiscard]] bool owned() const { return owner_ != nullptr; }

 private:
  std::shared_ptr<const void> owner_;
  std::span<const std::byte> bytes_;
};

/// One picture of one sensor with its stamp. A value; copying shares the bytes.
struct Image {
  PixelFormat format = PixelFormat::mjpg;
  int width_px = 0;
  int height_px = 0;
  int stride_bytes = 0;  ///< 0 for mjpg
  ImageBytes bytes;      ///< rows from the top, tightly packed unless stride says otherwise
  DeviceTime stamp;      ///< device clock; which instant of the exposure it names: docs/model.md
  std::optional<HostTime>
      arrival;                     ///< when the host had the whole frame; not in the vendor's files
  std::optional<Micros> exposure;  ///< colour only, from frame metadata
  std::optional<int> gain;         ///< colour only
  std::optional<int> white_balance_k;  ///< colour only

  /// Samples of a depth16 or ir16 image, row-major, width * height of them.
  [[nodiscard]] std::span<const uint16_t> samples() const {
    const auto raw = bytes.get();
    return {reinterpret_cast<const uint16_t*>(raw.data()), raw.size() / 2};
  }
};

}  // namespace lockstep
