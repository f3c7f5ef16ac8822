// SPDX-License-Identifier: MIT
// `lockstep manual`: the man page.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "lockstep/apps/common/exit_code.h"
#include "lockstep/apps/common/manual_page.h"
#include "lockstep/apps/lockstep/commands.h"

namespace lockstep {

void add_manual_command(CLI::App& app, CommandAction& action) {
  CLI::App* command = app.add_subcommand("manual", "Print the manual page in man's own format");
  command->footer("Example:\n  lockstep manual | man -l -");
  command->callback([&app, &action] {
    action = [&app] {
      const std::string page =
          manual_page(app, "one instrument out of many depth cameras", ".I COMMAND\n[OPTIONS]");
      std::fputs(page.c_str(), stdout);
      return static_cast<int>(kExitGood);
    };
  });
}

}  // namespace lockstep
