// SPDX-License-Identifier: MIT
#include "lockstep/k4a/publish.h"

#include <cstring>
#include <optional>

#include "lockstep/k4a/capture.h"
#include "lockstep/k4a/image.h"
#include "lockstep/k4a/modes.h"

namespace lockstep::k4a {
namespace {

std::shared_ptr<HeldImage> copy_of(const Image& image) {
  const auto bytes = image.bytes.get();
  auto copy = allocate_image(to_c(image.format), image.width_px, image.height_px,
                             image.stride_bytes, bytes.size());
  if (!copy) return nullptr;
  std::memcpy(copy->buffer, bytes.data(), bytes.size());
  copy->device_time_us = static_cast<uint64_t>(image.stamp.us());
  if (image.arrival)
    copy->system_time_ns = static_cast<uint64_t>(image.arrival->time_since_epoch().count());
  if (image.exposure) copy->exposure_us = static_cast<uint64_t>(image.exposure->count());
  if (image.white_balance_k) copy->white_balance_k = static_cast<uint32_t>(*image.white_balance_k);
  return copy;
}

/// False: there was no memory for it.
bool put(HeldCapture& capture, HeldCapture::Slot slot, const std::optional<Image>& image) {
  if (!image) return true;
  auto copy = copy_of(*image);
  if (!copy) return false;
  const k4a_image_t handle = ImageTable::instance().add(std::move(copy));
  capture.set_image(slot, handle);  // which then holds the only reference
  ImageTable::instance().release(handle);
  return true;
}

}  // namespace

k4a_capture_t publish(const Capture& capture, Family family) {
  auto out = std::make_shared<HeldCapture>();
  const bool whole = put(*out, HeldCapture::color, capture.color) &&
                     put(*out, HeldCapture::depth, capture.depth) &&
                     put(*out, HeldCapture::ir, capture.ir);
  if (!whole) return nullptr;
  if (capture.temperature_c) out->temperature_c = static_cast<float>(*capture.temperature_c);
  if (family != Family::azure_kinect) out->temperature_c = 0;  // its maker's library knows none
  return CaptureTable::instance().add(std::move(out));
}

}  // namespace lockstep::k4a
