// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace lockstep {

/// The page of a program in man's own format, made from its commands and options. `summary` stands
/// behind its name, `arguments` are the words of its command line.
[[nodiscard]] std::string manual_page(const CLI::App& app, const std::string& summary,
                                      const std::string& arguments);

}  // namespace lockstep
