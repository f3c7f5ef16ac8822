// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// Text for people, as columns of a terminal count it. Pure.

namespace lockstep {

/// Human output fits this many columns, wherever it goes.
inline constexpr int kOutputColumns = 100;

/// Columns that `text` (UTF-8) fills on a terminal, colour sequences left out. Every code point
/// counts as one column: the program prints nothing wider.
[[nodiscard]] int display_columns(std::string_view text);

/// `text` broken at spaces into lines of at most `columns`, every line after the first indented by
/// `indent` spaces. Line breaks in `text` are kept; a longer word stands alone. No newline at the
/// end.
[[nodiscard]] std::string wrapped(std::string_view text, int indent = 0,
                                  int columns = kOutputColumns);

/// Text from a file or another program, safe to print: control characters (which drive a terminal)
/// become '?', those beyond ASCII too.
[[nodiscard]] std::string printable(std::string_view text);
/// The same, but line breaks stay.
[[nodiscard]] std::string printable_lines(std::string_view text);

/// What the JSON library says went wrong, without its label "[json.exception...] ".
[[nodiscard]] std::string json_problem(std::string_view what);

/// "1 camera", "2 cameras".
[[nodiscard]] std::string counted(int64_t number, std::string_view singular);

/// "'a', 'b' and 'c'".
[[nodiscard]] std::string listing(const std::vector<std::string>& names);

/// With a sign and so many decimals; what rounds to nothing has no sign: "+1.2", "-3", "0".
[[nodiscard]] std::string signed_number(double value, int decimals);

/// What is measured, and never nothing: "0.12" with two decimals, "below 0.01" for what rounds to
/// 0.
[[nodiscard]] std::string or_below(double value, int decimals);

/// With four digits, or all before the point, and never as a power of ten: "0.62", "12500".
[[nodiscard]] std::string plain_number(double value);

}  // namespace lockstep
