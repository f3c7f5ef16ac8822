// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>
#include <png.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/files.h"

namespace lockstep::testing {

/// The pixels of a PNG file, as libpng reads them.
template <typename Sample>
struct PngPicture {
  int width_px = 0;
  int height_px = 0;
  int channels = 1;  ///< samples of a pixel
  std::vector<Sample> samples;

  [[nodiscard]] const Sample* at(int x, int y) const {
    return &samples[static_cast<size_t>((y * width_px + x) * channels)];
  }
};

/// Eight or sixteen bits a sample, as `Sample` says; fails the running test for others.
template <typename Sample>
PngPicture<Sample> decode_png(const std::string& file) {
  PngPicture<Sample> picture;
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  struct Source {
    const std::string& bytes;
    size_t at = 0;
  } source{file};
  if (setjmp(png_jmpbuf(png)) != 0) {
    ADD_FAILURE() << "this is no PNG";
    png_destroy_read_struct(&png, &info, nullptr);
    return {};
  }
  png_set_read_fn(png, &source, [](png_structp from, png_bytep to, size_t length) {
    auto* rest = static_cast<Source*>(png_get_io_ptr(from));
    if (rest->bytes.size() - rest->at < length) png_error(from, "cut");
    std::memcpy(to, rest->bytes.data() + rest->at, length);
    rest->at += length;
  });
  png_read_png(png, info, sizeof(Sample) == 2 ? PNG_TRANSFORM_SWAP_ENDIAN : 0, nullptr);
  EXPECT_EQ(png_get_bit_depth(png, info), 8 * sizeof(Sample));
  picture.width_px = static_cast<int>(png_get_image_width(png, info));
  picture.height_px = static_cast<int>(png_get_image_height(png, info));
  picture.channels = png_get_channels(png, info);
  const size_t row = png_get_rowbytes(png, info) / sizeof(Sample);
  picture.samples.resize(row * static_cast<size_t>(picture.height_px));
  for (int y = 0; y < picture.height_px; ++y) {
    std::memcpy(picture.samples.data() + static_cast<size_t>(y) * row, png_get_rows(png, info)[y],
                row * sizeof(Sample));
  }
  png_destroy_read_struct(&png, &info, nullptr);
  return picture;
}

template <typename Sample>
PngPicture<Sample> read_png(const std::filesystem::path& path) {
  return decode_png<Sample>(read_file(path));
}

}  // namespace lockstep::testing
