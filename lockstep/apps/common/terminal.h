// SPDX-License-Identifier: MIT
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

#include "lockstep/base/text.h"

namespace lockstep {

/// What a stretch of text means; how it looks is the terminal's business.
enum class Tone { plain, good, warning, bad, strong, faint };

/// True when `stream` is a terminal that takes colours: not a file or pipe, TERM not "dumb", and
/// NO_COLOR not set.
[[nodiscard]] bool takes_color(std::FILE* stream);

/// `text` in the colour of `tone` when `color` is true, unchanged otherwise.
[[nodiscard]] std::string toned(std::string_view text, Tone tone, bool color);

/// Prints `text` as it is. What `stream` does not take, since its terminal was closed or its reader
/// went away, is lost: an error of the stream (ferror()), never an exception, so that work in hand
/// is finished and destructors may print.
void print_as_is(std::FILE* stream, std::string_view text);
/// Prints a sentence to stderr, wrapped. What a file or another program put into it cannot drive
/// the terminal (printable_lines()).
void say(std::string_view sentence);
/// The same for text on stdout, as it is laid out: untoned.
void print_text(std::string_view text);

}  // namespace lockstep
