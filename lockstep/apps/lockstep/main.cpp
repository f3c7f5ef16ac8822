// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>

#include "lockstep/apps/common/exit_code.h"
#include "lockstep/apps/lockstep/commands.h"

int main(int argc, char** argv) {
  CLI::App app{"Makes a rig of depth cameras behave as one instrument: plan, record, prove.", "lockstep"};
  app.set_version_flag("--version", "lockstep " LOCKSTEP_VERSION);
  app.require_subcommand(1);
  lockstep::CommandAction action;

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? lockstep::kExitGood : lockstep::kExitUnusable;
  }
  return action ? action() : lockstep::kExitUnusable;
}
