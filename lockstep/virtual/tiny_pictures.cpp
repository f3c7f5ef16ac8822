// SPDX-License-Identifier: MIT
#include <array>
#include <span>

#include "lockstep/virtual/pictures.h"

namespace lockstep {
namespace {

constexpr size_t kBytes = 64;

class TinyPictures final : public Pictures {
 public:
  explicit TinyPictures(const CameraConfig& config) : config_(config) {
    std::array<std::byte, kBytes> jpeg{};  // start and end of image, and nothing between
    jpeg[0] = jpeg[kBytes - 2] = std::byte{0xff};
    jpeg[1] = std::byte{0xd8};
    jpeg[kBytes - 1] = std::byte{0xd9};
    color_ = keep(jpeg);
    std::array<uint16_t, kBytes / 2> samples{};
    samples.fill(1500);
    depth_ = keep(samples);
    samples.fill(200);
    ir_ = keep(samples);
  }

  [[nodiscard]] Image color(const FrameInstant& /*frame*/) const override {
    Image image;
    const SizePx size = color_size(config_.color_resolution);
    image.format = PixelFormat::mjpg;
    image.width_px = size.width;
    image.height_px = size.height;
    image.bytes = color_;
    return image;
  }

  [[nodiscard]] DepthSample depth(const FrameInstant& /*frame*/) const override {
    DepthSample sample;
    sample.ir = plane(PixelFormat::ir16, ir_);
    if (has_depth(config_.depth_mode)) sample.depth = plane(PixelFormat::depth16, depth_);
    return sample;
  }

 private:
  template <typename Array>
  static ImageBytes keep(const Array& content) {
    auto owner = std::make_shared<Array>(content);
    const auto bytes = std::as_bytes(std::span(owner->data(), owner->size()));
    return {std::move(owner), bytes};
  }

  static Image plane(PixelFormat format, const ImageBytes& bytes) {
    Image image;
    image.format = format;
    image.width_px = 8;
    image.height_px = 4;
    image.stride_bytes = 16;
    image.bytes = bytes;
    return image;
  }

  const CameraConfig config_;
  ImageBytes color_, depth_, ir_;
};

}  // namespace

std::shared_ptr<const Pictures> tiny_pictures(const CameraConfig& config) {
  return std::make_shared<TinyPictures>(config);
}

}  // namespace lockstep
