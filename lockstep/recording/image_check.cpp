// SPDX-License-Identifier: MIT
#include "lockstep/recording/image_check.h"

#include <fmt/format.h>

#include <cstring>
#include <vector>

namespace lockstep {

std::string_view name_of(PixelFormat format) {
  if (format == PixelFormat::depth16) return "depth";
  return format == PixelFormat::ir16 ? "IR" : "colour";
}

Result<void> check_image(const Image& image, const ImageShape& shape) {
  const uint64_t bytes = image.bytes.get().size();
  if (image.format != shape.format || image.width_px != shape.width_px ||
      image.height_px != shape.height_px) {
    return Error{Errc::invalid_argument,
                 fmt::format("a {} image of {} x {} does not belong into this recording, whose {} "
                             "track holds {} x {} of {}",
                             name_of(image.format), image.width_px, image.height_px,
                             name_of(shape.format), shape.width_px, shape.height_px,
                             image.format == shape.format ? "that format" : "another format")};
  }
  uint64_t needed = shape.image_bytes();
  if (image.stride_bytes > shape.row_bytes() && needed != 0) {
    needed += static_cast<uint64_t>(image.stride_bytes - shape.row_bytes()) *
              static_cast<uint64_t>(shape.rows() - 1);
  }
  const bool padded = image.stride_bytes > shape.row_bytes();
  if (bytes == 0 || bytes < needed || (needed != 0 && !padded && bytes != needed)) {
    return Error{
        Errc::invalid_argument,
        fmt::format("a {} image of {} x {} has {} bytes instead of {}", name_of(image.format),
                    image.width_px, image.height_px, bytes, needed)};
  }
  return {};
}

Image own_and_pack(const Image& image) {
  const ImageShape shape{image.format, image.width_px, image.height_px};
  const std::span<const std::byte> from = image.bytes.get();
  const bool padded = shape.row_bytes() != 0 && image.stride_bytes > shape.row_bytes();
  if (!padded && image.bytes.owned()) return image;
  auto copy = std::make_shared<std::vector<std::byte>>(padded ? shape.image_bytes() : from.size());
  if (padded) {
    const auto row = static_cast<size_t>(shape.row_bytes());
    for (size_t y = 0; y < static_cast<size_t>(shape.rows()); ++y) {
      std::memcpy(copy->data() + y * row, from.data() + y * static_cast<size_t>(image.stride_bytes),
                  row);
    }
  } else {
    std::memcpy(copy->data(), from.data(), from.size());
  }
  Image owned = image;
  owned.stride_bytes = shape.row_bytes();
  const std::span<const std::byte> bytes(*copy);
  owned.bytes = ImageBytes(std::move(copy), bytes);
  return owned;
}

}  // namespace lockstep
