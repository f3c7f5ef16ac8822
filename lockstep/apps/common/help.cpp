// SPDX-License-Identifier: MIT
#include "lockstep/apps/common/help.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "lockstep/base/text.h"

namespace lockstep {
namespace {

// CLI11's help, with what would be wider than our output wrapped under its column.
class HelpFormatter : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override {
    std::istringstream lines(CLI::Formatter::make_help(app, std::move(name), mode));
    std::string help;
    for (std::string line; std::getline(lines, line);) {
      help += wrapped(line, static_cast<int>(column_width_)) + '\n';
    }
    return help;
  }

  // A choice of words, "TEXT:{a,b}", and what holds otherwise stand behind the description.
  std::string make_option_opts(const CLI::Option* option) const override {
    const std::string type = plain_type(*option);
    return (type.empty() ? "" : " " + type) + (option->get_required() ? " REQUIRED" : "");
  }

  std::string make_option_desc(const CLI::Option* option) const override {
    return whole_description(*option);
  }
};

}  // namespace

std::vector<std::string> choice_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const size_t open = type.find('{'), close = type.rfind('}');
  if (open == std::string::npos || close == std::string::npos || close < open) return {};
  return CLI::detail::split(type.substr(open + 1, close - open - 1), ',');
}

std::string plain_type(const CLI::Option& option) {
  if (option.get_type_size() == 0) return "";
  const std::string type = option.get_type_name();
  return type.substr(0, type.find_first_of(":{"));
}

std::string whole_description(const CLI::Option& option) {
  std::string text = option.get_description();
  if (const auto words = choice_of(option); !words.empty()) {
    std::string listed;
    for (const std::string& word : words) listed += (listed.empty() ? ": " : ", ") + word;
    text += listed;
  }
  const std::string usual = option.get_default_str();
  return usual.empty() ? text : text + " (default: " + usual + ")";
}

void use_wrapped_help(CLI::App& app) {
  app.formatter(std::make_shared<HelpFormatter>());
}

}  // namespace lockstep
