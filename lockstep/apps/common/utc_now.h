// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace lockstep {

/// The date and time in UTC, as ISO 8601 to the second.
[[nodiscard]] std::string utc_now();

}  // namespace lockstep
