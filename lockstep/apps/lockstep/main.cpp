// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include "lockstep/apps/common/exit_code.h"
#include "lockstep/apps/common/help.h"
#include "lockstep/apps/common/terminal.h"
#include "lockstep/apps/lockstep/commands.h"
#include "lockstep/base/suggestion.h"

namespace lockstep {
namespace {

constexpr const char* kExamples =
    R"(Examples, in the order in which a person meets them:
  lockstep verify left.mkv right.mkv        are these recordings in step?
  lockstep plan examples/rigs/01-chain-of-three-virtual.toml
  lockstep record examples/rigs/01-chain-of-three-virtual.toml -o my-take -l 10
  lockstep verify my-take                   is that take in step?

Exit codes: 0 done and good, 1 done and what was checked falls short, 2 wrong use or unusable
input, 3 a device, disk or host failed. 'lockstep COMMAND --help' has the examples of a command.)";

// In the order in which a person meets them.
constexpr void (*kCommands[])(CLI::App&, CommandAction&) = {
    add_verify_command,     add_info_command,   add_plan_command,    add_devices_command,
    add_simulate_command,   add_record_command, add_recover_command, add_board_command,
    add_calibrate_command,  add_fuse_command,   add_export_command,  add_exec_command,
    add_completion_command, add_manual_command,
};

// A file whose name begins with a dash reads as options.
std::string dash_hint(int argc, char** argv) {
  for (int i = 2; i < argc; ++i) {
    const std::filesystem::path word = argv[i];
    std::error_code ignored;
    const bool file = word.extension() == ".mkv" || word.extension() == ".toml" ||
                      std::filesystem::exists(word, ignored);
    if (file && word.native().rfind('-', 0) == 0)
      return fmt::format(" ({0} reads as options: the file of that name is ./{0})", word.native());
  }
  return {};
}

// What went wrong with the command line, in a sentence, and where to read on.
int report_usage_error(const CLI::App& app, const CLI::ParseError& error, const char* first,
                       const std::string& hint) {
  std::string message = error.what() + hint;
  const auto commands = app.get_subcommands([](const CLI::App*) { return true; });
  const auto named = [first](const CLI::App* command) { return command->get_name() == first; };
  const bool known = std::any_of(commands.begin(), commands.end(), named);
  if (known) {
    const std::string what = fmt::format("lockstep {}: {}", first, message);
    print_as_is(stderr, fmt::format("{}\nSee 'lockstep {} --help'.\n", wrapped(what, 2), first));
  } else if (*first != '\0' && *first != '-') {
    std::vector<std::string> names;
    for (const CLI::App* command : commands) names.push_back(command->get_name());
    message = fmt::format("there is no command '{}': {}", first, suggest(first, names));
    say("lockstep: " + message);
  } else {
    print_as_is(stderr, fmt::format("lockstep: {}. See 'lockstep --help'.\n", error.what()));
  }
  report_failure_object({Errc::invalid_argument, message}, kExitUnusable);
  return kExitUnusable;
}

int run(int argc, char** argv) {
  CLI::App app{"Makes a rig of depth cameras behave as one instrument: plan, record, prove.",
               "lockstep"};
  use_wrapped_help(app);
  app.set_version_flag("--version", "lockstep " LOCKSTEP_VERSION);
  app.require_subcommand(1);
  app.footer(kExamples);
  CommandAction action;
  const auto is_json = [](const char* word) { return std::string_view(word) == "--json"; };
  if (std::any_of(argv, argv + argc, is_json)) report_failures_as_json();
  for (const auto add : kCommands) add(app, action);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    return report_usage_error(app, error, argc > 1 ? argv[1] : "", dash_hint(argc, argv));
  }
  const int code = action ? action() : kExitUnusable;
  // A report that did not reach its reader was not made, whatever it said.
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  say("lockstep: the output could not be written in full: its disk is full or its reader went "
      "away");
  return kExitDeviceFailed;
}

}  // namespace
}  // namespace lockstep

int main(int argc, char** argv) {
  // A file-size limit is then an error of the write, told as a full disk is.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    return lockstep::run(argc, argv);
  } catch (const std::exception& error) {  // out of memory, or a mistake of ours: still a sentence
    std::fprintf(stderr, "lockstep: stopped by an internal error: %s. Please report it.\n",
                 error.what());
    return lockstep::kExitDeviceFailed;
  }
}
