// SPDX-License-Identifier: MIT
#include "lockstep/take/camera_of_take.h"

#include <fmt/core.h>

#include <filesystem>

#include "lockstep/geometry/calibration.h"
#include "lockstep/recording/reader.h"

namespace lockstep {

Result<CameraToSolve> camera_of_take(const SetReader& take, size_t camera) {
  const std::filesystem::path file = take.first_file(camera);
  const auto reader = RecordingReader::open(file);
  if (!reader) return reader.error();
  const RecordingHeader& header = (*reader)->info().header;
  const auto factory = parse_calibration(header.calibration_json);
  if (!factory)
    return Error{factory.error().code,
                 fmt::format("{}: {}", file.string(), factory.error().message)};
  const CameraConfig& config = header.camera;
  const bool has_depth = header.has_depth || header.has_ir;
  CameraToSolve found{
      take.manifest().cameras[camera].name,
      factory->color_camera(header.has_color && config.color_resolution != ColorResolution::off
                                ? config.color_resolution
                                : ColorResolution::p1080),
      factory->depth_camera(has_depth && config.depth_mode != DepthMode::off
                                ? config.depth_mode
                                : DepthMode::nfov_unbinned),
      factory->color_from_depth()};
  if (!is_computable(found.color) || !is_computable(found.depth)) {
    return Error{Errc::unusable_input,
                 fmt::format("{}: nothing can be computed with the lens models of its factory "
                             "calibration",
                             file.string())};
  }
  return found;
}

}  // namespace lockstep
