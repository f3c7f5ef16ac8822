// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace lockstep {

/// Name of this machine as the network knows it; "unknown-host" when it has none.
[[nodiscard]] std::string host_name();

}  // namespace lockstep
