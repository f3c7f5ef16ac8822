// SPDX-License-Identifier: MIT
#include "lockstep/rig/toml_value.h"

#include <fmt/core.h>

#include <toml++/toml.h>
#include <algorithm>

#include "lockstep/base/files.h"

namespace lockstep {
namespace {

constexpr size_t kLargestFile = 1u << 20;

int line_of(const toml::node& node) {
  return static_cast<int>(node.source().begin.line);
}

TomlValue convert(const toml::node& node);

TomlValue convert_table(const toml::table& table) {
  TomlValue value{.kind = TomlValue::Kind::table};
  for (const auto& [key, child] : table) {
    TomlValue converted = convert(child);
    const int line =
        key.source().begin.line != 0 ? static_cast<int>(key.source().begin.line) : converted.line;
    value.members.push_back({std::string(key.str()), line, std::move(converted)});
  }
  // The parser sorts by name; people read by line.
  std::stable_sort(value.members.begin(), value.members.end(),
                   [](const auto& a, const auto& b) { return a.line < b.line; });
  return value;
}

TomlValue convert(const toml::node& node) {
  TomlValue value;
  if (const auto* table = node.as_table()) {
    value = convert_table(*table);
  } else if (const auto* array = node.as_array()) {
    value.kind = TomlValue::Kind::array;
    for (const toml::node& item : *array) value.items.push_back(convert(item));
  } else if (const auto* text = node.as_string()) {
    value.kind = TomlValue::Kind::text;
    value.text = text->get();
  } else if (const auto* integer = node.as_integer()) {
    value.kind = TomlValue::Kind::integer;
    value.integer = integer->get();
    value.real = static_cast<double>(integer->get());
  } else if (const auto* real = node.as_floating_point()) {
    value.kind = TomlValue::Kind::real;
    value.real = real->get();
  } else if (const auto* boolean = node.as_boolean()) {
    value.kind = TomlValue::Kind::boolean;
    value.boolean = boolean->get();
  }
  value.line = line_of(node);
  return value;
}

/// The parser's own words are about its grammar, which nobody needs to know who writes a rig file.
std::string in_our_words(const toml::parse_error& error) {
  const std::string said(error.description());
  if (said.find("redefine") != std::string::npos) {
    const size_t open = said.find('\''), close = said.rfind('\'');
    return open == close ? "a name is there twice"
                         : fmt::format("{} is there twice", said.substr(open, close - open + 1));
  }
  return fmt::format(
      "this is not TOML from column {} on: is a quote or bracket left open there or before it, or "
      "a text without quotes?",
      error.source().begin.column);
}

}  // namespace

Result<std::string> read_toml_text(const std::filesystem::path& path, std::string_view what,
                                   std::string_view example) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return Error{Errc::unusable_input, fmt::format("{} is a folder: name a {} in it, such as {}",
                                                   path.string(), what, (path / example).string())};
  }
  auto text = read_text_file(path, kLargestFile);
  if (text) return text;
  // What cannot be read cannot be used, whatever the reason.
  const bool missing = text.error().code == Errc::not_found;
  return Error{missing ? Errc::not_found : Errc::unusable_input, text.error().message};
}

Result<TomlValue> parse_toml(std::string_view text, std::string_view name) {
  try {
    const toml::table table = toml::parse(text, std::string(name));
    TomlValue value = convert_table(table);
    value.line = 1;
    return value;
  } catch (const toml::parse_error& error) {
    return Error{Errc::unusable_input,
                 fmt::format("{}:{}: {}", name, error.source().begin.line, in_our_words(error))};
  } catch (const std::exception& error) {
    return Error{Errc::unusable_input,
                 fmt::format("{}: cannot be read as TOML: {}", name, error.what())};
  }
}

}  // namespace lockstep
