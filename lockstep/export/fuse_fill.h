// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/export/exported.h"

namespace lockstep {

/// The colour view of one camera with the depth of all filled in, for each of the chosen ticks, in
/// the layout of export_rgbd: color/, depth/ (16-bit PNG, millimetres, 0: nobody saw it), and of
/// the same size source/ (8-bit PNG, the number of the camera whose reading it is, 255: none) and
/// confidence/ (8-bit PNG, 1..255, 0 for a hole); intrinsic.json and camera.json; cameras.json
/// names the numbers. Both pictures are a pinhole camera's. `folder` is new. Errors:
/// invalid_argument for a target that is no chosen camera or has no colour; those of
/// check_folder_name, need_rig, need_depth, the footage, DepthFill and files; cancelled.
Result<Exported> fuse_fill(Footage& footage, const FootageViews& views, const FootageChoice& choice,
                           const std::string& target, const std::filesystem::path& folder,
                           const ExportProgress& progress);

}  // namespace lockstep
