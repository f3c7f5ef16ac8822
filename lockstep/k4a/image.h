// SPDX-License-Identifier: MIT
#pragma once

#include <k4a/k4atypes.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "lockstep/k4a/handle_table.h"

namespace lockstep::k4a {

/// An image of the C API: a buffer, what it holds, and what is told of it. The numbers may be set
/// and read from several threads.
struct HeldImage {
  HeldImage(k4a_image_format_t format_in, int width_in, int height_in, int stride_in)
      : format(format_in), width(width_in), height(height_in), stride(stride_in) {}
  ~HeldImage();
  HeldImage(const HeldImage&) = delete;
  HeldImage& operator=(const HeldImage&) = delete;

  const k4a_image_format_t format;
  const int width, height, stride;
  uint8_t* buffer = nullptr;
  size_t size = 0;
  /// Gives `block` back; null: nobody does.
  k4a_memory_destroy_cb_t* free = nullptr;
  void* block = nullptr;
  void* context = nullptr;

  std::atomic<uint64_t> device_time_us{0}, system_time_ns{0}, exposure_us{0};
  std::atomic<uint32_t> white_balance_k{0}, iso_speed{0};
};

/// Pixels of the longer side of an image that is made here.
inline constexpr int kLargestSide = 19'999;

using ImageTable = HandleTable<k4a_image_t, HeldImage, HandleKind::image>;

/// Smallest stride of a format at a width, and its buffer size at a stride and height; nothing for
/// formats or sizes that k4a_image_create refuses.
struct ImageLayout {
  int stride = 0;
  size_t bytes = 0;
};
[[nodiscard]] std::optional<ImageLayout> image_layout(k4a_image_format_t format, int width,
                                                      int height, int stride);

/// An image whose buffer comes from the installed allocator; null when that has none. `bytes` is
/// not checked against the format.
[[nodiscard]] std::shared_ptr<HeldImage> allocate_image(k4a_image_format_t format, int width,
                                                        int height, int stride, size_t bytes);

/// Installs an allocator, or with two nulls its own; false when one of them is null.
bool set_allocator(k4a_memory_allocate_cb_t* allocate, k4a_memory_destroy_cb_t* free);

}  // namespace lockstep::k4a
