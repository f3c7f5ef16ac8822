// SPDX-License-Identifier: MIT
#include "lockstep/export/open3d_camera.h"

#include <nlohmann/json.hpp>

namespace lockstep {
namespace {

using Json = nlohmann::ordered_json;

Json intrinsic_json(const CameraModel& pinhole) {
  // Column by column, as Open3D has its matrices.
  return {{"width", pinhole.width_px},
          {"height", pinhole.height_px},
          {"intrinsic_matrix",
           {pinhole.fx_px, 0.0, 0.0, 0.0, pinhole.fy_px, 0.0, pinhole.cx_px, pinhole.cy_px, 1.0}}};
}

Json parameters_json(const CameraModel& pinhole, const RigidTransform& camera_from_rig) {
  Json extrinsic = Json::array();
  for (int column = 0; column < 3; ++column) {
    for (int row = 0; row < 3; ++row) extrinsic.push_back(camera_from_rig.rotation(row, column));
    extrinsic.push_back(0.0);
  }
  for (const double number : camera_from_rig.translation) extrinsic.push_back(number);
  extrinsic.push_back(1.0);
  return {{"class_name", "PinholeCameraParameters"},
          {"version_major", 1},
          {"version_minor", 0},
          {"extrinsic", extrinsic},
          {"intrinsic", intrinsic_json(pinhole)}};
}

}  // namespace

Result<void> add_open3d_camera(const std::filesystem::path& folder, const CameraModel& pinhole,
                               const RigidTransform& camera_from_rig, bool in_rig, Exported& to) {
  auto added = add_file(folder / "intrinsic.json", intrinsic_json(pinhole).dump(1) + "\n", to);
  if (!added || !in_rig) return added;
  return add_file(folder / "camera.json", parameters_json(pinhole, camera_from_rig).dump(1) + "\n",
                  to);
}

}  // namespace lockstep
