// SPDX-License-Identifier: MIT
#include "lockstep/rig/table_reader.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "lockstep/base/suggestion.h"

namespace lockstep {

Error Problems::to_error() const {
  std::vector<Problem> sorted = found_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Problem& a, const Problem& b) { return a.line < b.line; });
  std::string text;
  for (const Problem& problem : sorted) {
    if (!text.empty()) text += '\n';
    text += problem.line > 0 ? fmt::format("{}:{}: {}", file_, problem.line, problem.message)
                             : fmt::format("{}: {}", file_, problem.message);
  }
  return {Errc::unusable_input, text};
}

const TomlValue* TableReader::raw(std::string_view key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
  for (const auto& member : table_.members) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

bool TableReader::missing(std::string_view key) {
  if (raw(key) != nullptr) return false;
  return std::none_of(table_.members.begin(), table_.members.end(), [&](const auto& member) {
    if (std::find(known_.begin(), known_.end(), member.key) != known_.end()) return false;
    return suggest(member.key, {std::string(key)}).find("did you mean") == 0;
  });
}

int TableReader::line_of(std::string_view key) const {
  for (const auto& member : table_.members) {
    if (member.key == key) return member.line;
  }
  return table_.line;
}

std::map<std::string, int, std::less<>> TableReader::lines() const {
  std::map<std::string, int, std::less<>> all;
  for (const auto& member : table_.members) all.emplace(member.key, member.line);
  return all;
}

void TableReader::wrong_type(std::string_view key, std::string_view wanted) {
  problem(key, fmt::format("'{}' of {} must be {}", key, what_, wanted));
}

std::optional<std::string> TableReader::text(std::string_view key) {
  const TomlValue* value = raw(key);
  if (value == nullptr) return std::nullopt;
  if (value->kind != TomlValue::Kind::text) {
    wrong_type(key, "a text in quotes");
    return std::nullopt;
  }
  return value->text;
}

std::optional<bool> TableReader::boolean(std::string_view key) {
  const TomlValue* value = raw(key);
  if (value == nullptr) return std::nullopt;
  if (value->kind != TomlValue::Kind::boolean) {
    wrong_type(key, "true or false");
    return std::nullopt;
  }
  return value->boolean;
}

std::optional<double> TableReader::number(std::string_view key, double low, double high) {
  const TomlValue* value = raw(key);
  if (value == nullptr) return std::nullopt;
  if (value->kind != TomlValue::Kind::integer && value->kind != TomlValue::Kind::real) {
    wrong_type(key, "a number");
    return std::nullopt;
  }
  if (!(value->real >= low && value->real <= high)) {  // also refuses NaN
    problem(key, fmt::format("'{}' of {} is {}: it must be from {} to {}", key, what_, value->real,
                             low, high));
    return std::nullopt;
  }
  return value->real;
}

std::optional<int64_t> TableReader::integer(std::string_view key, int64_t low, int64_t high) {
  const auto value = number(key, static_cast<double>(low), static_cast<double>(high));
  if (!value) return std::nullopt;
  if (*value != std::floor(*value)) {
    wrong_type(key, "a whole number");
    return std::nullopt;
  }
  return static_cast<int64_t>(*value);
}

std::optional<size_t> TableReader::choice(std::string_view key,
                                          const std::vector<std::string>& choices) {
  const auto value = text(key);
  if (!value) return std::nullopt;
  const auto found = std::find(choices.begin(), choices.end(), *value);
  if (found == choices.end()) {
    problem(key, fmt::format("'{}' of {} cannot be '{}': {}", key, what_, *value,
                             suggest(*value, choices)));
    return std::nullopt;
  }
  return static_cast<size_t>(found - choices.begin());
}

std::vector<std::string> TableReader::texts(std::string_view key) {
  const TomlValue* value = raw(key);
  std::vector<std::string> result;
  if (value == nullptr) return result;
  const bool all_text =
      value->kind == TomlValue::Kind::array &&
      std::all_of(value->items.begin(), value->items.end(),
                  [](const TomlValue& item) { return item.kind == TomlValue::Kind::text; });
  if (!all_text) {
    wrong_type(key, "a list of texts, such as [\"a\", \"b\"]");
    return result;
  }
  for (const TomlValue& item : value->items) result.push_back(item.text);
  return result;
}

std::vector<const TomlValue*> TableReader::tables(std::string_view key) {
  const TomlValue* value = raw(key);
  std::vector<const TomlValue*> result;
  if (value == nullptr) return result;
  if (value->kind != TomlValue::Kind::array) {
    wrong_type(key, "a list of tables, such as [ { ... }, { ... } ]");
    return result;
  }
  for (const TomlValue& item : value->items) {
    if (item.kind == TomlValue::Kind::table) {
      result.push_back(&item);
    } else {
      problems_.add(item.line,
                    fmt::format("each '{}' must be a table, such as {{ name = \"left\" }}", key));
    }
  }
  return result;
}

const TomlValue* TableReader::table(std::string_view key) {
  const TomlValue* value = raw(key);
  if (value == nullptr) return nullptr;
  if (value->kind != TomlValue::Kind::table) {
    wrong_type(key, "a table, such as { ... }");
    return nullptr;
  }
  return value;
}

void TableReader::finish() {
  for (const auto& member : table_.members) {
    if (std::find(known_.begin(), known_.end(), member.key) != known_.end()) continue;
    problems_.add(member.line, fmt::format("unknown key '{}' in {}: {}", member.key, what_,
                                           suggest(member.key, known_)));
  }
}

}  // namespace lockstep
