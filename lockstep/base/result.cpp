// SPDX-License-Identifier: MIT
#include "lockstep/base/result.h"

#include <array>

namespace lockstep {

std::string_view to_string(Errc code) {
  static constexpr std::array<std::string_view, 13> kNames = {
      "invalid_argument", "unusable_input", "not_found", "already_exists",
      "truncated",        "unsupported",    "io",        "no_space",
      "device_lost",      "busy",           "timeout",   "bad_state",
      "cancelled"};
  const auto index = static_cast<size_t>(code);
  return index < kNames.size() ? kNames[index] : "unknown";
}

}  // namespace lockstep
