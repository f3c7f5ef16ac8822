// SPDX-License-Identifier: MIT
#include "lockstep/codec/color_picture.h"

#include <fmt/core.h>

#include <algorithm>

#include "lockstep/codec/jpeg.h"
#include "lockstep/codec/yuv.h"

namespace lockstep {
namespace {

void put_yuv(uint8_t luma, uint8_t blue, uint8_t red, uint8_t* rgb) {
  const Rgb color = rgb_of<kFullRange>(luma, blue, red);
  rgb[0] = color.r;
  rgb[1] = color.g;
  rgb[2] = color.b;
}

/// Rows of an uncompressed image and of what lies below them.
class Rows {
 public:
  Rows(const Image& image, int bytes_per_pixel)
      : bytes_(reinterpret_cast<const uint8_t*>(image.bytes.get().data())),
        stride_(static_cast<size_t>(image.stride_bytes > 0 ? image.stride_bytes
                                                           : bytes_per_pixel * image.width_px)) {}
  [[nodiscard]] const uint8_t* at(int y) const { return bytes_ + static_cast<size_t>(y) * stride_; }
  [[nodiscard]] size_t bytes(int rows) const { return static_cast<size_t>(rows) * stride_; }

 private:
  const uint8_t* bytes_;
  size_t stride_;
};

Error wrong_size(const Image& image, size_t needed) {
  return {Errc::unusable_input,
          fmt::format("a colour image of {} x {} pixels needs {} bytes and has {}", image.width_px,
                      image.height_px, needed, image.bytes.get().size())};
}

/// `rows_needed`: rows of bytes, which are more than the picture's where chroma lies below luma.
template <typename Pixel>
Result<RgbPicture> convert(const Image& image, int bytes_per_pixel, int rows_needed, Pixel put) {
  const Rows rows(image, bytes_per_pixel);
  const bool even = bytes_per_pixel == 4 || (image.width_px % 2 == 0 && image.height_px % 2 == 0);
  const bool wide_enough =
      image.stride_bytes <= 0 || image.stride_bytes >= bytes_per_pixel * image.width_px;
  if (!even || !wide_enough || image.bytes.get().size() < rows.bytes(rows_needed)) {
    return wrong_size(image, rows.bytes(rows_needed));
  }
  RgbPicture picture(image.width_px, image.height_px);
  for (int y = 0; y < image.height_px; ++y) {
    for (int x = 0; x < image.width_px; ++x) put(rows, x, y, picture.row(y) + 3 * x);
  }
  return picture;
}

}  // namespace

Result<RgbPicture> color_picture(const Image& image) {
  const int height = image.height_px;
  switch (image.format) {
    case PixelFormat::mjpg:
      return decode_jpeg(image.bytes.get());
    case PixelFormat::nv12:
      return convert(image, 1, height + height / 2,
                     [&](const Rows& rows, int x, int y, uint8_t* rgb) {
                       const uint8_t* chroma = rows.at(height + y / 2) + x / 2 * 2;
                       put_yuv(rows.at(y)[x], chroma[0], chroma[1], rgb);
                     });
    case PixelFormat::yuy2:
      return convert(image, 2, height, [](const Rows& rows, int x, int y, uint8_t* rgb) {
        const uint8_t* pair = rows.at(y) + x / 2 * 4;
        put_yuv(pair[x % 2 * 2], pair[1], pair[3], rgb);
      });
    case PixelFormat::bgra32:
      return convert(image, 4, height, [](const Rows& rows, int x, int y, uint8_t* rgb) {
        const uint8_t* bgra = rows.at(y) + 4 * x;
        std::reverse_copy(bgra, bgra + 3, rgb);
      });
    case PixelFormat::depth16:
    case PixelFormat::ir16:
      break;
  }
  return Error{Errc::invalid_argument, "depth and infrared are no colour images"};
}

Result<std::vector<uint8_t>> color_bgra(const Image& image) {
  if (image.format == PixelFormat::mjpg)
    return decode_jpeg_bgra(image.bytes.get(), image.width_px, image.height_px);
  const auto picture = color_picture(image);
  if (!picture) return picture.error();
  return bgra_of(*picture);
}

std::vector<uint8_t> bgra_of(const RgbPicture& picture) {
  std::vector<uint8_t> bgra;
  bgra.reserve(picture.rgb.size() / 3 * 4);
  for (size_t i = 0; i < picture.rgb.size(); i += 3)
    bgra.insert(bgra.end(), {picture.rgb[i + 2], picture.rgb[i + 1], picture.rgb[i], 255});
  return bgra;
}

}  // namespace lockstep
