// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

/// Number of single-character insertions, deletions, replacements and swaps of neighbours that turn
/// one text into the other; letters compare without case.
[[nodiscard]] int edit_distance(std::string_view a, std::string_view b);

/// "did you mean 'depth_mode'?" for the nearest candidate when it is near enough to be a slip, else
/// "it is one of 'a', 'b' or 'c'"; "" without candidates.
[[nodiscard]] std::string suggest(std::string_view text,
                                  const std::vector<std::string>& candidates);

}  // namespace lockstep
