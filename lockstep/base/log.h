// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace lockstep {

enum class LogLevel { debug, info, warning, error };

/// Writes one line to the log (stderr unless set otherwise). Thread-safe.
void log(LogLevel level, std::string_view message);

/// Lines below `level` are dropped from now on. Default: warning. Thread-safe.
void set_log_level(LogLevel level);

/// Sends every line that passes the level to `sink` instead of stderr; an empty function restores
/// stderr. The sink may be called from any thread, one call at a time, and must not log itself.
void set_log_sink(std::function<void(LogLevel, std::string_view)> sink);

}  // namespace lockstep
