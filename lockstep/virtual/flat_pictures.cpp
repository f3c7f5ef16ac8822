// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <span>
#include <utility>
#include <vector>

#include "lockstep/codec/jpeg.h"
#include "lockstep/frame/image_shape.h"
#include "lockstep/virtual/pictures.h"

namespace lockstep {
namespace {

constexpr size_t kBytes = 64;  // of a JPEG in name only
constexpr int kQuality = 75;

constexpr uint8_t kGrey = 128;
constexpr uint16_t kDepthMm = 1500, kInfrared = 200;

class FlatPictures final : public Pictures {
 public:
  FlatPictures(const CameraConfig& config, bool whole) : config_(config) {
    if (config.color_on()) color_ = make_color(color_shape(config), whole);
    if (!config.depth_on()) return;
    depth_ = make_plane(PixelFormat::depth16, kDepthMm, whole);
    ir_ = make_plane(PixelFormat::ir16, kInfrared, whole);
  }

  [[nodiscard]] Image color(const FrameInstant& /*frame*/) const override { return color_; }

  [[nodiscard]] DepthSample depth(const FrameInstant& /*frame*/) const override {
    DepthSample sample;
    sample.ir = ir_;
    if (has_depth(config_.depth_mode)) sample.depth = depth_;
    return sample;
  }

 private:
  template <typename Array>
  static ImageBytes keep(Array content) {
    auto owner = std::make_shared<Array>(std::move(content));
    const auto bytes = std::as_bytes(std::span(owner->data(), owner->size()));
    return {std::move(owner), bytes};
  }

  static Image make_color(const ImageShape& shape, bool whole) {
    if (shape.format == PixelFormat::mjpg && whole) {
      RgbPicture grey(shape.width_px, shape.height_px);
      std::fill(grey.rgb.begin(), grey.rgb.end(), kGrey);
      if (auto jpeg = encode_jpeg(grey, kQuality)) return image_of(shape, keep(*std::move(jpeg)));
    }
    if (shape.format == PixelFormat::mjpg) {
      std::array<std::byte, kBytes> jpeg{};  // start and end of image, and nothing between
      jpeg[0] = jpeg[kBytes - 2] = std::byte{0xff};
      jpeg[1] = std::byte{0xd8};
      jpeg[kBytes - 1] = std::byte{0xd9};
      return image_of(shape, keep(jpeg));
    }
    std::vector<std::byte> grey(shape.image_bytes(), std::byte{kGrey});
    if (shape.format == PixelFormat::bgra32) {
      for (size_t alpha = 3; alpha < grey.size(); alpha += 4) grey[alpha] = std::byte{255};
    }
    return image_of(shape, keep(std::move(grey)));
  }

  [[nodiscard]] Image make_plane(PixelFormat format, uint16_t sample, bool whole) const {
    const ImageShape shape = whole ? plane_shape(config_, format) : ImageShape{format, 8, 4};
    return image_of(shape, keep(std::vector<uint16_t>(shape.image_bytes() / 2, sample)));
  }

  const CameraConfig config_;
  Image color_, depth_, ir_;
};

}  // namespace

std::shared_ptr<const Pictures> flat_pictures(const CameraConfig& config, bool whole) {
  return std::make_shared<FlatPictures>(config, whole);
}

}  // namespace lockstep
