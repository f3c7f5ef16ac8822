// SPDX-License-Identifier: MIT
// The functions k4a_image_* and k4a_set_allocator.
#include <fmt/core.h>
#include <k4a/k4a.h>

#include "lockstep/k4a/guard.h"
#include "lockstep/k4a/image.h"
#include "lockstep/k4a/log.h"

using namespace lockstep::k4a;  // NOLINT(google-build-using-namespace)

namespace {

constexpr int kLargestBorrowedSide = 20'000;

ImageTable& images() {
  return ImageTable::instance();
}

bool is_format(k4a_image_format_t format) {
  return format >= K4A_IMAGE_FORMAT_COLOR_MJPG && format <= K4A_IMAGE_FORMAT_CUSTOM;
}

bool is_size(int width, int height, int largest) {
  return width >= 1 && width <= largest && height >= 1 && height <= largest;
}

k4a_result_t refuse_image(const char* function, const char* why, int format, int width,
                          int height) {
  return refuse(function, fmt::format("{} (format {}, {} x {})", why, format, width, height));
}

/// One number of an image; `otherwise` for a handle that is none.
template <typename Number, typename Get>
Number get(k4a_image_t handle, const char* function, Number otherwise, Get get_from) {
  return guarded(otherwise, [&] {
    const auto image = images().find(handle);
    if (image) return static_cast<Number>(get_from(*image));
    refuse(function, "The image handle is not valid");
    return otherwise;
  });
}

template <typename Set>
void set(k4a_image_t handle, const char* function, Set set_in) {
  guarded([&] {
    const auto image = images().find(handle);
    if (image) return set_in(*image);
    refuse(function, "The image handle is not valid");
  });
}

}  // namespace

k4a_result_t k4a_set_allocator(k4a_memory_allocate_cb_t allocate, k4a_memory_destroy_cb_t free) {
  return guarded(K4A_RESULT_FAILED, [&] {
    if (set_allocator(allocate, free)) return K4A_RESULT_SUCCEEDED;
    return refuse("k4a_set_allocator", "Give both functions, or neither");
  });
}

k4a_result_t k4a_image_create(k4a_image_format_t format, int width_pixels, int height_pixels,
                              int stride_bytes, k4a_image_t* image_handle) {
  static constexpr const char* kName = "k4a_image_create";
  return guarded(K4A_RESULT_FAILED, [&] {
    const auto refused = [&](const char* why) {
      return refuse_image(kName, why, format, width_pixels, height_pixels);
    };
    if (image_handle == nullptr) return refused("image_handle is NULL");
    if (!is_format(format)) return refused("There is no such format");
    if (!is_size(width_pixels, height_pixels, kLargestSide))
      return refused("A side is not 1 to 19999 pixels");
    *image_handle = nullptr;
    const auto layout = image_layout(format, width_pixels, height_pixels, stride_bytes);
    if (!layout) return refused("The format has no such size or stride");
    auto image = allocate_image(format, width_pixels, height_pixels, layout->stride, layout->bytes);
    if (!image) return refused("There is no memory for an image of this size");
    *image_handle = images().add(std::move(image));
    return K4A_RESULT_SUCCEEDED;
  });
}

k4a_result_t k4a_image_create_from_buffer(k4a_image_format_t format, int width_pixels,
                                          int height_pixels, int stride_bytes, uint8_t* buffer,
                                          size_t buffer_size,
                                          k4a_memory_destroy_cb_t* buffer_release_cb,
                                          void* buffer_release_cb_context,
                                          k4a_image_t* image_handle) {
  static constexpr const char* kName = "k4a_image_create_from_buffer";
  return guarded(K4A_RESULT_FAILED, [&] {
    const auto refused = [&](const char* why) {
      return refuse_image(kName, why, format, width_pixels, height_pixels);
    };
    if (image_handle == nullptr) return refused("image_handle is NULL");
    if (!is_format(format)) return refused("There is no such format");
    if (!is_size(width_pixels, height_pixels, kLargestBorrowedSide))
      return refused("A side is not 1 to 20000 pixels");
    if (buffer == nullptr || buffer_size == 0) return refused("There is no buffer");
    auto image = std::make_shared<HeldImage>(format, width_pixels, height_pixels, stride_bytes);
    image->buffer = buffer;
    image->size = buffer_size;
    *image_handle = images().add(image);
    // Only from here on: a buffer whose image was not made stays the caller's.
    image->block = buffer;
    image->context = buffer_release_cb_context;
    image->free = buffer_release_cb;
    return K4A_RESULT_SUCCEEDED;
  });
}

void k4a_image_reference(k4a_image_t image_handle) {
  guarded([&] {
    if (!images().reference(image_handle))
      refuse("k4a_image_reference", "The image handle is not valid");
  });
}

void k4a_image_release(k4a_image_t image_handle) {
  guarded([&] {
    if (!images().release(image_handle))
      refuse("k4a_image_release", "The image handle is not valid");
  });
}

uint8_t* k4a_image_get_buffer(k4a_image_t image_handle) {
  return get<uint8_t*>(image_handle, __func__, nullptr, [](HeldImage& i) { return i.buffer; });
}

size_t k4a_image_get_size(k4a_image_t image_handle) {
  return get<size_t>(image_handle, __func__, 0, [](HeldImage& i) { return i.size; });
}

k4a_image_format_t k4a_image_get_format(k4a_image_t image_handle) {
  return get(image_handle, __func__, K4A_IMAGE_FORMAT_CUSTOM,
             [](HeldImage& i) { return i.format; });
}

int k4a_image_get_width_pixels(k4a_image_t image_handle) {
  return get(image_handle, __func__, 0, [](HeldImage& i) { return i.width; });
}

int k4a_image_get_height_pixels(k4a_image_t image_handle) {
  return get(image_handle, __func__, 0, [](HeldImage& i) { return i.height; });
}

int k4a_image_get_stride_bytes(k4a_image_t image_handle) {
  return get(image_handle, __func__, 0, [](HeldImage& i) { return i.stride; });
}

uint64_t k4a_image_get_timestamp_usec(k4a_image_t image_handle) {
  return k4a_image_get_device_timestamp_usec(image_handle);
}

uint64_t k4a_image_get_device_timestamp_usec(k4a_image_t image_handle) {
  return get<uint64_t>(image_handle, __func__, 0,
                       [](HeldImage& i) { return i.device_time_us.load(); });
}

uint64_t k4a_image_get_system_timestamp_nsec(k4a_image_t image_handle) {
  return get<uint64_t>(image_handle, __func__, 0,
                       [](HeldImage& i) { return i.system_time_ns.load(); });
}

uint64_t k4a_image_get_exposure_usec(k4a_image_t image_handle) {
  return get<uint64_t>(image_handle, __func__, 0,
                       [](HeldImage& i) { return i.exposure_us.load(); });
}

uint32_t k4a_image_get_white_balance(k4a_image_t image_handle) {
  return get<uint32_t>(image_handle, __func__, 0,
                       [](HeldImage& i) { return i.white_balance_k.load(); });
}

uint32_t k4a_image_get_iso_speed(k4a_image_t image_handle) {
  return get<uint32_t>(image_handle, __func__, 0, [](HeldImage& i) { return i.iso_speed.load(); });
}

void k4a_image_set_device_timestamp_usec(k4a_image_t image_handle, uint64_t timestamp_usec) {
  set(image_handle, __func__, [&](HeldImage& i) { i.device_time_us = timestamp_usec; });
}

void k4a_image_set_timestamp_usec(k4a_image_t image_handle, uint64_t timestamp_usec) {
  k4a_image_set_device_timestamp_usec(image_handle, timestamp_usec);
}

void k4a_image_set_system_timestamp_nsec(k4a_image_t image_handle, uint64_t timestamp_nsec) {
  set(image_handle, __func__, [&](HeldImage& i) { i.system_time_ns = timestamp_nsec; });
}

void k4a_image_set_exposure_usec(k4a_image_t image_handle, uint64_t exposure_usec) {
  set(image_handle, __func__, [&](HeldImage& i) { i.exposure_us = exposure_usec; });
}

void k4a_image_set_exposure_time_usec(k4a_image_t image_handle, uint64_t exposure_usec) {
  k4a_image_set_exposure_usec(image_handle, exposure_usec);
}

void k4a_image_set_white_balance(k4a_image_t image_handle, uint32_t white_balance) {
  set(image_handle, __func__, [&](HeldImage& i) { i.white_balance_k = white_balance; });
}

void k4a_image_set_iso_speed(k4a_image_t image_handle, uint32_t iso_speed) {
  set(image_handle, __func__, [&](HeldImage& i) { i.iso_speed = iso_speed; });
}
