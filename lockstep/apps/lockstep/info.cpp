// SPDX-License-Identifier: MIT
// `lockstep info`: what one recording holds, and what is wrong with it.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "lockstep/apps/common/exit_code.h"
#include "lockstep/apps/common/progress.h"
#include "lockstep/apps/lockstep/commands.h"
#include "lockstep/apps/lockstep/recording_summary.h"

namespace lockstep {
namespace {

constexpr const char* kExamples =
    R"(Examples:
  lockstep info left.mkv             modes, delays, streams, calibration, and what is wrong
  lockstep info left.mkv --json      for other programs (docs/schemas/info.schema.json)

Exit codes: 0 the file was read (what is wrong with it is said), 2 nothing in it can be read.)";

struct InfoArguments {
  std::string file;
  bool json = false;
};

int run_info(const InfoArguments& arguments) {
  const auto summary = [&] {
    const Progress progress("reading " + arguments.file);
    return summarise_recording(arguments.file);
  }();
  if (!summary) return report_failure(summary.error());
  const std::string text =
      arguments.json ? recording_summary_to_json(*summary) : recording_summary_to_text(*summary);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return kExitGood;
}

}  // namespace

void add_info_command(CLI::App& app, CommandAction& action) {
  auto arguments = std::make_shared<InfoArguments>();
  CLI::App* command =
      app.add_subcommand("info", "Say what one recording holds and what is wrong with it");
  command->add_option("FILE", arguments->file, "A recording (.mkv)")->required();
  command->add_flag("--json", arguments->json, "Print it as JSON instead");
  command->footer(kExamples);
  command->callback(
      [arguments, &action] { action = [arguments] { return run_info(*arguments); }; });
}

}  // namespace lockstep
