// SPDX-License-Identifier: MIT
#pragma once

#include <k4a/k4atypes.h>

#include <string>
#include <string_view>

#include "lockstep/base/result.h"

namespace lockstep::k4a {

/// Writes one line where the environment says (a file, or stdout, from K4A_LOG_LEVEL on), and gives
/// it to the callback if one is set. Thread-safe; the callback runs on the calling thread.
void log(k4a_log_level_t level, const char* file, int line, std::string_view message);

/// At which level the versions of an opened device are told: INFO, or CRITICAL where the log goes
/// to a file, so that they are always in it.
[[nodiscard]] k4a_log_level_t level_of_versions();

/// Says that an exception was stopped at the door. Never throws.
void log_thrown(const char* what) noexcept;

/// Says in the log why a function of the API fails, with the place that calls this; returns the
/// failure of the function's type, which is 1 in all of them.
template <typename Code = k4a_result_t>
Code refuse(const char* function, std::string_view why, const char* file = __builtin_FILE(),
            int line = __builtin_LINE()) {
  log(K4A_LOG_LEVEL_ERROR, file, line, std::string(function).append("(). ").append(why));
  return static_cast<Code>(1);
}

/// What a function of the API returns for work that succeeds, or fails for a reason of its own,
/// which then stands in the log like any refusal.
inline k4a_result_t answer(const char* function, const lockstep::Result<void>& done,
                           const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
  return done ? K4A_RESULT_SUCCEEDED : refuse(function, done.error().message, file, line);
}

/// Sets or clears the one callback of the process; see k4a_set_debug_message_handler.
k4a_result_t set_log_callback(k4a_logging_message_cb_t* callback, void* context,
                              k4a_log_level_t least);

}  // namespace lockstep::k4a

/// Says at the level of an error what no call is refused for.
#define LOCKSTEP_K4A_ERROR(...) \
  ::lockstep::k4a::log(K4A_LOG_LEVEL_ERROR, __FILE__, __LINE__, ::fmt::format(__VA_ARGS__))
