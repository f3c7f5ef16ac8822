// SPDX-License-Identifier: MIT
// `lockstep export`: what a take holds, as other programs read it.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "lockstep/apps/common/exit_code.h"
#include "lockstep/apps/common/terminal.h"
#include "lockstep/apps/common/watched_job.h"
#include "lockstep/apps/lockstep/commands.h"
#include "lockstep/apps/lockstep/footage_options.h"
#include "lockstep/apps/lockstep/rig_session.h"
#include "lockstep/export/colmap_folder.h"
#include "lockstep/export/mcap_export.h"
#include "lockstep/export/rgbd_folder.h"

namespace lockstep {
namespace {

constexpr const char* kExamples =
    R"(Examples:
  lockstep export my-take --to png           depth and colour of each camera as Open3D reads them
  lockstep export my-take --to mcap          all of it as ROS 2 messages, for Foxglove or ros2 bag
  lockstep export my-take --to mcap --points --ticks 0..30   with a point cloud for each depth image
  lockstep export my-take --to colmap --points -o model     pictures, poses and first points
  lockstep export left.mkv --to png          one recording of any recorder

Nothing is overwritten. What each file holds, frames and units: docs/fusing.md.

Exit codes: 0 written, 1 stopped by Ctrl-C, 2 the take, its calibration or an option cannot be used
(a sentence says which and what to do), 3 the disk failed.)";

struct ExportRequest {
  FootageRequest footage;
  std::string to;
  bool points = false;
};

std::string default_target(const ExportRequest& request) {
  const std::string name = footage_name(request.footage.take);
  return request.to == "mcap" ? name + ".mcap" : name + "-" + request.to;
}

Result<Exported> write(const ExportRequest& request, Footage& footage, const FootageViews& views,
                       const std::filesystem::path& target) {
  WatchedJob job("exporting " + footage_name(request.footage.take), request.footage.quiet);
  const ExportProgress told = job.progress();
  const FootageChoice& choice = request.footage.choice;
  if (request.to == "png") return export_rgbd(footage, views, choice, target, told);
  if (request.to == "colmap")
    return export_colmap(footage, views, choice, request.points, target, told);
  return export_mcap(footage, views, choice, request.points, target, told);
}

const char* items_of(const std::string& format) {
  return format == "mcap" ? "message" : "image";
}

void print_written(const ExportRequest& request, const FootageViews& views,
                   const Exported& exported, std::string_view tells_why) {
  const auto line = [](const std::string& text) { print_text(wrapped(text, 2) + "\n"); };
  line(fmt::format("{}: {} of {}, {}, {:.1f} MB", exported.target.string(),
                   counted(exported.ticks, "tick"),
                   counted(static_cast<int64_t>(views.cameras.size()), "camera"),
                   counted(static_cast<int64_t>(exported.items), items_of(request.to)),
                   static_cast<double>(exported.bytes) * 1e-6));
  line(views.calibration ? "where the cameras are: by " + views.calibration_file.string()
                         : "where the cameras are is not in it: there is no calibration.json");
  const std::string left_out = left_out_text(exported.left_out, exported.ticks, tells_why);
  if (!left_out.empty()) line(left_out);
  for (const std::string& remark : exported.remarks) line(remark);
}

void print_json(const ExportRequest& request, const FootageViews& views, const Exported& exported) {
  nlohmann::ordered_json cameras = nlohmann::ordered_json::array();
  for (const FusionCamera& camera : views.cameras) cameras.push_back(camera.name);
  const nlohmann::ordered_json json{{"schema", 1},
                                    {"kind", "lockstep-export"},
                                    {"take", request.footage.take},
                                    {"to", request.to},
                                    {"target", exported.target.string()},
                                    {"cameras", cameras},
                                    {"ticks", exported.ticks},
                                    {"ticks_left_out", exported.left_out},
                                    {std::string(items_of(request.to)) + "s", exported.items},
                                    {"bytes", exported.bytes},
                                    {"calibration", views.calibration_file.string()},
                                    {"remarks", exported.remarks}};
  print_as_is(stdout, json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

/// A folder of a take may be called "demo", and what is not there is told so.
Result<void> check_no_rig(const std::string& take) {
  std::error_code ignored;
  const bool there = take == "demo" || std::filesystem::exists(take, ignored);
  if (!names_rig(take) || !there || std::filesystem::is_directory(take, ignored)) return {};
  return Error{Errc::invalid_argument,
               fmt::format("{0} is a rig, and what is exported is a take or one recording: record "
                           "one first (`lockstep record {0}`); `lockstep fuse {0}` makes one scene "
                           "of what the rig sees now",
                           take)};
}

int run_export(ExportRequest& request) {
  if (auto read = read_ticks(request.footage); !read) return report_failure(read.error());
  if (request.points && request.to == "png") {
    return report_failure(
        {Errc::invalid_argument,
         "--points belongs to --to mcap and colmap: `lockstep fuse` writes clouds "
         "as files"});
  }
  if (auto is = check_no_rig(request.footage.take); !is) return report_failure(is.error());
  const auto footage = open_footage(request.footage);
  if (!footage) return report_failure(footage.error());
  const bool raw = request.to == "mcap" && !request.points;
  const auto views = choose_views(**footage, request.footage.choice,
                                  raw ? UnknownLenses::leave_out : UnknownLenses::refuse);
  if (!views) return report_failure(views.error());
  const std::string target =
      request.footage.output.empty() ? default_target(request) : request.footage.output;
  const auto exported = write(request, **footage, *views, target);
  if (!exported) return report_failure(exported.error());
  request.footage.json ? print_json(request, *views, *exported)
                       : print_written(request, *views, *exported, (*footage)->tells_why());
  return kExitGood;
}

}  // namespace

void add_export_command(CLI::App& app, CommandAction& action) {
  auto request = std::make_shared<ExportRequest>();
  CLI::App* command = app.add_subcommand(
      "export", "Write a take as files of other programs: Open3D, COLMAP, ROS 2");
  add_footage_options(*command, request->footage,
                      "Folder of a take, or one recording (.mkv) for its camera");
  command
      ->add_option("--to", request->to,
                   "png: RGB-D folders of Open3D; colmap: pictures and a model of the rig; mcap: "
                   "one file of ROS 2 messages")
      ->required()
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"png", "colmap", "mcap"}));
  command
      ->add_option("-o,--output", request->footage.output,
                   "The new folder or file [named after the take, in this folder]")
      ->type_name("PATH");
  command->add_flag("--points", request->points,
                    "With --to mcap: a coloured point cloud for each depth image; with --to "
                    "colmap: that of the first tick as its points");
  command->footer(kExamples);
  command->callback([request, &action] { action = [request] { return run_export(*request); }; });
}

}  // namespace lockstep
