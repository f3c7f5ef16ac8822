// SPDX-License-Identifier: MIT
// `lockstep fuse`: one scene out of the views of all cameras.
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "lockstep/apps/common/exit_code.h"
#include "lockstep/apps/common/watched_job.h"
#include "lockstep/apps/lockstep/commands.h"
#include "lockstep/apps/lockstep/fuse_live.h"
#include "lockstep/apps/lockstep/fuse_request.h"
#include "lockstep/apps/lockstep/record_take.h"
#include "lockstep/apps/lockstep/rig_session.h"

namespace lockstep {
namespace {

constexpr const char* kExamples =
    R"(Examples:
  lockstep fuse my-take --mesh --to room.glb              the surface that all cameras saw, in colour
  lockstep fuse my-take --cloud --to clouds/scene.ply     clouds/scene-tick-000000.ply and so on
  lockstep fuse my-take --mesh --per-tick --to meshes/person.ply --ticks 30..60
  lockstep fuse my-take --fill left --to left-filled      depth of all in the picture of left
  lockstep fuse left.mkv --cloud --to left.ply            one camera needs no calibration
  lockstep fuse rig.toml --calibration my-take/calibration.json --cloud --to live/scene.ply -l 10
                                                          live: what its cameras see now

Nothing is overwritten. What each file holds, frames and units: docs/fusing.md.

Exit codes: 0 written, 1 stopped by Ctrl-C, 2 the take, its calibration or an option cannot be used
(a sentence says which and what to do), 3 the disk failed. Of a rig: 0 also where Ctrl-C ended it,
1 it was not in step, or ended before anything came, 3 a camera, the disk or this host failed.)";

/// Exactly one thing is asked for, with options that belong to it.
Result<void> check_request(const FuseRequest& request) {
  const int asked = int{request.cloud} + int{request.mesh} + int{!request.fill.empty()};
  if (asked != 1) {
    return Error{Errc::invalid_argument,
                 "say one thing that is wanted: --cloud, --mesh, or --fill CAMERA"};
  }
  if (request.voxel_mm && !request.mesh) {
    return Error{Errc::invalid_argument,
                 "--voxel-mm belongs to --mesh: clouds and filled pictures have no voxels"};
  }
  if (request.per_tick && !request.mesh) {
    return Error{Errc::invalid_argument,
                 "--per-tick belongs to --mesh: clouds and filled pictures are of one tick each"};
  }
  return {};
}

Result<Exported> write(const FuseRequest& request, Footage& footage, const FootageViews& views) {
  WatchedJob job("fusing " + footage_name(request.footage.take), request.footage.quiet);
  return fuse_footage(request, footage, views, job.progress());
}

int run_fuse(FuseRequest& request) {
  if (auto checked = check_request(request); !checked) return report_failure(checked.error());
  if (names_rig(request.footage.take)) return fuse_rig(request);
  if (request.length_s) {
    return report_failure(
        {Errc::invalid_argument, "--length is for a rig that is to be fused live, and " +
                                     request.footage.take + " is none: --ticks chooses of a take"});
  }
  if (auto read = read_ticks(request.footage); !read) return report_failure(read.error());
  const auto footage = open_footage(request.footage);
  if (!footage) return report_failure(footage.error());
  const auto views = choose_views(**footage, request.footage.choice, UnknownLenses::refuse);
  if (!views) return report_failure(views.error());
  const auto exported = write(request, **footage, *views);
  if (!exported) return report_failure(exported.error());
  if (request.footage.json) {
    print_fused_json(fused_json(request, *views, *exported));
  } else {
    print_fused(*views, *exported, (*footage)->tells_why());
  }
  return kExitGood;
}

}  // namespace

void add_fuse_command(CLI::App& app, CommandAction& action) {
  auto request = std::make_shared<FuseRequest>();
  CLI::App* command = app.add_subcommand(
      "fuse", "Make one scene of the views of all cameras: clouds, meshes, filled depth");
  add_footage_options(
      *command, request->footage,
      "Folder of a take, one recording (.mkv) for its camera, or a rig file (.toml, "
      "or 'demo'): then what its cameras see now, and nothing is recorded");
  command->add_flag("--cloud", request->cloud, "One coloured point cloud for each tick");
  command->add_flag("--mesh", request->mesh, "The surface that was seen over all ticks, in colour");
  command
      ->add_option("--fill", request->fill,
                   "The picture of this camera with the depth of all filled in, for each tick")
      ->type_name("CAMERA");
  command
      ->add_option(
          "--to,-o,--output", request->footage.output,
          "The new file, .ply or .glb; where there is one for each tick, tick-000123 is put "
          "before the ending. With --fill the new folder")
      ->required()
      ->type_name("PATH");
  command
      ->add_option("--length,-l", request->length_s,
                   "Of a rig: seconds to fuse, counted from the first tick of all cameras [until "
                   "Ctrl-C]")
      ->type_name("SECONDS")
      ->check(wrong_length);
  command->add_flag("--per-tick", request->per_tick, "With --mesh: one mesh for each tick");
  command
      ->add_option("--voxel-mm", request->voxel_mm,
                   "With --mesh: the size of what it is made of, from 1 to 30 [5]")
      ->type_name("MM");
  command->footer(kExamples);
  command->callback([request, &action] { action = [request] { return run_fuse(*request); }; });
}

}  // namespace lockstep
