// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "lockstep/frame/image.h"
#include "lockstep/sensor/config.h"

namespace lockstep {

/// What the images of one stream look like.
struct ImageShape {
  PixelFormat format = PixelFormat::mjpg;
  int width_px = 0;
  int height_px = 0;

  /// Bytes of one row without padding; 0 for mjpg.
  [[nodiscard]] int row_bytes() const;
  /// Rows of bytes: those of an nv12 image are of its two planes.
  [[nodiscard]] int rows() const;
  /// Bytes of one tightly packed image; 0 for mjpg, whose images have any size.
  [[nodiscard]] uint64_t image_bytes() const;
};

/// What the bytes of colour images of that format mean.
[[nodiscard]] PixelFormat pixel_format(ColorFormat format);
[[nodiscard]] ImageShape color_shape(const CameraConfig& camera);
/// `format`: depth16 or ir16.
[[nodiscard]] ImageShape plane_shape(const CameraConfig& camera, PixelFormat format);
/// An image of that shape with tight rows; nothing else of it is known yet.
[[nodiscard]] Image image_of(const ImageShape& shape, ImageBytes bytes);

}  // namespace lockstep
