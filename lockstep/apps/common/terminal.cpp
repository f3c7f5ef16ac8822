// SPDX-License-Identifier: MIT
#include "lockstep/apps/common/terminal.h"

#include <unistd.h>

#include <cstdlib>

namespace lockstep {
namespace {

std::string_view sequence_of(Tone tone) {
  switch (tone) {
    case Tone::good:
      return "\033[32m";
    case Tone::warning:
      return "\033[33m";
    case Tone::bad:
      return "\033[31m";
    case Tone::strong:
      return "\033[1m";
    case Tone::faint:
      return "\033[2m";
    case Tone::plain:
      break;
  }
  return "";
}

// One line without breaks of its own.
void append_wrapped_line(std::string& out, std::string_view line, int indent, int columns,
                         int used) {
  bool at_start = true;
  while (!line.empty()) {
    const size_t end = line.find(' ', line.find_first_not_of(' '));
    std::string_view word = line.substr(0, end);
    line.remove_prefix(word.size());
    if (!at_start && used + display_columns(word) > columns) {
      out += '\n';
      out.append(static_cast<size_t>(indent), ' ');
      used = indent;
      word.remove_prefix(std::min(word.find_first_not_of(' '), word.size()));
    }
    out += word;
    used += display_columns(word);
    at_start = false;
  }
}

}  // namespace

bool takes_color(std::FILE* stream) {
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') return false;
  const char* term = std::getenv("TERM");
  if (term == nullptr || std::string_view(term) == "dumb") return false;
  return isatty(fileno(stream)) == 1;
}

std::string toned(std::string_view text, Tone tone, bool color) {
  const std::string_view sequence = color ? sequence_of(tone) : "";
  if (sequence.empty()) return std::string(text);
  return std::string(sequence).append(text).append("\033[0m");
}

int display_columns(std::string_view text) {
  int columns = 0;
  bool in_sequence = false;
  for (const char c : text) {
    if (in_sequence) {
      in_sequence = c != 'm';
    } else if (c == '\033') {
      in_sequence = true;
    } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {  // not a UTF-8 continuation
      ++columns;
    }
  }
  return columns;
}

std::string wrapped(std::string_view text, int indent, int columns) {
  std::string out;
  int used = 0;
  while (true) {
    const size_t end = text.find('\n');
    append_wrapped_line(out, text.substr(0, end), indent, columns, used);
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
    out += '\n';
    out.append(static_cast<size_t>(indent), ' ');
    used = indent;
  }
}

void say(std::string_view sentence) {
  const std::string lines = wrapped(sentence, 2) + "\n";
  std::fputs(lines.c_str(), stderr);
}

}  // namespace lockstep
