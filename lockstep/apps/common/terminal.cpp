// SPDX-License-Identifier: MIT
#include "lockstep/apps/common/terminal.h"

#include <unistd.h>

#include <algorithm>
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

void print_as_is(std::FILE* stream, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
}

void say(std::string_view said) {
  const std::string clean = printable_lines(said);
  std::string_view sentence = clean;
  // Of several lines each is a thing of its own: what continues one stands further in.
  std::string lines;
  bool first = true;
  const bool several = sentence.find('\n') != std::string_view::npos;
  while (first || !sentence.empty()) {
    const size_t end = std::min(sentence.find('\n'), sentence.size());
    lines +=
        wrapped(std::string(first ? "" : "  ").append(sentence.substr(0, end)), several ? 6 : 2);
    lines += '\n';
    sentence.remove_prefix(std::min(end + 1, sentence.size()));
    first = false;
  }
  print_as_is(stderr, lines);
}

void print_text(std::string_view text) {
  print_as_is(stdout, printable_lines(text));
}

}  // namespace lockstep
