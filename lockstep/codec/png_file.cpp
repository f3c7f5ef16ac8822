// SPDX-License-Identifier: MIT
#include "lockstep/codec/png_file.h"

#include <png.h>

#include <bit>
#include <csetjmp>
#include <vector>

namespace lockstep {
namespace {

struct Layout {
  int width_px;
  int height_px;
  int bits;
  int color_type;
  size_t row_bytes;
};

void append(png_structp png, png_bytep data, size_t length) {
  static_cast<std::string*>(png_get_io_ptr(png))->append(reinterpret_cast<char*>(data), length);
}

// libpng reports failure by a jump, so nothing with a destructor may live in this function.
bool write_rows(png_structp png, png_infop info, const Layout& layout, const uint8_t* rows,
                std::string* file) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;  // NOLINT(modernize-avoid-c-arrays)
  png_set_write_fn(png, file, append, nullptr);
  png_set_compression_level(png, 3);
  png_set_IHDR(png, info, static_cast<png_uint_32>(layout.width_px),
               static_cast<png_uint_32>(layout.height_px), layout.bits, layout.color_type,
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  // PNG is big-endian.
  if (layout.bits == 16 && std::endian::native == std::endian::little) png_set_swap(png);
  for (int y = 0; y < layout.height_px; ++y) {
    png_write_row(png, rows + static_cast<size_t>(y) * layout.row_bytes);
  }
  png_write_end(png, nullptr);
  return true;
}

Result<std::string> encode(const Layout& layout, const uint8_t* rows) {
  std::string file;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png == nullptr ? nullptr : png_create_info_struct(png);
  const bool written = info != nullptr && write_rows(png, info, layout, rows, &file);
  png_destroy_write_struct(&png, &info);
  if (!written) return Error{Errc::invalid_argument, "this picture can't be made a PNG file"};
  return file;
}

template <typename Sample>
Result<std::string> encode_gray(std::span<const Sample> samples, int width_px, int height_px) {
  const auto width = static_cast<size_t>(width_px);
  if (samples.size() != width * static_cast<size_t>(height_px)) {
    return Error{Errc::invalid_argument, "the samples are not as many as the picture's size says"};
  }
  const int bits = 8 * static_cast<int>(sizeof(Sample));
  return encode({width_px, height_px, bits, PNG_COLOR_TYPE_GRAY, sizeof(Sample) * width},
                reinterpret_cast<const uint8_t*>(samples.data()));
}

}  // namespace

Result<std::string> encode_png(const RgbPicture& picture) {
  const auto width = static_cast<size_t>(picture.width_px);
  return encode({picture.width_px, picture.height_px, 8, PNG_COLOR_TYPE_RGB, 3 * width},
                picture.rgb.data());
}

Result<std::string> encode_png8(std::span<const uint8_t> samples, int width_px, int height_px) {
  return encode_gray(samples, width_px, height_px);
}

Result<std::string> encode_png16(std::span<const uint16_t> samples, int width_px, int height_px) {
  return encode_gray(samples, width_px, height_px);
}

Result<BrightnessPicture> decode_png_brightness(std::span<const std::byte> png) {
  constexpr png_uint_32 kLargest = 8192;
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  if (png_image_begin_read_from_memory(&image, png.data(), png.size()) == 0 ||
      image.width > kLargest || image.height > kLargest) {
    const std::string why = image.message[0] != 0
                                ? image.message
                                : "it is larger than 8192 x 8192 pixels: make it smaller";
    png_image_free(&image);
    return Error{Errc::unusable_input, "this PNG can't be read: " + why};
  }
  image.format = PNG_FORMAT_LINEAR_Y;
  BrightnessPicture picture{static_cast<int>(image.width), static_cast<int>(image.height), {}};
  picture.samples.resize(size_t{image.width} * image.height);
  if (png_image_finish_read(&image, nullptr, picture.samples.data(), 0, nullptr) == 0)
    return Error{Errc::unusable_input, std::string("this PNG can't be read: ") + image.message};
  return picture;
}

}  // namespace lockstep
