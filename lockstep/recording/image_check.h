// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

#include "lockstep/base/result.h"
#include "lockstep/frame/capture.h"
#include "lockstep/recording/header.h"

namespace lockstep {

/// What the images of one track look like.
struct ImageShape {
  PixelFormat format = PixelFormat::mjpg;
  int width_px = 0;
  int height_px = 0;

  /// Bytes of one row without padding; 0 for mjpg.
  [[nodiscard]] int row_bytes() const;
  /// Bytes of one tightly packed image; 0 for mjpg, whose images have any size.
  [[nodiscard]] uint64_t image_bytes() const;
};

[[nodiscard]] std::string_view name_of(PixelFormat format);  ///< "colour", "depth", "IR"
/// What the bytes of colour images of that format mean.
[[nodiscard]] PixelFormat pixel_format(ColorFormat format);
[[nodiscard]] ImageShape color_shape(const CameraConfig& camera);
/// `format`: depth16 or ir16.
[[nodiscard]] ImageShape plane_shape(const CameraConfig& camera, PixelFormat format);

/// invalid_argument when the image is not what the track holds.
Result<void> check_image(const Image& image, const ImageShape& shape);
/// The image with tight rows and with bytes that it keeps alive itself: copied only where it isn't
/// so already. The image fits its shape.
[[nodiscard]] Image own_and_pack(const Image& image);

}  // namespace lockstep
