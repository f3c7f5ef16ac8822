// SPDX-License-Identifier: MIT
// `lockstep info`: what one recording holds, and what is wrong with it.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "lockstep/apps/common/exit_code.h"
#include "lockstep/apps/lockstep/commands.h"
#include "lockstep/apps/lockstep/info_pictures.h"
#include "lockstep/apps/lockstep/recording_summary.h"
#include "lockstep/apps/lockstep/take_summary.h"
#include "lockstep/base/files.h"
#include "lockstep/take/manifest.h"

namespace lockstep {
namespace {

constexpr const char* kExamples =
    R"(Examples:
  lockstep info left.mkv             modes, delays, streams, calibration, and what is wrong
  lockstep info left.mkv --json      for other programs (docs/schemas/info.schema.json)
  lockstep info takes/corner-007     what a take holds (--json: its take.json)
  lockstep info left.mkv --pictures look      its first capture as pictures, in the folder look

Exit codes: 0 the file was read (what is wrong with it is said), 2 nothing in it can be read or a
picture would overwrite a file.)";

struct InfoArguments {
  std::string file;
  bool json = false;
  std::string pictures;  ///< folder; empty: none
  double pictures_at_s = 0;
};

int run_info_on_take(const InfoArguments& arguments) {
  if (!arguments.pictures.empty())
    return report_failure({Errc::invalid_argument,
                           arguments.file + " is a take: name one of its recordings for pictures"});
  const auto manifest = read_manifest(arguments.file);
  if (!manifest) return report_failure(manifest.error());
  std::string text = take_summary_to_text(arguments.file, *manifest);
  if (arguments.json) {
    auto file = read_text_file(std::filesystem::path(arguments.file) / kManifestFile);
    if (!file) return report_failure(file.error());
    text = *std::move(file);
  }
  std::fwrite(text.data(), 1, text.size(), stdout);
  return kExitGood;
}

int run_info(const InfoArguments& arguments) {
  std::error_code ignored;
  if (std::filesystem::is_directory(arguments.file, ignored)) return run_info_on_take(arguments);
  const auto summary = summarise_recording(arguments.file);
  if (!summary) return report_failure(summary.error());
  std::string text =
      arguments.json ? recording_summary_to_json(*summary) : recording_summary_to_text(*summary);
  if (!arguments.pictures.empty()) {
    const auto written =
        write_pictures(arguments.file, arguments.pictures, arguments.pictures_at_s);
    if (!written) return report_failure(written.error());
    if (!arguments.json) text += "\n" + *written;
  }
  std::fwrite(text.data(), 1, text.size(), stdout);
  return kExitGood;
}

}  // namespace

void add_info_command(CLI::App& app, CommandAction& action) {
  auto arguments = std::make_shared<InfoArguments>();
  CLI::App* command =
      app.add_subcommand("info", "Say what a recording or a take holds and what is wrong with it");
  command->add_option("FILE", arguments->file, "A recording (.mkv), or a take folder")
      ->required()
      ->type_name("");
  command->add_flag("--json", arguments->json, "Print it as JSON instead");
  auto* pictures =
      command
          ->add_option(
              "--pictures", arguments->pictures,
              "Write a capture's colour.jpg, depth.png, depth-16.png and ir.png into this folder")
          ->type_name("FOLDER");
  command
      ->add_option("--at", arguments->pictures_at_s,
                   "Seconds after the first image of the capture that is written (default: 0)")
      ->needs(pictures)
      ->type_name("SECONDS");
  command->footer(kExamples);
  command->callback(
      [arguments, &action] { action = [arguments] { return run_info(*arguments); }; });
}

}  // namespace lockstep
