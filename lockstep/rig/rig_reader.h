// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/rig/rig.h"
#include "lockstep/rig/table_reader.h"

// The parts of reading a rig file, one per table; rig_file.cpp puts them together.

namespace lockstep {

/// The 'frame_rate' of a table; nothing where it is absent, or a problem.
std::optional<FrameRate> read_frame_rate(TableReader& table);
/// Settings that [all_cameras] and each camera share. Keys that are absent leave `camera` as it is.
void read_camera_settings(TableReader& table, RigCamera& camera);
/// One camera, starting from the defaults that [all_cameras] gave.
RigCamera read_camera(const TomlValue& value, const RigCamera& defaults, Problems& problems);
RigCable read_cable(const TomlValue& value, Problems& problems);
RigBox read_box(const TomlValue& value, Problems& problems);
RigLasers read_lasers(const TomlValue& value, Problems& problems);
RigTake read_take(const TomlValue& value, Problems& problems);
RigWorld read_world(const TomlValue& value, Problems& problems);

/// What can only be judged on the whole rig: names and serials given twice, names of nobody, ports
/// that do not exist, real and virtual cameras mixed. May add the world that virtual serials imply.
void check_names(Rig& rig, Problems& problems);

}  // namespace lockstep
