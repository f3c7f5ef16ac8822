// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/export/exported.h"

namespace lockstep {

/// Writes what the chosen cameras recorded into one MCAP file of ROS 2 messages, in the order of
/// rig time, which is the time of every message (docs/fusing.md has the topics): pictures as they
/// were recorded, depth and infrared as 16-bit images, camera infos, inertial samples, and
/// transforms once. `points` adds a coloured cloud for each depth image. Without a choice of ticks
/// all that was recorded from rig time zero on is written, else every capture of those ticks, in
/// step or not. A rig's calibration is used where it is there. The file's folder is made where it
/// is not there. Errors: those of check_mcap_name(), check_pixels(), the footage and of files;
/// invalid_argument for points of a camera whose lenses are not known; cancelled. After any of them
/// there is no file.
Result<Exported> export_mcap(Footage& footage, const FootageViews& views,
                             const FootageChoice& choice, bool points,
                             const std::filesystem::path& file, const ExportProgress& progress);

}  // namespace lockstep
