// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "lockstep/apps/common/exit_code.h"
#include "lockstep/apps/lockstep/commands.h"

namespace lockstep {
namespace {

constexpr const char* kExamples =
    R"(Examples:
  lockstep plan examples/rigs/01-three-in-a-chain.toml     check a rig before anything is plugged in
  lockstep record examples/rigs/01-three-in-a-chain.toml -o my-take -l 10
  lockstep verify my-take                                  is that take in step?
  lockstep verify left.mkv right.mkv                       are these recordings in step?

Exit codes: 0 done and good, 1 done and what was checked falls short, 2 wrong use or unusable
input, 3 a device, disk or host failed. 'lockstep COMMAND --help' has the examples of a command.)";

// In the order in which a person meets them.
constexpr void (*kCommands[])(CLI::App&, CommandAction&) = {
    add_verify_command,  add_info_command,       add_plan_command,
    add_devices_command, add_simulate_command,   add_record_command,
    add_recover_command, add_completion_command, add_manual_command,
};

int run(int argc, char** argv) {
  CLI::App app{"Makes a rig of depth cameras behave as one instrument: plan, record, prove.",
               "lockstep"};
  app.set_version_flag("--version", "lockstep " LOCKSTEP_VERSION);
  app.set_help_all_flag("--help-all", "Print the help of every command");
  app.require_subcommand(1);
  app.footer(kExamples);
  CommandAction action;
  for (const auto add : kCommands) {
    if (add != nullptr) add(app, action);
  }

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitGood : kExitUnusable;
  }
  return action ? action() : kExitUnusable;
}

}  // namespace
}  // namespace lockstep

int main(int argc, char** argv) {
  try {
    return lockstep::run(argc, argv);
  } catch (const std::exception& error) {  // out of memory, or a mistake of ours: still a sentence
    std::fprintf(stderr, "lockstep: stopped by an internal error: %s. Please report it.\n",
                 error.what());
    return lockstep::kExitDeviceFailed;
  }
}
