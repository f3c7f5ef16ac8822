// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/export/exported.h"

namespace lockstep {

/// Writes what Open3D has to know of a pinhole camera into the folder: intrinsic.json
/// (PinholeCameraIntrinsic) and, where its place in a rig is known, camera.json
/// (PinholeCameraParameters). Errors: those of files.
Result<void> add_open3d_camera(const std::filesystem::path& folder, const CameraModel& pinhole,
                               const RigidTransform& camera_from_rig, bool in_rig, Exported& to);

}  // namespace lockstep
