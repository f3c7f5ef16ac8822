// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lockstep/base/result.h"

namespace lockstep {

/// A parsed TOML document as plain data with the line of every value, so that one file alone knows
/// the parser.
struct TomlValue {
  enum class Kind { text, integer, real, boolean, array, table, other };

  struct Member;

  Kind kind = Kind::other;
  int line = 0;
  std::string text;
  int64_t integer = 0;
  double real = 0;  ///< also set for an integer
  bool boolean = false;
  std::vector<TomlValue> items;  ///< of an array
  std::vector<Member> members;   ///< of a table, in the order of the file
};

struct TomlValue::Member {
  std::string key;
  int line = 0;  ///< of the key
  TomlValue value;
};

/// Reads a document; a syntax error is "<name>:<line>: <what>" as Errc::unusable_input.
Result<TomlValue> parse_toml(std::string_view text, std::string_view name);

}  // namespace lockstep
