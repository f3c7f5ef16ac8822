// SPDX-License-Identifier: MIT
#include "lockstep/codec/color_convert.h"

#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "lockstep/codec/jpeg.h"
#include "lockstep/frame/image_shape.h"

namespace lockstep {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr int kOne = 1 << 16;
constexpr int kHalf = kOne / 2;
constexpr int in_fractions(double factor) {
  return static_cast<int>(factor * kOne + (factor < 0 ? -0.5 : 0.5));
}

/// What BT.601 makes of its differences in eight bits: luma from `black` on, `luma` and `chroma`
/// codes wide.
struct Range {
  int black, luma, chroma;
};
constexpr Range kLimited{16, 219, 224};
constexpr Range kFull{0, 255, 255};

uint8_t to_byte(int fractions) {
  return static_cast<uint8_t>(std::clamp((fractions + kHalf) >> 16, 0, 255));
}

void put_bgra(int luma, int blue, int red, uint8_t* bgra) {
  const int y = in_fractions(255.0 / 219) * (luma - 16);
  const int u = blue - 128, v = red - 128;
  bgra[0] = to_byte(y + in_fractions(1.772 * 255 / 224) * u);
  bgra[1] =
      to_byte(y - in_fractions(0.344136 * 255 / 224) * u - in_fractions(0.714136 * 255 / 224) * v);
  bgra[2] = to_byte(y + in_fractions(1.402 * 255 / 224) * v);
  bgra[3] = 255;
}

template <Range range>
uint8_t luma_of(const uint8_t* bgra) {
  constexpr double kWide = range.luma / 255.0;
  return to_byte(range.black * kOne + in_fractions(0.299 * kWide) * bgra[2] +
                 in_fractions(0.587 * kWide) * bgra[1] + in_fractions(0.114 * kWide) * bgra[0]);
}

/// Blue and red difference of the mean of two or four pixels.
template <Range range>
struct Chroma {
  int b = 0, g = 0, r = 0, count = 0;
  void add(const uint8_t* bgra) {
    b += bgra[0];
    g += bgra[1];
    r += bgra[2];
    ++count;
  }
  [[nodiscard]] uint8_t blue() const { return of(-0.168736, -0.331264, 0.5); }
  [[nodiscard]] uint8_t red() const { return of(0.5, -0.418688, -0.081312); }

 private:
  [[nodiscard]] uint8_t of(double from_r, double from_g, double from_b) const {
    constexpr double kWide = range.chroma / 255.0;
    return to_byte(128 * kOne +
                   (in_fractions(from_r * kWide) * r + in_fractions(from_g * kWide) * g +
                    in_fractions(from_b * kWide) * b) /
                       count);
  }
};

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

template <Range range>
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

template <Range range>
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
    *bytes = nv12_from_bgra<kLimited>(*bgra, image.width_px, image.height_px);
  if (format == PixelFormat::yuy2) *bytes = yuy2_from_bgra<kLimited>(*bgra);
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
      return nv12_from_bgra<kFull>(bgra, picture.width_px, picture.height_px);
    case PixelFormat::yuy2:
      return yuy2_from_bgra<kFull>(bgra);
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
