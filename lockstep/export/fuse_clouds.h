// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/export/fused_files.h"

namespace lockstep {

/// One coloured cloud for each of the chosen ticks, named with_tick(`file`); its folder is made
/// where it is not there. Where a camera has no colour the clouds have none, and a remark
/// says whose it is.
/// Errors: those of check_ending, need_rig, need_depth, the footage, CloudFusion and files;
/// already_exists before anything is written; cancelled.
Result<Exported> fuse_clouds(Footage& footage, const FootageViews& views,
                             const FootageChoice& choice, const std::filesystem::path& file,
                             const ExportProgress& progress);

}  // namespace lockstep
