// SPDX-License-Identifier: MIT
// `lockstep manual`: the man page, made from the program's own commands and options.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <string_view>

#include "lockstep/apps/common/exit_code.h"
#include "lockstep/apps/lockstep/commands.h"

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
  std::string value = option.get_type_size() == 0 ? "" : " " + option.get_type_name();
  if (option.get_positional()) value.clear();
  const std::string usual = option.get_default_str();
  return fmt::format(".TP\n.B {}{}\n{}{}\n", roff(option.get_name(false, true)), roff(value),
                     roff(option.get_description()),
                     usual.empty() ? "" : roff(fmt::format(" (default: {})", usual)));
}

std::string verbatim(std::string_view text) {
  return text.empty() ? "" : fmt::format(".PP\n.nf\n{}\n.fi\n", roff(text));
}

std::string command_section(const CLI::App& command) {
  std::string out = fmt::format(".SS lockstep {}\n{}\n", roff(command.get_name()),
                                roff(command.get_description()));
  for (const CLI::Option* option : command.get_options()) {
    if (!option->get_group().empty() && option != command.get_help_ptr())
      out += option_entry(*option);
  }
  return out + verbatim(command.get_footer());
}

std::string page(const CLI::App& app) {
  std::string out = fmt::format(
      ".TH LOCKSTEP 1 \"\" \"lockstep {}\" \"User Commands\"\n"
      ".SH NAME\nlockstep \\- one instrument out of many depth cameras\n"
      ".SH SYNOPSIS\n.B lockstep\n.I COMMAND\n[OPTIONS]\n"
      ".SH DESCRIPTION\n{}\n.SH COMMANDS\n",
      roff(LOCKSTEP_VERSION), roff(app.get_description()));
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (!command->get_group().empty()) out += command_section(*command);
  }
  return out + ".SH EXAMPLES AND EXIT CODES\n" + verbatim(app.get_footer());
}

}  // namespace

void add_manual_command(CLI::App& app, CommandAction& action) {
  CLI::App* command = app.add_subcommand("manual", "Print the manual page in man's own format");
  command->footer("Example:\n  lockstep manual | man -l -");
  command->callback([&app, &action] {
    action = [&app] {
      std::fputs(page(app).c_str(), stdout);
      return static_cast<int>(kExitGood);
    };
  });
}

}  // namespace lockstep
