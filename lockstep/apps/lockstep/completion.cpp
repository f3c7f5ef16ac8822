// SPDX-License-Identifier: MIT
// `lockstep completion bash|zsh`: a completion script made from the program's own commands and
// options, so that it cannot fall behind them.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <vector>

#include "lockstep/apps/common/exit_code.h"
#include "lockstep/apps/lockstep/commands.h"

namespace lockstep {
namespace {

std::vector<const CLI::App*> shown_commands(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App* command) { return !command->get_group().empty(); });
}

std::string option_names(const CLI::App& app) {
  std::string names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_snames()) names += " -" + name;
    for (const std::string& name : option->get_lnames()) names += " --" + name;
  }
  return names.empty() ? names : names.substr(1);
}

std::string bash_script(const CLI::App& app) {
  std::string names, cases;
  for (const CLI::App* command : shown_commands(app)) {
    names += command->get_name() + " ";
    cases +=
        fmt::format("    {}) options=\"{}\" ;;\n", command->get_name(), option_names(*command));
  }
  return fmt::format(R"sh(# bash completion for lockstep: eval "$(lockstep completion bash)"
_lockstep() {{
  local word="${{COMP_WORDS[COMP_CWORD]}}" options=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "{0}{1}" -- "$word"))
    return
  fi
  case "${{COMP_WORDS[1]}}" in
{2}  esac
  case "$word" in
    -*) COMPREPLY=($(compgen -W "$options" -- "$word")) ;;
    *) COMPREPLY=($(compgen -f -- "$word")) ;;
  esac
}}
complete -o filenames -F _lockstep lockstep
)sh",
                     names, option_names(app), cases);
}

std::string zsh_script(const CLI::App& app) {
  std::string names, cases;
  for (const CLI::App* command : shown_commands(app)) {
    std::string description = command->get_description();
    for (size_t at = 0; (at = description.find_first_of("'[]:", at)) != std::string::npos;) {
      description[at] = ' ';  // marks of zsh's own
    }
    names += fmt::format("    '{}:{}'\n", command->get_name(), description);
    cases += fmt::format("    {}) options=({}) ;;\n", command->get_name(), option_names(*command));
  }
  return fmt::format(R"sh(#compdef lockstep
# zsh completion for lockstep: save as _lockstep in a folder of $fpath
_lockstep() {{
  local -a commands options
  commands=(
{0}  )
  if (( CURRENT == 2 )); then
    _describe 'command' commands
    return
  fi
  case "${{words[2]}}" in
{1}  esac
  if [[ "${{words[CURRENT]}}" == -* ]]; then
    compadd -- $options
  else
    _files
  fi
}}
compdef _lockstep lockstep
)sh",
                     names, cases);
}

}  // namespace

void add_completion_command(CLI::App& app, CommandAction& action) {
  CLI::App* command = app.add_subcommand("completion", "Print a completion script for a shell");
  command->footer("Example:\n  eval \"$(lockstep completion bash)\"     in ~/.bashrc");
  auto* shell = command->add_option("SHELL", "bash or zsh")
                    ->required()
                    ->check(CLI::IsMember({"bash", "zsh"}));
  command->callback([&app, &action, shell] {
    action = [&app, is_bash = shell->as<std::string>() == "bash"] {
      std::fputs((is_bash ? bash_script(app) : zsh_script(app)).c_str(), stdout);
      return static_cast<int>(kExitGood);
    };
  });
}

}  // namespace lockstep
