// SPDX-License-Identifier: MIT
// The functions k4a_calibration_*.
#include <fmt/core.h>
#include <k4a/k4a.h>

#include <cstring>
#include <span>
#include <string>

#include "lockstep/k4a/calibration.h"
#include "lockstep/k4a/guard.h"
#include "lockstep/k4a/image.h"
#include "lockstep/transform/color_to_depth_search.h"

using namespace lockstep;       // NOLINT(google-build-using-namespace)
using namespace lockstep::k4a;  // NOLINT(google-build-using-namespace)

namespace {

/// Whether points can be in the frame of this camera in these modes.
bool is_usable(const k4a_calibration_t& calibration, k4a_calibration_type_t camera) {
  if (camera < K4A_CALIBRATION_TYPE_DEPTH || camera >= K4A_CALIBRATION_TYPE_NUM) return false;
  if (camera == K4A_CALIBRATION_TYPE_DEPTH) return calibration.depth_mode != K4A_DEPTH_MODE_OFF;
  if (camera == K4A_CALIBRATION_TYPE_COLOR)
    return calibration.color_resolution != K4A_COLOR_RESOLUTION_OFF;
  return true;
}

/// The lens of a camera that makes images and is on.
std::optional<CameraModel> lens_of(const k4a_calibration_t& calibration,
                                   k4a_calibration_type_t camera) {
  if (camera != K4A_CALIBRATION_TYPE_DEPTH && camera != K4A_CALIBRATION_TYPE_COLOR)
    return std::nullopt;
  if (!is_usable(calibration, camera)) return std::nullopt;
  return model_of(camera == K4A_CALIBRATION_TYPE_DEPTH ? calibration.depth_camera_calibration
                                                       : calibration.color_camera_calibration);
}

k4a_result_t carry(const k4a_calibration_t& calibration, const k4a_float3_t& from,
                   k4a_calibration_type_t source, k4a_calibration_type_t target, k4a_float3_t& to) {
  if (!is_usable(calibration, source) || !is_usable(calibration, target))
    return refuse("k4a_calibration_3d_to_3d", "A camera is off, or there is no such one");
  const k4a_float3_t p = from;  // they may be one
  if (source == target) {
    to = p;
    return K4A_RESULT_SUCCEEDED;
  }
  const k4a_calibration_extrinsics_t& e = calibration.extrinsics[source][target];
  for (int row = 0; row < 3; ++row) {
    to.v[row] = e.rotation[3 * row] * p.v[0] + e.rotation[3 * row + 1] * p.v[1] +
                e.rotation[3 * row + 2] * p.v[2] + e.translation[row];
  }
  return K4A_RESULT_SUCCEEDED;
}

k4a_result_t unproject_into(const k4a_calibration_t& calibration, const k4a_float2_t& pixel,
                            float depth_mm, k4a_calibration_type_t source,
                            k4a_calibration_type_t target, k4a_float3_t& point, int& valid) {
  const auto lens = lens_of(calibration, source);
  if (!lens) return refuse("k4a_calibration_2d_to_3d", "The source camera has no pixels");
  point = {};
  valid = 0;
  if (depth_mm != 0) {
    if (const auto ray = unproject_ray(*lens, {pixel.xy.x, pixel.xy.y})) {
      point.xyz.x = static_cast<float>(ray->x() * static_cast<double>(depth_mm));
      point.xyz.y = static_cast<float>(ray->y() * static_cast<double>(depth_mm));
      valid = 1;
    }
    point.xyz.z = depth_mm;
  }
  return source == target ? K4A_RESULT_SUCCEEDED : carry(calibration, point, source, target, point);
}

k4a_result_t project_from(const k4a_calibration_t& calibration, const k4a_float3_t& point,
                          k4a_calibration_type_t source, k4a_calibration_type_t target,
                          k4a_float2_t& pixel, int& valid) {
  const auto lens = lens_of(calibration, target);
  if (!lens) return refuse("k4a_calibration_3d_to_2d", "The target camera has no pixels");
  k4a_float3_t there = point;
  if (source != target && carry(calibration, point, source, target, there) == K4A_RESULT_FAILED)
    return K4A_RESULT_FAILED;
  valid = 0;
  if (there.xyz.z <= 0) {
    pixel = {};
    return K4A_RESULT_SUCCEEDED;
  }
  if (const auto seen = project(*lens, {there.xyz.x, there.xyz.y, there.xyz.z})) {
    pixel.xy.x = static_cast<float>(seen->x());
    pixel.xy.y = static_cast<float>(seen->y());
    valid = 1;
  }
  return K4A_RESULT_SUCCEEDED;
}

k4a_result_t search(const k4a_calibration_t& calibration, const k4a_float2_t& color_pixel,
                    const HeldImage& depth, k4a_float2_t& pixel, int& valid) {
  static constexpr const char* kName = "k4a_calibration_color_2d_to_depth_2d";
  const auto geometry = geometry_of(calibration);
  if (!geometry || !geometry->depth || !geometry->color) return refuse(kName, "A camera is off");
  const auto count = static_cast<size_t>(geometry->depth->width_px) *
                     static_cast<size_t>(geometry->depth->height_px);
  if (depth.format != K4A_IMAGE_FORMAT_DEPTH16 || depth.width != geometry->depth->width_px ||
      depth.height != geometry->depth->height_px || depth.size < count * 2)
    return refuse(kName, "The depth image is not one of this calibration");
  const std::span<const uint16_t> samples(reinterpret_cast<const uint16_t*>(depth.buffer), count);
  const bool wide = calibration.depth_mode != K4A_DEPTH_MODE_NFOV_2X2BINNED &&
                    calibration.depth_mode != K4A_DEPTH_MODE_NFOV_UNBINNED;
  const auto found = find_in_depth_image(*geometry, wide ? kWideView : kNarrowView, samples,
                                         {color_pixel.xy.x, color_pixel.xy.y});
  if (!found) return refuse(kName, found.error().message);
  valid = found->has_value();
  if (*found) {
    pixel.xy.x = static_cast<float>((*found)->x());
    pixel.xy.y = static_cast<float>((*found)->y());
  }
  return K4A_RESULT_SUCCEEDED;
}

template <typename... Pointers>
bool any_null(const Pointers*... pointers) {
  return ((pointers == nullptr) || ...);
}

}  // namespace

k4a_result_t k4a_calibration_get_from_raw(char* raw_calibration, size_t raw_calibration_size,
                                          const k4a_depth_mode_t depth_mode,
                                          const k4a_color_resolution_t color_resolution,
                                          k4a_calibration_t* calibration) {
  static constexpr const char* kName = "k4a_calibration_get_from_raw";
  return guarded(K4A_RESULT_FAILED, [&] {
    if (any_null(raw_calibration, calibration)) return refuse(kName, "An argument is NULL");
    const void* const end = std::memchr(raw_calibration, 0, raw_calibration_size);
    if (end == nullptr) return refuse(kName, "The text does not end with a NUL");
    const auto length = static_cast<size_t>(static_cast<const char*>(end) - raw_calibration);
    const auto made = assemble_calibration({raw_calibration, length}, depth_mode, color_resolution);
    if (!made) return refuse(kName, made.error().message);
    *calibration = *made;
    return K4A_RESULT_SUCCEEDED;
  });
}

k4a_result_t k4a_calibration_3d_to_3d(const k4a_calibration_t* calibration,
                                      const k4a_float3_t* source_point3d_mm,
                                      const k4a_calibration_type_t source_camera,
                                      const k4a_calibration_type_t target_camera,
                                      k4a_float3_t* target_point3d_mm) {
  return guarded(K4A_RESULT_FAILED, [&] {
    if (any_null(calibration, source_point3d_mm, target_point3d_mm))
      return refuse("k4a_calibration_3d_to_3d", "An argument is NULL");
    return carry(*calibration, *source_point3d_mm, source_camera, target_camera,
                 *target_point3d_mm);
  });
}

k4a_result_t k4a_calibration_2d_to_3d(const k4a_calibration_t* calibration,
                                      const k4a_float2_t* source_point2d,
                                      const float source_depth_mm,
                                      const k4a_calibration_type_t source_camera,
                                      const k4a_calibration_type_t target_camera,
                                      k4a_float3_t* target_point3d_mm, int* valid) {
  return guarded(K4A_RESULT_FAILED, [&] {
    if (any_null(calibration, source_point2d, target_point3d_mm, valid))
      return refuse("k4a_calibration_2d_to_3d", "An argument is NULL");
    return unproject_into(*calibration, *source_point2d, source_depth_mm, source_camera,
                          target_camera, *target_point3d_mm, *valid);
  });
}

k4a_result_t k4a_calibration_3d_to_2d(const k4a_calibration_t* calibration,
                                      const k4a_float3_t* source_point3d_mm,
                                      const k4a_calibration_type_t source_camera,
                                      const k4a_calibration_type_t target_camera,
                                      k4a_float2_t* target_point2d, int* valid) {
  return guarded(K4A_RESULT_FAILED, [&] {
    if (any_null(calibration, source_point3d_mm, target_point2d, valid))
      return refuse("k4a_calibration_3d_to_2d", "An argument is NULL");
    return project_from(*calibration, *source_point3d_mm, source_camera, target_camera,
                        *target_point2d, *valid);
  });
}

k4a_result_t k4a_calibration_2d_to_2d(const k4a_calibration_t* calibration,
                                      const k4a_float2_t* source_point2d,
                                      const float source_depth_mm,
                                      const k4a_calibration_type_t source_camera,
                                      const k4a_calibration_type_t target_camera,
                                      k4a_float2_t* target_point2d, int* valid) {
  return guarded(K4A_RESULT_FAILED, [&] {
    if (any_null(calibration, source_point2d, target_point2d, valid))
      return refuse("k4a_calibration_2d_to_2d", "An argument is NULL");
    if (source_camera == target_camera) {
      *target_point2d = *source_point2d;
      *valid = 1;
      return K4A_RESULT_SUCCEEDED;
    }
    k4a_float3_t point{};
    int reached = 0;
    if (unproject_into(*calibration, *source_point2d, source_depth_mm, source_camera, target_camera,
                       point, reached) == K4A_RESULT_FAILED)
      return K4A_RESULT_FAILED;
    const k4a_result_t result =
        project_from(*calibration, point, target_camera, target_camera, *target_point2d, *valid);
    *valid = *valid != 0 && reached != 0;
    return result;
  });
}

k4a_result_t k4a_calibration_color_2d_to_depth_2d(const k4a_calibration_t* calibration,
                                                  const k4a_float2_t* source_point2d,
                                                  const k4a_image_t depth_image,
                                                  k4a_float2_t* target_point2d, int* valid) {
  static constexpr const char* kName = "k4a_calibration_color_2d_to_depth_2d";
  return guarded(K4A_RESULT_FAILED, [&] {
    if (any_null(calibration, source_point2d, target_point2d, valid))
      return refuse(kName, "An argument is NULL");
    const auto image = ImageTable::instance().find(depth_image);
    if (!image) return refuse(kName, "The depth image is not valid");
    return search(*calibration, *source_point2d, *image, *target_point2d, *valid);
  });
}
