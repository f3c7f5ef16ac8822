// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace lockstep {

enum class LogLevel { warning, error };

/// Writes one line to stderr: what a person should know and no result can carry. Thread-safe.
void log(LogLevel level, std::string_view message);

}  // namespace lockstep
