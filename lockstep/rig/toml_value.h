// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
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

/// Text of a file that a person wrote, of at most a megabyte. A missing one is not_found; a folder,
/// a larger file or one that can't be read is unusable_input. `what` names its kind in messages,
/// and `example` a file such as a folder may hold: "rig file", "rig.toml".
Result<std::string> read_toml_text(const std::filesystem::path& path, std::string_view what,
                                   std::string_view example);

/// Reads a document; a syntax error is "<name>:<line>: <what>" as Errc::unusable_input.
Result<TomlValue> parse_toml(std::string_view text, std::string_view name);

}  // namespace lockstep
