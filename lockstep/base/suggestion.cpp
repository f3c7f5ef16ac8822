// SPDX-License-Identifier: MIT
#include "lockstep/base/suggestion.h"

#include <algorithm>
#include <cctype>

namespace lockstep {
namespace {

char lower(char c) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

// A person who forgets the unit at the end of a name means the name: "exposure" is 'exposure_us'.
std::string_view without_unit(std::string_view name) {
  static constexpr std::string_view kUnits[] = {"_us", "_ms", "_s",  "_mm", "_m",
                                                "_k",  "_hz", "_gb", "_v"};
  for (const std::string_view unit : kUnits) {
    if (name.size() > unit.size() && name.substr(name.size() - unit.size()) == unit) {
      return name.substr(0, name.size() - unit.size());
    }
  }
  return name;
}

constexpr size_t kLongestCompared = 64;  // quadratic cost; a longer word is no slip of the finger

}  // namespace

int edit_distance(std::string_view a, std::string_view b) {
  // Optimal string alignment: three rows of the usual matrix.
  std::vector<int> before(b.size() + 1), previous(b.size() + 1), current(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) previous[j] = static_cast<int>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    current[0] = static_cast<int>(i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      current[j] =
          std::min({previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (same ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                           lower(a[i - 2]) == lower(b[j - 1]);
      if (swapped) current[j] = std::min(current[j], before[j - 2] + 1);
    }
    std::swap(before, previous);
    std::swap(previous, current);
  }
  return previous[b.size()];
}

std::string suggest(std::string_view text, const std::vector<std::string>& candidates) {
  if (candidates.empty()) return "";
  int best_distance = 1 << 20;
  const std::string* best = nullptr;
  for (const std::string& candidate : candidates) {
    if (text.size() > kLongestCompared) break;
    const int distance =
        std::min(edit_distance(text, candidate), edit_distance(text, without_unit(candidate)));
    if (distance < best_distance) {
      best_distance = distance;
      best = &candidate;
    }
  }
  const int allowed = std::max(1, static_cast<int>(text.size()) / 3);
  if (best != nullptr && best_distance <= allowed) return "did you mean '" + *best + "'?";

  std::string list = candidates.size() == 1 ? "it can only be " : "it is one of ";
  for (size_t i = 0; i < candidates.size(); ++i) {
    if (i > 0) list += i + 1 == candidates.size() ? " or " : ", ";
    list += "'" + candidates[i] + "'";
  }
  return list;
}

}  // namespace lockstep
