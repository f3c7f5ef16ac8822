// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace lockstep {

/// The words of which an option takes one; empty where it takes others.
[[nodiscard]] std::vector<std::string> choice_of(const CLI::Option& option);

/// The name of its values, "MODE"; empty for a flag.
[[nodiscard]] std::string plain_type(const CLI::Option& option);
/// What it is for, the words of a choice and its default.
[[nodiscard]] std::string whole_description(const CLI::Option& option);

/// Help whose long lines are wrapped under their column; subcommands added later have it, too.
void use_wrapped_help(CLI::App& app);

}  // namespace lockstep
