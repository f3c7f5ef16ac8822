// SPDX-License-Identifier: MIT
#include "lockstep/codec/color_convert.h"

#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "lockstep/codec/jpeg.h"

namespace lockstep {
namespace {

using Bytes = std::vector<uint8_t>;

/// Fractions of BT.601, limited range, in 2^-16.
constexpr int kOne = 1 << 16;
constexpr int kHalf = kOne / 2;
constexpr int in_fractions(double factor) {
  return static_cast<int>(factor * kOne + (factor < 0 ? -0.5 : 0.5));
}

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

uint8_t luma_of(const uint8_t* bgra) {
  return to_byte(16 * kOne + in_fractions(0.299 * 219 / 255) * bgra[2] +
                 in_fractions(0.587 * 219 / 255) * bgra[1] +
                 in_fractions(0.114 * 219 / 255) * bgra[0]);
}

/// Blue and red difference of the mean of two or four pixels.
struct Chroma {
  int b = 0, g = 0, r = 0, count = 0;
  void add(const uint8_t* bgra) {
    b += bgra[0];
    g += bgra[1];
    r += bgra[2];
    ++count;
  }
  [[nodiscard]] uint8_t blue() const {
    return of(in_fractions(-0.168736 * 224 / 255), in_fractions(-0.331264 * 224 / 255),
              in_fractions(0.5 * 224 / 255));
  }
  [[nodiscard]] uint8_t red() const {
    return of(in_fractions(0.5 * 224 / 255), in_fractions(-0.418688 * 224 / 255),
              in_fractions(-0.081312 * 224 / 255));
  }

 private:
  [[nodiscard]] uint8_t of(int from_r, int from_g, int from_b) const {
    return to_byte(128 * kOne + (from_r * r + from_g * g + from_b * b) / count);
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

Bytes nv12_from_bgra(const Bytes& from, int width, int height) {
  const auto stride = static_cast<size_t>(width);
  Bytes to(at(height, stride) * 3 / 2);
  for (size_t i = 0; i < at(height, stride); ++i) to[i] = luma_of(from.data() + 4 * i);
  for (int y = 0; y < height; y += 2) {
    const uint8_t* const row = from.data() + at(y, 4 * stride);
    uint8_t* const chroma = to.data() + at(height + y / 2, stride);
    for (size_t x = 0; x < stride; x += 2) {
      Chroma mean;
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

Bytes yuy2_from_bgra(const Bytes& from) {
  Bytes to(from.size() / 2);
  for (size_t pair = 0; pair < from.size() / 8; ++pair) {
    const uint8_t* const two = from.data() + 8 * pair;
    Chroma mean;
    mean.add(two);
    mean.add(two + 4);
    uint8_t* const yuyv = to.data() + 4 * pair;
    yuyv[0] = luma_of(two);
    yuyv[1] = mean.blue();
    yuyv[2] = luma_of(two + 4);
    yuyv[3] = mean.red();
  }
  return to;
}

/// Bytes of an image with tight rows; 0 for what has none.
size_t tight_bytes(PixelFormat format, size_t pixels) {
  switch (format) {
    case PixelFormat::nv12:
      return pixels * 3 / 2;
    case PixelFormat::yuy2:
      return pixels * 2;
    case PixelFormat::bgra32:
      return pixels * 4;
    default:
      return 0;
  }
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
  if (tight_bytes(image.format, pixels) == 0 ||
      image.bytes.get().size() < tight_bytes(image.format, pixels))
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
  out.stride_bytes = image.width_px * (format == PixelFormat::nv12   ? 1
                                       : format == PixelFormat::yuy2 ? 2
                                                                     : 4);
  auto bytes = std::make_shared<Bytes>();
  if (format == PixelFormat::bgra32) *bytes = std::move(*bgra);
  if (format == PixelFormat::nv12) *bytes = nv12_from_bgra(*bgra, image.width_px, image.height_px);
  if (format == PixelFormat::yuy2) *bytes = yuy2_from_bgra(*bgra);
  const auto view = std::as_bytes(std::span(*bytes));
  out.bytes = ImageBytes(std::move(bytes), view);
  return out;
}

}  // namespace lockstep
