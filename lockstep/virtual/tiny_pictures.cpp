// SPDX-License-Identifier: MIT
#include <array>
#include <span>
#include <utility>
#include <vector>

#include "lockstep/frame/image_shape.h"
#include "lockstep/virtual/pictures.h"

namespace lockstep {
namespace {

constexpr size_t kBytes = 64;

class TinyPictures final : public Pictures {
 public:
  explicit TinyPictures(const CameraConfig& config) : config_(config) {
    if (config.color_on()) color_ = make_color(color_shape(config));
    std::array<uint16_t, kBytes / 2> samples{};
    samples.fill(1500);
    depth_ = keep(samples);
    samples.fill(200);
    ir_ = keep(samples);
  }

  [[nodiscard]] Image color(const FrameInstant& /*frame*/) const override { return color_; }

  [[nodiscard]] DepthSample depth(const FrameInstant& /*frame*/) const override {
    DepthSample sample;
    sample.ir = plane(PixelFormat::ir16, ir_);
    if (has_depth(config_.depth_mode)) sample.depth = plane(PixelFormat::depth16, depth_);
    return sample;
  }

 private:
  template <typename Array>
  static ImageBytes keep(Array content) {
    auto owner = std::make_shared<Array>(std::move(content));
    const auto bytes = std::as_bytes(std::span(owner->data(), owner->size()));
    return {std::move(owner), bytes};
  }

  static Image make_color(const ImageShape& shape) {
    if (shape.format == PixelFormat::mjpg) {
      std::array<std::byte, kBytes> jpeg{};  // start and end of image, and nothing between
      jpeg[0] = jpeg[kBytes - 2] = std::byte{0xff};
      jpeg[1] = std::byte{0xd8};
      jpeg[kBytes - 1] = std::byte{0xd9};
      return image_of(shape, keep(jpeg));
    }
    std::vector<std::byte> grey(shape.image_bytes(), std::byte{128});
    if (shape.format == PixelFormat::bgra32) {
      for (size_t alpha = 3; alpha < grey.size(); alpha += 4) grey[alpha] = std::byte{255};
    }
    return image_of(shape, keep(std::move(grey)));
  }

  static Image plane(PixelFormat format, const ImageBytes& bytes) {
    return image_of({format, 8, 4}, bytes);
  }

  const CameraConfig config_;
  Image color_;
  ImageBytes depth_, ir_;
};

}  // namespace

std::shared_ptr<const Pictures> tiny_pictures(const CameraConfig& config) {
  return std::make_shared<TinyPictures>(config);
}

}  // namespace lockstep
