// SPDX-License-Identifier: MIT
// `lockstep completion bash|zsh`: a completion script.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "lockstep/apps/common/completion_script.h"
#include "lockstep/apps/common/exit_code.h"
#include "lockstep/apps/lockstep/commands.h"

namespace lockstep {

void add_completion_command(CLI::App& app, CommandAction& action) {
  CLI::App* command = app.add_subcommand("completion", "Print a completion script for a shell");
  command->footer("Example:\n  eval \"$(lockstep completion bash)\"     in ~/.bashrc");
  auto* shell = command->add_option("SHELL", "bash or zsh")
                    ->required()
                    ->type_name("NAME")
                    ->check(CLI::IsMember({"bash", "zsh"}));
  command->callback([&app, &action, shell] {
    action = [&app, is_bash = shell->as<std::string>() == "bash"] {
      const std::string script =
          is_bash ? bash_completion(app, "lockstep completion bash") : zsh_completion(app);
      std::fputs(script.c_str(), stdout);
      return static_cast<int>(kExitGood);
    };
  });
}

}  // namespace lockstep
