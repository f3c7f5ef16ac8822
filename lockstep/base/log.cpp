// SPDX-License-Identifier: MIT
#include "lockstep/base/log.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <mutex>

namespace lockstep {
namespace {

struct LogState {
  std::mutex mutex;
  std::function<void(LogLevel, std::string_view)> sink;
  std::atomic<LogLevel> level{LogLevel::warning};
};

LogState& state() {
  static LogState instance;
  return instance;
}

spdlog::logger& stderr_logger() {
  static const std::shared_ptr<spdlog::logger> logger = [] {
    auto made = std::make_shared<spdlog::logger>(
        "lockstep", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
    made->set_pattern("lockstep: %^%l%$: %v");
    made->set_level(spdlog::level::trace);
    return made;
  }();
  return *logger;
}

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

}  // namespace

void log(LogLevel level, std::string_view message) {
  LogState& s = state();
  if (level < s.level.load(std::memory_order_relaxed)) return;
  const std::lock_guard lock(s.mutex);
  if (s.sink) {
    s.sink(level, message);
  } else {
    stderr_logger().log(to_spdlog(level), message);
  }
}

void set_log_level(LogLevel level) {
  state().level.store(level, std::memory_order_relaxed);
}

void set_log_sink(std::function<void(LogLevel, std::string_view)> sink) {
  LogState& s = state();
  const std::lock_guard lock(s.mutex);
  s.sink = std::move(sink);
}

}  // namespace lockstep
