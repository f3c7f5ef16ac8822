// SPDX-License-Identifier: MIT
// `lockstep recover TAKE`: finishes what a crash or power cut left behind.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "lockstep/apps/common/exit_code.h"
#include "lockstep/apps/common/terminal.h"
#include "lockstep/apps/lockstep/commands.h"
#include "lockstep/take/manifest.h"
#include "lockstep/take/recover.h"

namespace lockstep {
namespace {

struct RecoverOptions {
  std::string what;
  bool json = false;
};

int run_recover(const RecoverOptions& options) {
  const std::filesystem::path path = options.what;
  std::error_code ignored;
  const bool folder = std::filesystem::is_directory(path, ignored);
  const auto recovered = folder ? recover_take(path) : recover_file(path);
  if (!recovered) return report_failure(recovered.error());
  if (options.json) {
    const nlohmann::json json{{"schema", 1},
                              {"kind", "lockstep-recover"},
                              {"what", options.what},
                              {"done", recovered->done},
                              {"checked", recovered->checked},
                              {"problems", recovered->problems}};
    print_as_is(stdout, json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
  } else {
    for (const std::string& sentence : recovered->done) print_text(wrapped(sentence, 2) + "\n");
    for (const std::string& sentence : recovered->checked) print_text(wrapped(sentence, 2) + "\n");
    if (recovered->done.empty() && recovered->problems.empty()) {
      print_text(wrapped(options.what + ": whole already, nothing to do", 2) + "\n");
    }
  }
  for (const std::string& problem : recovered->problems) {
    say("lockstep: " + problem);
  }
  if (recovered->disk_failed) return kExitDeviceFailed;
  return recovered->problems.empty() ? kExitGood : kExitFallsShort;
}

}  // namespace

void add_recover_command(CLI::App& app, CommandAction& action) {
  auto options = std::make_shared<RecoverOptions>();
  CLI::App* command = app.add_subcommand(
      "recover", "Finish a take that a crash or power cut left behind, beside the originals");
  command->add_option("TAKE", options->what, "folder of the take, or one recording")
      ->required()
      ->type_name("");
  command->add_flag("--json", options->json, "print what was done as JSON");
  command->footer(
      "Nothing is removed or overwritten: torn recordings are made whole as NAME.recovered.mkv.\n"
      "Examples:\n  lockstep recover takes/corner-001\n  lockstep recover left.mkv\n\n"
      "Exit codes: 0 all is whole, now or already, 1 something could not be mended or the files "
      "are "
      "not\nthose of take.json, 2 no take or recording, or made whole before, 3 somebody writes to "
      "it, "
      "or the\ndisk failed.");
  command->callback([options, &action] { action = [options] { return run_recover(*options); }; });
}

}  // namespace lockstep
