// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "lockstep/apps/lockstep/footage_options.h"
#include "lockstep/export/exported.h"

namespace lockstep {

/// What `lockstep fuse` is asked for.
struct FuseRequest {
  FootageRequest footage;
  bool cloud = false;
  bool mesh = false;
  std::string fill;  ///< a camera
  bool per_tick = false;
  std::optional<double> voxel_mm{};  ///< of a mesh; nothing: as MeshChoice has it
  std::optional<double> length_s{};  ///< of a rig
};

/// Fuses what is asked for. Errors: those of fuse_clouds, fuse_fill and fuse_mesh.
Result<Exported> fuse_footage(const FuseRequest& request, Footage& footage,
                              const FootageViews& views, const ExportProgress& progress);

/// What was written and by which calibration, for a person; `tells_why`: Footage::tells_why().
void print_fused(const FootageViews& views, const Exported& exported, std::string_view tells_why);
/// The same as docs/schemas/fuse.schema.json has it.
[[nodiscard]] nlohmann::ordered_json fused_json(const FuseRequest& request,
                                                const FootageViews& views,
                                                const Exported& exported);
void print_fused_json(const nlohmann::ordered_json& json);

}  // namespace lockstep
