// SPDX-License-Identifier: MIT
#include "lockstep/base/log.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace lockstep {
namespace {

spdlog::logger& stderr_logger() {
  static const std::shared_ptr<spdlog::logger> logger = [] {
    auto made = std::make_shared<spdlog::logger>(
        "lockstep", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
    made->set_pattern("lockstep: %^%l%$: %v");
    return made;
  }();
  return *logger;
}

}  // namespace

void log(LogLevel level, std::string_view message) {
  stderr_logger().log(level == LogLevel::warning ? spdlog::level::warn : spdlog::level::err,
                      message);
}

}  // namespace lockstep
