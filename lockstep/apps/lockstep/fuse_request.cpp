// SPDX-License-Identifier: MIT
#include "lockstep/apps/lockstep/fuse_request.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "lockstep/apps/common/terminal.h"
#include "lockstep/base/text.h"
#include "lockstep/export/fuse_clouds.h"
#include "lockstep/export/fuse_fill.h"
#include "lockstep/export/fuse_mesh.h"

namespace lockstep {
namespace {

const char* kind_of(const FuseRequest& request) {
  return request.cloud ? "cloud" : request.mesh ? "mesh" : "fill";
}

/// The folder, or the file, or the first of several files.
std::string target_of(const Exported& exported) {
  return exported.first.empty() ? exported.target.string() : exported.first.string();
}

}  // namespace

Result<Exported> fuse_footage(const FuseRequest& request, Footage& footage,
                              const FootageViews& views, const ExportProgress& progress) {
  const FootageChoice& choice = request.footage.choice;
  const std::string& target = request.footage.output;
  if (request.cloud) return fuse_clouds(footage, views, choice, target, progress);
  if (!request.fill.empty())
    return fuse_fill(footage, views, choice, request.fill, target, progress);
  MeshChoice mesh{.per_tick = request.per_tick};
  if (request.voxel_mm) mesh.voxel_m = *request.voxel_mm / 1000;
  return fuse_mesh(footage, views, choice, target, mesh, progress);
}

void print_fused(const FootageViews& views, const Exported& exported, std::string_view tells_why) {
  const auto line = [](const std::string& text) { print_text(wrapped(text, 2) + "\n"); };
  line(fmt::format(
      "{}: {} of {}, {}, {:.1f} MB",
      target_of(exported) + (!exported.first.empty() && exported.items > 1 ? " and so on" : ""),
      counted(exported.ticks, "tick"),
      counted(static_cast<int64_t>(views.cameras.size()), "camera"),
      counted(static_cast<int64_t>(exported.items), "file"),
      static_cast<double>(exported.bytes) * 1e-6));
  line(views.calibration ? "where the cameras are: by " + views.calibration_file.string()
                         : "in the frame of the camera: there is no calibration.json");
  const std::string left_out = left_out_text(exported.left_out, exported.ticks, tells_why);
  if (!left_out.empty()) line(left_out);
  for (const std::string& remark : exported.remarks) line(remark);
}

nlohmann::ordered_json fused_json(const FuseRequest& request, const FootageViews& views,
                                  const Exported& exported) {
  nlohmann::ordered_json cameras = nlohmann::ordered_json::array();
  for (const FusionCamera& camera : views.cameras) cameras.push_back(camera.name);
  return {{"schema", 1},
          {"kind", "lockstep-fuse"},
          {"take", request.footage.take},
          {"what", kind_of(request)},
          {"target", target_of(exported)},
          {"cameras", cameras},
          {"ticks", exported.ticks},
          {"ticks_left_out", exported.left_out},
          {"files", exported.items},
          {"bytes", exported.bytes},
          {"calibration", views.calibration_file.string()},
          {"remarks", exported.remarks}};
}

void print_fused_json(const nlohmann::ordered_json& json) {
  print_as_is(stdout, json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

}  // namespace lockstep
