// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/export/exported.h"
#include "lockstep/fuse/point_cloud.h"
#include "lockstep/fuse/triangle_mesh.h"

// Clouds and meshes of a footage as files, whose format their ending says: .ply or .glb.

namespace lockstep {

/// The file with the tick in its name: "out/cloud.ply" is "out/cloud-tick-000123.ply".
[[nodiscard]] std::filesystem::path with_tick(const std::filesystem::path& file, Tick tick);

/// Whether none of the walk's ticks has such a file. Errors: already_exists, which names it.
Result<void> check_no_ticks(const std::filesystem::path& file, const TickWalk& walk);

/// Whether every chosen camera recorded colour; else clouds and meshes have none.
[[nodiscard]] bool have_color(const FootageViews& views);
/// Says which cameras recorded no colour, where others did.
void remark_on_colors(const FootageViews& views, Exported& to);

/// Errors: invalid_argument for a file that is neither .ply nor .glb.
Result<void> check_ending(const std::filesystem::path& file);

/// Writes the file and counts it. What a PLY file says of itself: the frame, units, cameras by
/// number, and the tick where there is one. Errors: those of write_ply and write_glb.
Result<void> add_fused(const std::filesystem::path& file, const PointCloud& cloud,
                       const Footage& footage, const FootageViews& views, Tick tick, Exported& to);
Result<void> add_fused(const std::filesystem::path& file, const TriangleMesh& mesh,
                       const Footage& footage, const FootageViews& views, std::optional<Tick> tick,
                       Exported& to);

}  // namespace lockstep
