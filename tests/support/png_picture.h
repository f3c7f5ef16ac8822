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

/// The pixels of a PNG file, as libpng's plain interface reads them.
template <typename Sample>
struct PngPicture {
  int width_px = 0;
  int height_px = 0;
  std::vector<Sample> samples;  ///< three a pixel for uint8_t, one for uint16_t

  [[nodiscard]] const Sample* at(int x, int y) const {
    return &samples[(static_cast<size_t>(y) * static_cast<size_t>(width_px) +
                     static_cast<size_t>(x)) *
                    (sizeof(Sample) == 1 ? 3 : 1)];
  }
};

/// Colour as eight bits, depth as the sixteen that are in the file (libpng's plain interface alone
/// would take them for light and change them).
template <typename Sample>
PngPicture<Sample> read_png(const std::filesystem::path& path) {
  PngPicture<Sample> picture;
  const std::string file = read_file(path);
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  struct Source {
    const std::string& bytes;
    size_t at = 0;
  } source{file};
  if (setjmp(png_jmpbuf(png)) != 0) {
    ADD_FAILURE() << path << " is no PNG";
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
  picture.width_px = static_cast<int>(png_get_image_width(png, info));
  picture.height_px = static_cast<int>(png_get_image_height(png, info));
  const size_t row_bytes = png_get_rowbytes(png, info);
  EXPECT_EQ(png_get_bit_depth(png, info), 8 * sizeof(Sample)) << path;
  picture.samples.resize(row_bytes / sizeof(Sample) * static_cast<size_t>(picture.height_px));
  const png_bytepp rows = png_get_rows(png, info);
  for (int y = 0; y < picture.height_px; ++y) {
    std::memcpy(picture.samples.data() + static_cast<size_t>(y) * row_bytes / sizeof(Sample),
                rows[y], row_bytes);
  }
  png_destroy_read_struct(&png, &info, nullptr);
  return picture;
}

}  // namespace lockstep::testing
