// SPDX-License-Identifier: MIT
#include "lockstep/base/text.h"

#include <algorithm>

namespace lockstep {
namespace {

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

std::string counted(int64_t number, std::string_view singular) {
  return std::to_string(number).append(" ").append(singular).append(number == 1 ? "" : "s");
}

}  // namespace lockstep
