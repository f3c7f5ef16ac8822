// SPDX-License-Identifier: MIT
#include "lockstep/k4a/calibration.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "lockstep/geometry/calibration.h"
#include "lockstep/k4a/image.h"
#include "lockstep/k4a/modes.h"

namespace lockstep::k4a {
namespace {

k4a_calibration_model_type_t type_of(LensModel lens) {
  switch (lens) {
    case LensModel::theta:
      return K4A_CALIBRATION_LENS_DISTORTION_MODEL_THETA;
    case LensModel::polynomial_3k:
      return K4A_CALIBRATION_LENS_DISTORTION_MODEL_POLYNOMIAL_3K;
    case LensModel::rational_6kt:
      return K4A_CALIBRATION_LENS_DISTORTION_MODEL_RATIONAL_6KT;
    case LensModel::brown_conrady:
      break;
  }
  return K4A_CALIBRATION_LENS_DISTORTION_MODEL_BROWN_CONRADY;
}

k4a_calibration_extrinsics_t extrinsics_of(const RigidTransform& transform) {
  k4a_calibration_extrinsics_t extrinsics{};
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column)
      extrinsics.rotation[3 * row + column] = static_cast<float>(transform.rotation(row, column));
    extrinsics.translation[row] = static_cast<float>(transform.translation(row) * 1000);
  }
  return extrinsics;
}

k4a_calibration_camera_t camera_block(const CameraModel& model, const RigidTransform& from_depth) {
  k4a_calibration_camera_t camera{};
  camera.extrinsics = extrinsics_of(from_depth);
  camera.intrinsics.type = type_of(model.lens);
  camera.intrinsics.parameter_count = static_cast<unsigned>(model.parameter_count);
  auto& p = camera.intrinsics.parameters.param;
  p.cx = static_cast<float>(model.cx_px);
  p.cy = static_cast<float>(model.cy_px);
  p.fx = static_cast<float>(model.fx_px);
  p.fy = static_cast<float>(model.fy_px);
  float* const k[] = {&p.k1, &p.k2, &p.k3, &p.k4, &p.k5, &p.k6};
  for (size_t i = 0; i < model.k.size(); ++i) *k[i] = static_cast<float>(model.k[i]);
  p.codx = static_cast<float>(model.center_of_distortion.x());
  p.cody = static_cast<float>(model.center_of_distortion.y());
  p.p1 = static_cast<float>(model.p1);
  p.p2 = static_cast<float>(model.p2);
  p.metric_radius = static_cast<float>(model.intrinsic_radius);
  camera.resolution_width = model.width_px;
  camera.resolution_height = model.height_px;
  camera.metric_radius = static_cast<float>(model.metric_radius);
  return camera;
}

bool in_range(k4a_depth_mode_t mode) {
  return mode >= K4A_DEPTH_MODE_OFF && mode <= K4A_DEPTH_MODE_PASSIVE_IR;
}

bool in_range(k4a_color_resolution_t resolution) {
  return resolution >= K4A_COLOR_RESOLUTION_OFF && resolution <= K4A_COLOR_RESOLUTION_3072P;
}

}  // namespace

Result<k4a_calibration_t> assemble_calibration(std::string_view json, k4a_depth_mode_t depth_mode,
                                               k4a_color_resolution_t color_resolution) {
  const bool depth_on = depth_mode != K4A_DEPTH_MODE_OFF;
  const bool color_on = color_resolution != K4A_COLOR_RESOLUTION_OFF;
  if (!in_range(depth_mode) || !in_range(color_resolution) || (!depth_on && !color_on)) {
    return Error{Errc::invalid_argument,
                 fmt::format("there is no calibration for depth mode {} with colour resolution {}",
                             static_cast<int>(depth_mode), static_cast<int>(color_resolution))};
  }
  const auto factory = parse_calibration(json);
  if (!factory) return factory.error();
  k4a_calibration_t calibration{};
  calibration.depth_mode = depth_mode;
  calibration.color_resolution = color_resolution;
  const std::array<RigidTransform, K4A_CALIBRATION_TYPE_NUM> from_depth{
      factory->depth.camera_from_depth, factory->color.camera_from_depth,
      factory->gyro.sensor_from_depth, factory->accelerometer.sensor_from_depth};
  if (depth_on) {
    calibration.depth_camera_calibration =
        camera_block(factory->depth_camera(from_c(depth_mode)), from_depth[0]);
  }
  if (color_on) {
    calibration.color_camera_calibration =
        camera_block(factory->color_camera(from_c(color_resolution)), from_depth[1]);
  }
  for (size_t source = 0; source < from_depth.size(); ++source) {
    for (size_t target = 0; target < from_depth.size(); ++target) {
      calibration.extrinsics[source][target] =
          extrinsics_of(from_depth[target] * from_depth[source].inverse());
    }
  }
  return calibration;
}

std::optional<CameraModel> model_of(const k4a_calibration_camera_t& camera) {
  const auto type = camera.intrinsics.type;
  const bool known = type == K4A_CALIBRATION_LENS_DISTORTION_MODEL_BROWN_CONRADY ||
                     type == K4A_CALIBRATION_LENS_DISTORTION_MODEL_RATIONAL_6KT;
  if (!known) return std::nullopt;
  // No camera is larger, and no image of the API.
  const auto is_size = [](int pixels) { return pixels >= 1 && pixels <= kLargestSide; };
  if (!is_size(camera.resolution_width) || !is_size(camera.resolution_height)) return std::nullopt;
  const auto& p = camera.intrinsics.parameters.param;
  CameraModel model;
  model.width_px = camera.resolution_width;
  model.height_px = camera.resolution_height;
  model.fx_px = p.fx;
  model.fy_px = p.fy;
  model.cx_px = p.cx;
  model.cy_px = p.cy;
  model.k = {p.k1, p.k2, p.k3, p.k4, p.k5, p.k6};
  model.p1 = p.p1;
  model.p2 = p.p2;
  model.center_of_distortion = {p.codx, p.cody};
  model.metric_radius = camera.metric_radius;
  model.lens = type == K4A_CALIBRATION_LENS_DISTORTION_MODEL_BROWN_CONRADY
                   ? LensModel::brown_conrady
                   : LensModel::rational_6kt;
  model.parameter_count = static_cast<int>(std::min(camera.intrinsics.parameter_count, 15U));
  return is_computable(model) ? std::optional(model) : std::nullopt;
}

std::optional<DeviceGeometry> geometry_of(const k4a_calibration_t& calibration) {
  DeviceGeometry geometry;
  if (calibration.depth_mode != K4A_DEPTH_MODE_OFF) {
    geometry.depth = model_of(calibration.depth_camera_calibration);
    if (!geometry.depth) return std::nullopt;
  }
  if (calibration.color_resolution != K4A_COLOR_RESOLUTION_OFF) {
    geometry.color = model_of(calibration.color_camera_calibration);
    if (!geometry.color) return std::nullopt;
  }
  if (!geometry.depth && !geometry.color) return std::nullopt;
  const auto& e = calibration.extrinsics[K4A_CALIBRATION_TYPE_DEPTH][K4A_CALIBRATION_TYPE_COLOR];
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column)
      geometry.color_from_depth.rotation(row, column) =
          static_cast<double>(e.rotation[3 * row + column]);
    geometry.color_from_depth.translation(row) = static_cast<double>(e.translation[row]) / 1000;
  }
  return geometry;
}

}  // namespace lockstep::k4a
