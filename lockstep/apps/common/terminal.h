// SPDX-License-Identifier: MIT
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace lockstep {

/// Human output fits this many columns, wherever it goes.
inline constexpr int kOutputColumns = 100;

/// What a stretch of text means; how it looks is the terminal's business.
enum class Tone { plain, good, warning, bad, strong, faint };

/// True when `stream` is a terminal that takes colours: not a file or pipe, TERM not "dumb", and
/// NO_COLOR not set.
[[nodiscard]] bool takes_color(std::FILE* stream);

/// `text` in the colour of `tone` when `color` is true, unchanged otherwise.
[[nodiscard]] std::string toned(std::string_view text, Tone tone, bool color);

/// Columns that `text` (UTF-8) fills on a terminal, colour sequences left out. Every code point
/// counts as one column: the program prints nothing wider.
[[nodiscard]] int display_columns(std::string_view text);

/// `text` broken at spaces into lines of at most `columns`, every line after the first indented by
/// `indent` spaces. Line breaks in `text` are kept; a longer word stands alone. No newline at the
/// end.
[[nodiscard]] std::string wrapped(std::string_view text, int indent = 0,
                                  int columns = kOutputColumns);

/// Prints a sentence to stderr, wrapped.
void say(std::string_view sentence);

}  // namespace lockstep
