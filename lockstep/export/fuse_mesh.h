// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/export/fused_files.h"

namespace lockstep {

struct MeshChoice {
  double voxel_m = 0.005;
  bool per_tick = false;  ///< a mesh for each tick, named with_tick(), rather than one of all
};

/// The surface that all chosen cameras saw, in colour where all have it: one mesh over the chosen
/// ticks in `file`, or one for each; the folder is made where it is not there.
/// Errors: those of check_ending, need_rig, need_depth, the footage, Tsdf and files; already_exists
/// before anything is written; unusable_input where no camera read any depth; cancelled.
Result<Exported> fuse_mesh(Footage& footage, const FootageViews& views, const FootageChoice& choice,
                           const std::filesystem::path& file, const MeshChoice& mesh,
                           const ExportProgress& progress);

}  // namespace lockstep
