// SPDX-License-Identifier: MIT
#include "lockstep/frame/image_shape.h"

#include <utility>

namespace lockstep {

int ImageShape::row_bytes() const {
  switch (format) {
    case PixelFormat::mjpg:
      return 0;
    case PixelFormat::nv12:
      return width_px;
    case PixelFormat::bgra32:
      return width_px * 4;
    case PixelFormat::yuy2:
    case PixelFormat::depth16:
    case PixelFormat::ir16:
      return width_px * 2;
  }
  return 0;
}

int ImageShape::rows() const {
  return format == PixelFormat::nv12 ? height_px * 3 / 2 : height_px;
}

uint64_t ImageShape::image_bytes() const {
  return static_cast<uint64_t>(row_bytes()) * static_cast<uint64_t>(rows());
}

PixelFormat pixel_format(ColorFormat format) {
  switch (format) {
    case ColorFormat::mjpg:
      return PixelFormat::mjpg;
    case ColorFormat::nv12:
      return PixelFormat::nv12;
    case ColorFormat::yuy2:
      return PixelFormat::yuy2;
    case ColorFormat::bgra32:
      return PixelFormat::bgra32;
  }
  return PixelFormat::mjpg;
}

ImageShape color_shape(const CameraConfig& camera) {
  const SizePx size = color_size(camera.color_resolution);
  return {pixel_format(camera.color_format), size.width, size.height};
}

ImageShape plane_shape(const CameraConfig& camera, PixelFormat format) {
  const SizePx size = depth_size(camera.depth_mode);
  return {format, size.width, size.height};
}

Image image_of(const ImageShape& shape, ImageBytes bytes) {
  Image image;
  image.format = shape.format;
  image.width_px = shape.width_px;
  image.height_px = shape.height_px;
  image.stride_bytes = shape.row_bytes();
  image.bytes = std::move(bytes);
  return image;
}

}  // namespace lockstep
