// SPDX-License-Identifier: MIT
#include "lockstep/apps/common/completion_script.h"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <string_view>
#include <vector>

#include "lockstep/apps/common/help.h"

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
  constexpr std::string_view kNoFiles[] = {"FLOAT", "INT",   "UINT",   "SECONDS", "N",
                                           "US",    "FAULT", "SERIAL", "MM",      "CxR"};
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

/// Cases of options whose value is no file, each behind `before`, such as "COMMAND ".
std::string value_cases(const CLI::App& command, const std::string& before, const char* open,
                        const char* close) {
  std::string cases;
  for (const CLI::Option* option : command.get_options()) {
    const Offer offer = offer_of(*option);
    if (offer.files || option->get_positional() || option->get_type_size() == 0) continue;
    std::string names;
    const auto add = [&](const std::string& name) {
      names += fmt::format("{}\"{}{}\"", names.empty() ? "" : "|", before, name);
    };
    for (const std::string& name : option->get_snames()) add("-" + name);
    for (const std::string& name : option->get_lnames()) add("--" + name);
    cases += fmt::format("    {}){} ;;\n", names, offered(offer, open, close));
  }
  return cases;
}

/// Sets options, files and choices by the words before the one that is completed.
std::string bash_rules(const CLI::App& app) {
  const auto commands = shown_commands(app);
  if (commands.empty())
    return fmt::format(R"sh(  options="{}"
  case "${{COMP_WORDS[COMP_CWORD-1]}}" in
{}  esac
)sh",
                       option_names(app), value_cases(app, "", "\"", "\""));
  std::string names, cases, values;
  for (const CLI::App* command : commands) {
    names += command->get_name() + " ";
    cases += fmt::format("    {}) options=\"{}\"{} ;;\n", command->get_name(),
                         option_names(*command), offered(offer_of(*command), "\"", "\""));
    values += value_cases(*command, command->get_name() + " ", "\"", "\"");
  }
  return fmt::format(R"sh(  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "{}{}" -- "$word"))
    return
  fi
  case "${{COMP_WORDS[1]}}" in
{}  esac
  case "${{COMP_WORDS[1]}} ${{COMP_WORDS[COMP_CWORD-1]}}" in
{}  esac
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

std::string zsh_rules(const CLI::App& app) {
  const auto commands = shown_commands(app);
  if (commands.empty())
    return fmt::format(R"sh(  options=({})
  case "${{words[CURRENT-1]}}" in
{}  esac
)sh",
                       option_names(app), value_cases(app, "", "(", ")"));
  std::string names, cases, values;
  for (const CLI::App* command : commands) {
    names +=
        fmt::format("    '{}:{}'\n", command->get_name(), zsh_quoted(command->get_description()));
    cases += fmt::format("    {}) options=({}){} ;;\n", command->get_name(), option_names(*command),
                         offered(offer_of(*command), "(", ")"));
    values += value_cases(*command, command->get_name() + " ", "(", ")");
  }
  return fmt::format(R"sh(  commands=(
{}  )
  if (( CURRENT == 2 )); then
    _describe 'command' commands
    return
  fi
  case "${{words[2]}}" in
{}  esac
  case "${{words[2]}} ${{words[CURRENT-1]}}" in
{}  esac
)sh",
                     names, cases, values);
}

}  // namespace

std::string bash_completion(const CLI::App& app, const std::string& command) {
  return fmt::format(R"sh(# bash completion for {0}: eval "$({1})"
_{0}() {{
  local word="${{COMP_WORDS[COMP_CWORD]}}" options="" files=yes choices=""
{2}  case "$word" in
    -*) COMPREPLY=($(compgen -W "$options" -- "$word")) ;;
    *) if [ "$files" = yes ]; then
         COMPREPLY=($(compgen -f -- "$word"))
       else
         COMPREPLY=($(compgen -W "$choices" -- "$word"))
       fi ;;
  esac
}}
complete -o filenames -F _{0} {0}
)sh",
                     app.get_name(), command, bash_rules(app));
}

std::string zsh_completion(const CLI::App& app) {
  return fmt::format(R"sh(#compdef {0}
# zsh completion for {0}: save as _{0} in a folder of $fpath
_{0}() {{
  local -a commands options choices
  local files=yes
{1}  if [[ "${{words[CURRENT]}}" == -* ]]; then
    compadd -- $options
  elif [[ $files == yes ]]; then
    _files
  else
    compadd -- $choices
  fi
}}
if [ "$funcstack[1]" = "_{0}" ]; then
  _{0} "$@"  # loaded by the first completion, which waits for its answer
else
  compdef _{0} {0}
fi
)sh",
                     app.get_name(), zsh_rules(app));
}

}  // namespace lockstep
