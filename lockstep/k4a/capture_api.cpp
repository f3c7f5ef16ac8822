// SPDX-License-Identifier: MIT
// The functions k4a_capture_*.
#include <k4a/k4a.h>

#include <cmath>
#include <limits>

#include "lockstep/k4a/capture.h"
#include "lockstep/k4a/guard.h"

using namespace lockstep::k4a;  // NOLINT(google-build-using-namespace)

namespace {

CaptureTable& captures() {
  return CaptureTable::instance();
}

std::shared_ptr<HeldCapture> find(k4a_capture_t handle, const char* function) {
  auto capture = captures().find(handle);
  if (!capture) refuse(function, "The capture handle is not valid");
  return capture;
}

k4a_image_t get(k4a_capture_t handle, HeldCapture::Slot slot, const char* function) {
  return guarded(k4a_image_t{}, [&] {
    const auto capture = find(handle, function);
    return capture ? capture->image(slot) : nullptr;
  });
}

void set(k4a_capture_t handle, HeldCapture::Slot slot, k4a_image_t image, const char* function) {
  guarded([&] {
    const auto capture = find(handle, function);
    if (!capture) return;
    if (!capture->set_image(slot, image)) refuse(function, "The image handle is not valid");
  });
}

}  // namespace

k4a_result_t k4a_capture_create(k4a_capture_t* capture_handle) {
  return guarded(K4A_RESULT_FAILED, [&] {
    if (capture_handle == nullptr) return refuse("k4a_capture_create", "capture_handle is NULL");
    *capture_handle = captures().add(std::make_shared<HeldCapture>());
    return K4A_RESULT_SUCCEEDED;
  });
}

void k4a_capture_reference(k4a_capture_t capture_handle) {
  guarded([&] {
    if (!captures().reference(capture_handle))
      refuse("k4a_capture_reference", "The capture handle is not valid");
  });
}

void k4a_capture_release(k4a_capture_t capture_handle) {
  guarded([&] {
    if (!captures().release(capture_handle))
      refuse("k4a_capture_release", "The capture handle is not valid");
  });
}

k4a_image_t k4a_capture_get_color_image(k4a_capture_t capture_handle) {
  return get(capture_handle, HeldCapture::color, __func__);
}

k4a_image_t k4a_capture_get_depth_image(k4a_capture_t capture_handle) {
  return get(capture_handle, HeldCapture::depth, __func__);
}

k4a_image_t k4a_capture_get_ir_image(k4a_capture_t capture_handle) {
  return get(capture_handle, HeldCapture::ir, __func__);
}

void k4a_capture_set_color_image(k4a_capture_t capture_handle, k4a_image_t image_handle) {
  set(capture_handle, HeldCapture::color, image_handle, __func__);
}

void k4a_capture_set_depth_image(k4a_capture_t capture_handle, k4a_image_t image_handle) {
  set(capture_handle, HeldCapture::depth, image_handle, __func__);
}

void k4a_capture_set_ir_image(k4a_capture_t capture_handle, k4a_image_t image_handle) {
  set(capture_handle, HeldCapture::ir, image_handle, __func__);
}

void k4a_capture_set_temperature_c(k4a_capture_t capture_handle, float temperature_c) {
  guarded([&] {
    const auto capture = find(capture_handle, "k4a_capture_set_temperature_c");
    if (!capture) return;
    if (std::isnan(temperature_c)) {
      refuse("k4a_capture_set_temperature_c", "The temperature is not a number");
      return;
    }
    capture->temperature_c = temperature_c;
  });
}

float k4a_capture_get_temperature_c(k4a_capture_t capture_handle) {
  constexpr float kUnknown = std::numeric_limits<float>::quiet_NaN();
  return guarded(kUnknown, [&] {
    const auto capture = find(capture_handle, "k4a_capture_get_temperature_c");
    return capture ? capture->temperature_c.load() : kUnknown;
  });
}
