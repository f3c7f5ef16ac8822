// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lockstep/rig/toml_value.h"

namespace lockstep {

/// Everything wrong with a file, gathered so that a person mends it in one go.
class Problems {
 public:
  explicit Problems(std::string_view file) : file_(file) {}

  void add(int line, std::string message) { found_.push_back({line, std::move(message)}); }
  [[nodiscard]] bool none() const { return found_.empty(); }
  /// "<file>:<line>: <message>", one line each, in the order of the file.
  [[nodiscard]] Error to_error() const;

 private:
  struct Problem {
    int line;
    std::string message;
  };
  std::string file_;
  std::vector<Problem> found_;
};

/// Typed access to one table. Every getter makes its key known; finish() reports the others.
class TableReader {
 public:
  /// `what` names the table in messages: "camera 'left'". Both references must outlive the reader.
  TableReader(const TomlValue& table, std::string what, Problems& problems)
      : table_(table), what_(std::move(what)), problems_(problems) {}

  std::optional<std::string> text(std::string_view key);
  std::optional<bool> boolean(std::string_view key);
  std::optional<double> number(std::string_view key, double low, double high);
  std::optional<int64_t> integer(std::string_view key, int64_t low, int64_t high);
  /// The index of the value in `choices`.
  std::optional<size_t> choice(std::string_view key, const std::vector<std::string>& choices);
  std::vector<std::string> texts(std::string_view key);
  /// Items of an array of tables; empty when the key is absent or not that.
  std::vector<const TomlValue*> tables(std::string_view key);
  /// A table; nullptr when the key is absent or not that.
  const TomlValue* table(std::string_view key);
  /// The raw value, for what has several types.
  const TomlValue* raw(std::string_view key);
  /// Whether a key that must be there is not; false too when another key, for which no getter asked
  /// before, is a slip for it, which finish() reports.
  bool missing(std::string_view key);

  [[nodiscard]] int line() const { return table_.line; }
  [[nodiscard]] int line_of(std::string_view key) const;
  /// Line of every key of the table.
  [[nodiscard]] std::map<std::string, int, std::less<>> lines() const;
  [[nodiscard]] const std::string& what() const { return what_; }
  void rename(std::string what) { what_ = std::move(what); }
  void problem(std::string_view key, std::string message) {
    problems_.add(line_of(key), std::move(message));
  }

  /// Reports every key that no getter asked for.
  void finish();

 private:
  void wrong_type(std::string_view key, std::string_view wanted);

  const TomlValue& table_;
  std::string what_;
  Problems& problems_;
  std::vector<std::string> known_;
};

}  // namespace lockstep
