// SPDX-License-Identifier: MIT
// `lockstep completion bash|zsh`: a completion script made from the program's own commands and
// options, so that it cannot fall behind them.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "lockstep/apps/common/exit_code.h"
#include "lockstep/apps/common/help.h"
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

/// What may stand for a value: files, or the words of a choice, or nothing that a shell knows.
struct Offer {
  bool files = true;
  std::string words;
};

/// By the name of its type, where a choice is "TEXT:{a,b}".
Offer offer_of(const CLI::Option& option) {
  if (const auto choice = choice_of(option); !choice.empty()) {
    std::string words;
    for (const std::string& word : choice) words += (words.empty() ? "" : " ") + word;
    return {false, words};
  }
  const std::string type = option.get_type_name();
  constexpr std::string_view kNoFiles[] = {"FLOAT", "INT", "UINT", "SECONDS", "N", "FAULT"};
  return {std::find(std::begin(kNoFiles), std::end(kNoFiles), type) == std::end(kNoFiles), ""};
}

/// Of a command's own words, which are those after no option.
Offer offer_of(const CLI::App& command) {
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_positional()) return offer_of(*option);
  }
  return {false, ""};
}

std::string offered(const Offer& offer, const char* open, const char* close) {
  return offer.files ? "" : fmt::format(" files=no choices={}{}{}", open, offer.words, close);
}

/// Cases of "COMMAND --option" whose value is no file.
std::string value_cases(const CLI::App& command, const char* open, const char* close) {
  std::string cases;
  for (const CLI::Option* option : command.get_options()) {
    const Offer offer = offer_of(*option);
    if (offer.files || option->get_positional() || option->get_type_size() == 0) continue;
    std::string names;
    const auto add = [&](const std::string& name) {
      names += fmt::format("{}\"{} {}\"", names.empty() ? "" : "|", command.get_name(), name);
    };
    for (const std::string& name : option->get_snames()) add("-" + name);
    for (const std::string& name : option->get_lnames()) add("--" + name);
    cases += fmt::format("    {}){} ;;\n", names, offered(offer, open, close));
  }
  return cases;
}

std::string bash_script(const CLI::App& app) {
  std::string names, cases, values;
  for (const CLI::App* command : shown_commands(app)) {
    names += command->get_name() + " ";
    cases += fmt::format("    {}) options=\"{}\"{} ;;\n", command->get_name(),
                         option_names(*command), offered(offer_of(*command), "\"", "\""));
    values += value_cases(*command, "\"", "\"");
  }
  return fmt::format(R"sh(# bash completion for lockstep: eval "$(lockstep completion bash)"
_lockstep() {{
  local word="${{COMP_WORDS[COMP_CWORD]}}" options="" files=yes choices=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "{0}{1}" -- "$word"))
    return
  fi
  case "${{COMP_WORDS[1]}}" in
{2}  esac
  case "${{COMP_WORDS[1]}} ${{COMP_WORDS[COMP_CWORD-1]}}" in
{3}  esac
  case "$word" in
    -*) COMPREPLY=($(compgen -W "$options" -- "$word")) ;;
    *) if [ "$files" = yes ]; then
         COMPREPLY=($(compgen -f -- "$word"))
       else
         COMPREPLY=($(compgen -W "$choices" -- "$word"))
       fi ;;
  esac
}}
complete -o filenames -F _lockstep lockstep
)sh",
                     names, option_names(app), cases, values);
}

/// What stands in single quotes of zsh, as an item of _describe, whose own mark is the colon.
std::string zsh_quoted(const std::string& text) {
  std::string quoted;
  for (const char c : text) {
    if (c == ':' || c == '\\') quoted += '\\';
    quoted += c == '\'' ? "'\\''" : std::string(1, c);
  }
  return quoted;
}

std::string zsh_script(const CLI::App& app) {
  std::string names, cases, values;
  for (const CLI::App* command : shown_commands(app)) {
    names +=
        fmt::format("    '{}:{}'\n", command->get_name(), zsh_quoted(command->get_description()));
    cases += fmt::format("    {}) options=({}){} ;;\n", command->get_name(), option_names(*command),
                         offered(offer_of(*command), "(", ")"));
    values += value_cases(*command, "(", ")");
  }
  return fmt::format(R"sh(#compdef lockstep
# zsh completion for lockstep: save as _lockstep in a folder of $fpath
_lockstep() {{
  local -a commands options choices
  local files=yes
  commands=(
{0}  )
  if (( CURRENT == 2 )); then
    _describe 'command' commands
    return
  fi
  case "${{words[2]}}" in
{1}  esac
  case "${{words[2]}} ${{words[CURRENT-1]}}" in
{2}  esac
  if [[ "${{words[CURRENT]}}" == -* ]]; then
    compadd -- $options
  elif [[ $files == yes ]]; then
    _files
  else
    compadd -- $choices
  fi
}}
compdef _lockstep lockstep
)sh",
                     names, cases, values);
}

}  // namespace

void add_completion_command(CLI::App& app, CommandAction& action) {
  CLI::App* command = app.add_subcommand("completion", "Print a completion script for a shell");
  command->footer("Example:\n  eval \"$(lockstep completion bash)\"     in ~/.bashrc");
  auto* shell = command->add_option("SHELL", "bash or zsh")
                    ->required()
                    ->type_name("NAME")
                    ->check(CLI::IsMember({"bash", "zsh"}));
  command->callback([&app, &action, shell] {
    action = [&app, is_bash = shell->as<std::string>() == "bash"] {
      std::fputs((is_bash ? bash_script(app) : zsh_script(app)).c_str(), stdout);
      return static_cast<int>(kExitGood);
    };
  });
}

}  // namespace lockstep
