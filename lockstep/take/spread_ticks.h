// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace lockstep {

/// At most `most` of the ticks 0 to `ticks` - 1, spread evenly, in order.
[[nodiscard]] inline std::vector<int64_t> spread_ticks(int64_t ticks, int64_t most) {
  const int64_t count = std::min(ticks, std::max<int64_t>(most, 1));
  std::vector<int64_t> chosen;
  for (int64_t i = 0; i < count; ++i) chosen.push_back(i * ticks / count);
  return chosen;
}

}  // namespace lockstep
