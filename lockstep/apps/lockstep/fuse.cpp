// SPDX-License-Identifier: MIT
// `lockstep fuse`: one scene out of the views of all cameras.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "lockstep/apps/common/exit_code.h"
#include "lockstep/apps/common/interrupt.h"
#include "lockstep/apps/common/progress.h"
#include "lockstep/apps/common/terminal.h"
#include "lockstep/apps/lockstep/commands.h"
#include "lockstep/apps/lockstep/footage_options.h"
#include "lockstep/export/fuse_clouds.h"
#include "lockstep/export/fuse_fill.h"
#include "lockstep/export/fuse_mesh.h"

namespace lockstep {
namespace {

constexpr const char* kExamples =
    R"(Examples:
  lockstep fuse my-take --mesh --to room.glb              the surface that all cameras saw, in colour
  lockstep fuse my-take --cloud --to clouds/scene.ply     clouds/scene-tick-000000.ply and so on
  lockstep fuse my-take --mesh --per-tick --to meshes/person.ply --ticks 30..60
  lockstep fuse my-take --fill left --to left-filled      depth of all in the picture of left
  lockstep fuse left.mkv --cloud --to left.ply            one camera needs no calibration

Nothing is overwritten. What each file holds, frames and units: docs/fusing.md.

Exit codes: 0 written, 1 stopped by Ctrl-C, 2 the take, its calibration or an option cannot be used
(a sentence says which and what to do), 3 the disk failed.)";

struct FuseRequest {
  FootageRequest footage;
  bool cloud = false;
  bool mesh = false;
  std::string fill;  ///< a camera
  bool per_tick = false;
  double voxel_mm = 5;
};

/// Exactly one thing is asked for, with options that belong to it.
Result<void> check_request(const FuseRequest& request) {
  const int asked = int{request.cloud} + int{request.mesh} + int{!request.fill.empty()};
  if (asked != 1) {
    return Error{Errc::invalid_argument,
                 "say one thing that is wanted: --cloud, --mesh, or --fill CAMERA"};
  }
  if (request.per_tick && !request.mesh) {
    return Error{Errc::invalid_argument,
                 "--per-tick belongs to --mesh: clouds and filled pictures are of one tick each"};
  }
  return {};
}

Result<Exported> write(const FuseRequest& request, Footage& footage, const FootageViews& views) {
  const Interrupt interrupt;
  Progress progress("fusing " + footage_name(request.footage.take),
                    static_cast<uint64_t>(footage.tick_count()));
  const ExportProgress told = [&](int64_t done, int64_t /*total*/) {
    if (!request.footage.quiet) progress.update(static_cast<uint64_t>(done));
    return !interrupt.requested();
  };
  const FootageChoice& choice = request.footage.choice;
  const std::string& target = request.footage.output;
  if (request.cloud) return fuse_clouds(footage, views, choice, target, told);
  if (!request.fill.empty()) return fuse_fill(footage, views, choice, request.fill, target, told);
  return fuse_mesh(footage, views, choice, target,
                   {.voxel_m = request.voxel_mm / 1000, .per_tick = request.per_tick}, told);
}

const char* kind_of(const FuseRequest& request) {
  return request.cloud ? "cloud" : request.mesh ? "mesh" : "fill";
}

/// The folder, or the file, or the first of several files.
std::string target_of(const Exported& exported) {
  return exported.first.empty() ? exported.target.string() : exported.first.string();
}

void print_written(const FootageViews& views, const Exported& exported) {
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
  const std::string left_out = left_out_text(exported.left_out, exported.ticks);
  if (!left_out.empty()) line(left_out);
  for (const std::string& remark : exported.remarks) line(remark);
}

void print_json(const FuseRequest& request, const FootageViews& views, const Exported& exported) {
  nlohmann::ordered_json cameras = nlohmann::ordered_json::array();
  for (const FusionCamera& camera : views.cameras) cameras.push_back(camera.name);
  const nlohmann::ordered_json json{{"schema", 1},
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
  print_as_is(stdout, json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

int run_fuse(FuseRequest& request) {
  if (auto checked = check_request(request); !checked) return report_failure(checked.error());
  if (auto read = read_ticks(request.footage); !read) return report_failure(read.error());
  const auto footage = Footage::open(request.footage.take);
  if (!footage) return report_failure(footage.error());
  const auto views = choose_views(**footage, request.footage.choice, UnknownLenses::refuse);
  if (!views) return report_failure(views.error());
  const auto exported = write(request, **footage, *views);
  if (!exported) return report_failure(exported.error());
  request.footage.json ? print_json(request, *views, *exported) : print_written(*views, *exported);
  return kExitGood;
}

}  // namespace

void add_fuse_command(CLI::App& app, CommandAction& action) {
  auto request = std::make_shared<FuseRequest>();
  CLI::App* command = app.add_subcommand(
      "fuse", "Make one scene of the views of all cameras: clouds, meshes, filled depth");
  add_footage_options(*command, request->footage);
  command->add_flag("--cloud", request->cloud, "One coloured point cloud for each tick");
  command->add_flag("--mesh", request->mesh, "The surface that was seen over all ticks, in colour");
  command
      ->add_option("--fill", request->fill,
                   "The picture of this camera with the depth of all filled in, for each tick")
      ->type_name("CAMERA");
  command
      ->add_option("--to,-o,--output", request->footage.output,
                   "The new file, .ply or .glb; of several ticks, tick-000123 is put before the "
                   "ending. With --fill the new folder")
      ->required()
      ->type_name("PATH");
  command->add_flag("--per-tick", request->per_tick, "With --mesh: one mesh for each tick");
  command
      ->add_option("--voxel-mm", request->voxel_mm, "With --mesh: the size of what it is made of")
      ->type_name("MM")
      ->capture_default_str();
  command->footer(kExamples);
  command->callback([request, &action] { action = [request] { return run_fuse(*request); }; });
}

}  // namespace lockstep
