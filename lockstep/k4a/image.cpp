// SPDX-License-Identifier: MIT
#include "lockstep/k4a/image.h"

#include <cstdlib>
#include <limits>
#include <mutex>

#include "lockstep/base/buffer_pool.h"

namespace lockstep::k4a {
namespace {

// Programs may count on the size they are asked for: the vendor's library keeps its own books in
// front of the pixels.
constexpr size_t kInFront = 32;

struct Allocator {
  k4a_memory_allocate_cb_t* allocate = nullptr;
  k4a_memory_destroy_cb_t* free = nullptr;
};

std::mutex allocator_mutex;
Allocator allocator;

// malloc is good at what is smaller; no camera gives what is larger.
constexpr size_t kSmallestPooled = size_t{256} << 10;
constexpr size_t kLargestPooled = size_t{64} << 20;

/// Large images come from a pool. The context is what keeps such a block; null for one of malloc's.
using Owner = std::shared_ptr<void>;

uint8_t* allocate_block(int size, void** context) {
  static auto* const pool = new BufferPool;  // never destroyed: programs end with images held
  *context = nullptr;
  const auto bytes = static_cast<size_t>(size);
  if (bytes < kSmallestPooled || bytes > kLargestPooled)
    return static_cast<uint8_t*>(std::malloc(bytes));
  auto buffer = pool->take(bytes);
  *context = new Owner(std::move(buffer.owner));
  return reinterpret_cast<uint8_t*>(buffer.bytes.data());
}

void free_block(void* block, void* context) {
  if (context == nullptr) return std::free(block);
  delete static_cast<Owner*>(context);
}

Allocator current_allocator() {
  const std::lock_guard lock(allocator_mutex);
  return allocator.allocate != nullptr ? allocator : Allocator{allocate_block, free_block};
}

/// Bytes of a row without gaps; 0: any stride will do.
int64_t row_bytes(k4a_image_format_t format, int64_t width) {
  switch (format) {
    case K4A_IMAGE_FORMAT_COLOR_NV12:
    case K4A_IMAGE_FORMAT_CUSTOM8:
      return width;
    case K4A_IMAGE_FORMAT_COLOR_YUY2:
    case K4A_IMAGE_FORMAT_DEPTH16:
    case K4A_IMAGE_FORMAT_IR16:
    case K4A_IMAGE_FORMAT_CUSTOM16:
      return 2 * width;
    case K4A_IMAGE_FORMAT_COLOR_BGRA32:
      return 4 * width;
    default:
      return 0;
  }
}

}  // namespace

HeldImage::~HeldImage() {
  if (free != nullptr) free(block, context);
}

std::optional<ImageLayout> image_layout(k4a_image_format_t format, int width, int height,
                                        int stride) {
  if (format == K4A_IMAGE_FORMAT_COLOR_MJPG) return std::nullopt;
  const bool nv12 = format == K4A_IMAGE_FORMAT_COLOR_NV12;
  if ((nv12 || format == K4A_IMAGE_FORMAT_COLOR_YUY2) && width % 2 != 0) return std::nullopt;
  if (nv12 && height % 2 != 0) return std::nullopt;
  const int64_t least = row_bytes(format, width);
  const int64_t row = stride == 0 ? least : stride;
  if (row < least || row <= 0) return std::nullopt;
  const int64_t bytes = nv12 ? 3 * row * height / 2 : row * height;
  return ImageLayout{static_cast<int>(row), static_cast<size_t>(bytes)};
}

std::shared_ptr<HeldImage> allocate_image(k4a_image_format_t format, int width, int height,
                                          int stride, size_t bytes) {
  if (bytes == 0 || bytes > static_cast<size_t>(std::numeric_limits<int>::max()) - kInFront)
    return nullptr;
  const Allocator from = current_allocator();
  auto image = std::make_shared<HeldImage>(format, width, height, stride);
  uint8_t* const block = from.allocate(static_cast<int>(bytes + kInFront), &image->context);
  if (block == nullptr) return nullptr;
  image->block = block;
  image->free = from.free;
  image->buffer = block + kInFront;
  image->size = bytes;
  return image;
}

bool set_allocator(k4a_memory_allocate_cb_t* allocate, k4a_memory_destroy_cb_t* free) {
  if ((allocate == nullptr) != (free == nullptr)) return false;
  const std::lock_guard lock(allocator_mutex);
  allocator = {allocate, free};
  return true;
}

}  // namespace lockstep::k4a
