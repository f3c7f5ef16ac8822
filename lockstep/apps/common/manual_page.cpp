// SPDX-License-Identifier: MIT
#include "lockstep/apps/common/manual_page.h"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <string_view>

#include "lockstep/apps/common/help.h"

namespace lockstep {
namespace {

// Text as roff takes it: backslashes and hyphens escaped, no line that begins with a control mark.
std::string roff(std::string_view text) {
  std::string out;
  bool line_start = true;
  for (const char c : text) {
    if (line_start && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
    line_start = c == '\n';
  }
  return out;
}

std::string option_entry(const CLI::Option& option) {
  const std::string type = option.get_positional() ? "" : plain_type(option);
  return fmt::format(".TP\n.B {}{}\n{}\n", roff(option.get_name(false, true)),
                     roff(type.empty() ? "" : " " + type), roff(whole_description(option)));
}

std::string verbatim(std::string_view text) {
  return text.empty() ? "" : fmt::format(".PP\n.nf\n{}\n.fi\n", roff(text));
}

std::string option_entries(const CLI::App& command) {
  std::string out;
  for (const CLI::Option* option : command.get_options()) {
    if (!option->get_group().empty() && option != command.get_help_ptr())
      out += option_entry(*option);
  }
  return out;
}

std::string command_section(const CLI::App& app, const CLI::App& command) {
  return fmt::format(".SS {} {}\n{}\n", roff(app.get_name()), roff(command.get_name()),
                     roff(command.get_description())) +
         option_entries(command) + verbatim(command.get_footer());
}

std::string capitals(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

}  // namespace

std::string manual_page(const CLI::App& app, const std::string& summary,
                        const std::string& arguments) {
  const std::string name = roff(app.get_name());
  std::string out = fmt::format(
      ".TH {} 1 \"\" \"lockstep {}\" \"User Commands\"\n"
      ".SH NAME\n{} \\- {}\n"
      ".SH SYNOPSIS\n.B {}\n{}\n"
      ".SH DESCRIPTION\n{}\n",
      capitals(name), roff(LOCKSTEP_VERSION), name, roff(summary), name, arguments,
      roff(app.get_description()));
  std::string commands;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (!command->get_group().empty()) commands += command_section(app, *command);
  }
  out += commands.empty() ? ".SH OPTIONS\n" + option_entries(app) : ".SH COMMANDS\n" + commands;
  return out + ".SH EXAMPLES AND EXIT CODES\n" + verbatim(app.get_footer());
}

}  // namespace lockstep
