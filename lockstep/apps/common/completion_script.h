// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace lockstep {

/// Completion scripts made from a program's own commands and options, so that they cannot fall
/// behind them. `command` is what prints the script, such as "lockstep completion bash".
[[nodiscard]] std::string bash_completion(const CLI::App& app, const std::string& command);
[[nodiscard]] std::string zsh_completion(const CLI::App& app);

}  // namespace lockstep
