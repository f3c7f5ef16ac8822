// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/export/exported.h"

namespace lockstep {

/// Writes each chosen camera into a folder of its own as Open3D's RGB-D datasets are laid out:
/// color/ (PNG), depth/ (16-bit PNG, millimetres, 0: no reading), both named by the tick, and
/// intrinsic.json (PinholeCameraIntrinsic). Both are what a pinhole camera in the place of the
/// colour camera sees: colour undistorted, depth carried there, with the correction of the rig's
/// calibration. A camera without colour has depth/ in the view of its depth camera alone, one
/// without depth color/ alone. With a calibration of the rig camera.json (PinholeCameraParameters)
/// says where that camera is. `folder` is new.
/// Errors: those of check_folder_name, of the footage and of files, cancelled.
Result<Exported> export_rgbd(Footage& footage, const FootageViews& views,
                             const FootageChoice& choice, const std::filesystem::path& folder,
                             const ExportProgress& progress);

}  // namespace lockstep
