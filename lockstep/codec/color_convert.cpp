// SPDX-License-Identifier: MIT
#include "lockstep/codec/color_convert.h"

#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "lockstep/codec/jpeg.h"
#include "lockstep/codec/yuv.h"
#include "lockstep/frame/image_shape.h"

namespace lockstep {
namespace {

using Bytes = std::vector<uint8_t>;

void put_bgra(int luma, int blue, int red, uint8_t* bgra) {
  const Rgb color = rgb_of<kLimitedRange>(luma, blue, red);
  bgra[0] = color.b;
  bgra[1] = color.g;
  bgra[2] = color.r;
  bgra[3] = 255;
}

size_t at(int y, size_t stride) {
  return static_cast<size_t>(y) * stride;
}

void bgra_from_nv12(const uint8_t* from, int width, int height, Bytes& to) {
  const auto stride = static_cast<size_t>(width);
  for (int y = 0; y < height; ++y) {
    const uint8_t* const luma = from + at(y, stride);
    const uint8_t* const chroma = from + at(height + y / 2, stride);
    uint8_t* const row = to.data() + at(y, 4 * stride);
    for (int x = 0; x < width; ++x)
      put_bgra(luma[x], chroma[x / 2 * 2], chroma[x / 2 * 2 + 1], row + size_t{4} * x);
  }
}

void bgra_from_yuy2(const uint8_t* from, Bytes& to) {
  for (size_t pair = 0; pair < to.size() / 8; ++pair) {
    const uint8_t* const yuyv = from + 4 * pair;
    put_bgra(yuyv[0], yuyv[1], yuyv[3], to.data() + 8 * pair);
    put_bgra(yuyv[2], yuyv[1], yuyv[3], to.data() + 8 * pair + 4);
  }
}

template <YuvRange range>
Bytes nv12_from_bgra(const Bytes& from, int width, int height) {
  const auto stride = static_cast<size_t>(width);
  Bytes to(at(height, stride) * 3 / 2);
  for (size_t i = 0; i < at(height, stride); ++i) to[i] = luma_of<range>(from.data() + 4 * i);
  for (int y = 0; y < height; y += 2) {
    const uint8_t* const row = from.data() + at(y, 4 * stride);
    uint8_t* const chroma = to.data() + at(height + y / 2, stride);
    for (size_t x = 0; x < stride; x += 2) {
      Chroma<range> mean;
      for (const uint8_t* upper : {row + 4 * x, row + 4 * x + 4}) {
        mean.add(upper);
        mean.add(upper + 4 * stride);
      }
      chroma[x] = mean.blue();
      chroma[x + 1] = mean.red();
    }
  }
  return to;
}

template <YuvRange range>
Bytes yuy2_from_bgra(const Bytes& from) {
  Bytes to(from.size() / 2);
  for (size_t pair = 0; pair < from.size() / 8; ++pair) {
    const uint8_t* const two = from.data() + 8 * pair;
    Chroma<range> mean;
    mean.add(two);
    mean.add(two + 4);
    uint8_t* const yuyv = to.data() + 4 * pair;
    yuyv[0] = luma_of<range>(two);
    yuyv[1] = mean.blue();
    yuyv[2] = luma_of<range>(two + 4);
    yuyv[3] = mean.red();
  }
  return to;
}

Error no_image(const Image& image) {
  return {Errc::unusable_input,
          fmt::format("the {} bytes of a colour image are no picture of {} x {}",
                      image.bytes.get().size(), image.width_px, image.height_px)};
}

Result<Bytes> to_bgra(const Image& image) {
  const size_t pixels = static_cast<size_t>(image.width_px) * static_cast<size_t>(image.height_px);
  if (image.format == PixelFormat::mjpg) {
    auto decoded = decode_jpeg_bgra(image.bytes.get(), image.width_px, image.height_px);
    if (!decoded) return decoded.error();
    return std::move(*decoded);
  }
  const uint64_t needed = ImageShape{image.format, image.width_px, image.height_px}.image_bytes();
  if (image.format == PixelFormat::depth16 || image.format == PixelFormat::ir16 ||
      image.bytes.get().size() < needed)
    return no_image(image);
  const auto* const from = reinterpret_cast<const uint8_t*>(image.bytes.get().data());
  if (image.format == PixelFormat::bgra32) return Bytes(from, from + pixels * 4);
  Bytes bgra(pixels * 4);
  if (image.format == PixelFormat::nv12) {
    bgra_from_nv12(from, image.width_px, image.height_px, bgra);
  } else {
    bgra_from_yuy2(from, bgra);
  }
  return bgra;
}

}  // namespace

Result<Image> convert_color(const Image& image, PixelFormat format) {
  const bool known =
      format == PixelFormat::nv12 || format == PixelFormat::yuy2 || format == PixelFormat::bgra32;
  const bool halves = format != PixelFormat::bgra32 || image.format == PixelFormat::nv12 ||
                      image.format == PixelFormat::yuy2;
  const bool even = image.width_px % 2 == 0 && image.height_px % 2 == 0;
  if (!known || (halves && !even) || image.width_px <= 0 || image.height_px <= 0)
    return Error{Errc::unsupported,
                 fmt::format("a colour image of {} x {} cannot be had in that format",
                             image.width_px, image.height_px)};
  auto bgra = to_bgra(image);
  if (!bgra) return bgra.error();
  Image out = image;
  out.format = format;
  out.stride_bytes = ImageShape{format, image.width_px, image.height_px}.row_bytes();
  auto bytes = std::make_shared<Bytes>();
  if (format == PixelFormat::bgra32) *bytes = std::move(*bgra);
  if (format == PixelFormat::nv12)
    *bytes = nv12_from_bgra<kLimitedRange>(*bgra, image.width_px, image.height_px);
  if (format == PixelFormat::yuy2) *bytes = yuy2_from_bgra<kLimitedRange>(*bgra);
  const auto view = std::as_bytes(std::span(*bytes));
  out.bytes = ImageBytes(std::move(bytes), view);
  return out;
}

std::vector<uint8_t> color_bytes(const RgbPicture& picture, PixelFormat format) {
  Bytes bgra(picture.rgb.size() / 3 * 4, 255);
  for (size_t i = 0; i < picture.rgb.size() / 3; ++i)
    std::reverse_copy(&picture.rgb[3 * i], &picture.rgb[3 * i] + 3, &bgra[4 * i]);
  switch (format) {
    case PixelFormat::nv12:
      return nv12_from_bgra<kFullRange>(bgra, picture.width_px, picture.height_px);
    case PixelFormat::yuy2:
      return yuy2_from_bgra<kFullRange>(bgra);
    case PixelFormat::bgra32:
      return bgra;
    case PixelFormat::mjpg:
    case PixelFormat::depth16:
    case PixelFormat::ir16:
      break;
  }
  return {};
}

}  // namespace lockstep
