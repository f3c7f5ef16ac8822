// SPDX-License-Identifier: MIT
#include "lockstep/base/text.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

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

std::string without_controls(std::string_view text, bool keep_lines) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0u;
    if (c == 0xC2 && next >= 0x80 && next < 0xA0) {  // U+0080 to U+009F in UTF-8
      out += '?';
      ++i;
    } else if ((c < 0x20 && !(keep_lines && c == '\n')) || c == 0x7f) {
      out += '?';
    } else {
      out += text[i];
    }
  }
  return out;
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

std::string listing(const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += "'" + names[i] + "'";
  }
  return text;
}

std::string signed_number(double value, int decimals) {
  const std::string text = fmt::format("{:+.{}f}", value, decimals);
  return text.find_first_of("123456789") == std::string::npos ? text.substr(1) : text;
}

std::string or_below(double value, int decimals) {
  const std::string text = fmt::format("{:.{}f}", value, decimals);
  if (text.find_first_of("123456789") != std::string::npos) return text;
  return fmt::format("below {:.{}f}", std::pow(10.0, -decimals), decimals);
}

std::string plain_number(double value) {
  const std::string text = fmt::format("{:.4g}", value);
  if (text.find('e') == std::string::npos) return text;
  return std::abs(value) < 1 ? "0" : fmt::format("{:.0f}", value);
}

std::string printable(std::string_view text) {
  return without_controls(text, false);
}

std::string printable_lines(std::string_view text) {
  return without_controls(text, true);
}

std::string json_problem(std::string_view what) {
  const size_t end = what.find("] ");
  const bool labelled = what.rfind("[json.exception", 0) == 0 && end != std::string_view::npos;
  return std::string(labelled ? what.substr(end + 2) : what);
}

}  // namespace lockstep
