// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/export/exported.h"

namespace lockstep {

/// Writes the colour cameras of the rig as a COLMAP model of known poses: images/CAMERA/ holds the
/// pictures as they were recorded, named by the tick, and sparse/ the text model: cameras.txt
/// (FULL_OPENCV, whose pixels count from the corner of the first), images.txt (the rig is the
/// world), rigs.txt and frames.txt (one rig, a frame for each tick; COLMAP 3.12 and later read
/// them), and points3D.txt: empty, or with `points` the coloured cloud of the first tick, thinned
/// to 100 000 points without tracks. `folder` is new.
/// Errors: those of check_folder_name, of need_rig, of need_depth with points, of the footage, of
/// CloudFusion and of files; unusable_input for a camera without colour; unsupported for
/// a lens that FULL_OPENCV is not; cancelled.
Result<Exported> export_colmap(Footage& footage, const FootageViews& views,
                               const FootageChoice& choice, bool points,
                               const std::filesystem::path& folder, const ExportProgress& progress);

}  // namespace lockstep
