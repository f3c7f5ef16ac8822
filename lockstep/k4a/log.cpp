// SPDX-License-Identifier: MIT
#include "lockstep/k4a/log.h"

#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <utility>

namespace lockstep::k4a {
namespace {

constexpr size_t kFileBytes = 50u << 20;
constexpr size_t kFiles = 3;
constexpr size_t kLongestMessage = 1023;

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// The file that LOCKSTEP_K4A_LOG_VARIABLE names; empty: none.
std::string log_file() {
  const std::string value = variable(LOCKSTEP_K4A_LOG_VARIABLE);
  if (value.empty() || value == "0") return "";
  return value.ends_with(".log") ? value : "k4a.log";
}

spdlog::level::level_enum level_from_environment() {
  switch (variable("K4A_LOG_LEVEL").c_str()[0]) {
    case 'c':
    case 'C':
      return spdlog::level::critical;
    case 'w':
    case 'W':
      return spdlog::level::warn;
    case 'i':
    case 'I':
      return spdlog::level::info;
    case 't':
    case 'T':
      return spdlog::level::trace;
    default:
      return spdlog::level::err;
  }
}

/// Where lines go that nobody registered a callback for; empty: nowhere.
struct Output {
  std::shared_ptr<spdlog::logger> logger;
  bool is_file = false;
};

/// Null, and a line on stdout, where the file cannot be written. As the vendor's, it makes no
/// folders.
spdlog::sink_ptr file_sink(const std::filesystem::path& file) {
  const auto refused = [](const char* why) {
    std::printf("the log goes to stdout, since its file cannot be written: %s\n", why);
    return nullptr;
  };
  std::error_code ignored;
  if (file.has_parent_path() && !std::filesystem::is_directory(file.parent_path(), ignored))
    return refused("its folder is not there");
  try {
    return std::make_shared<spdlog::sinks::rotating_file_sink_mt>(file, kFileBytes, kFiles);
  } catch (const spdlog::spdlog_ex& thrown) {
    return refused(thrown.what());
  }
}

Output make_output() {
  const std::string file = log_file();
  spdlog::sink_ptr sink = file.empty() ? nullptr : file_sink(file);
  const bool to_file = sink != nullptr;
  if (!to_file) {
    if (variable("K4A_ENABLE_LOG_TO_STDOUT").starts_with('0')) return {};
    sink = std::make_shared<spdlog::sinks::stdout_sink_mt>();
  }
  auto logger = std::make_shared<spdlog::logger>("k4a", sink);
  logger->set_pattern("[%Y-%m-%d %H:%M:%S.%e] [%l] [t=%t] %v");
  logger->set_level(level_from_environment());
  logger->flush_on(spdlog::level::warn);
  if (to_file) logger->critical("New logging session started");
  return {std::move(logger), to_file};
}

const Output& output() {
  // Never destroyed: whatever a program does while it ends may still be logged.
  static auto* const made = new Output(make_output());
  return *made;
}

spdlog::level::level_enum as_spdlog(k4a_log_level_t level) {
  constexpr spdlog::level::level_enum kLevels[] = {spdlog::level::critical, spdlog::level::err,
                                                   spdlog::level::warn, spdlog::level::info,
                                                   spdlog::level::trace};
  return level >= 0 && level < K4A_LOG_LEVEL_OFF ? kLevels[level] : spdlog::level::off;
}

struct Callback {
  std::shared_mutex mutex;  // held shared while the callback runs: to clear it is to wait for it
  k4a_logging_message_cb_t* function = nullptr;
  void* context = nullptr;
  k4a_log_level_t least = K4A_LOG_LEVEL_OFF;
};

thread_local bool in_callback = false;

/// Also where the callback throws: the thread goes on to log.
class InCallback {
 public:
  InCallback() { in_callback = true; }
  ~InCallback() { in_callback = false; }
  InCallback(const InCallback&) = delete;
  InCallback& operator=(const InCallback&) = delete;
};

Callback& callback() {
  static auto* const one = new Callback;
  return *one;
}

}  // namespace

void log(k4a_log_level_t level, const char* file, int line, std::string_view message) {
  const std::string text(message.substr(0, kLongestMessage));
  if (spdlog::logger* const logger = output().logger.get(); logger != nullptr)
    logger->log(as_spdlog(level), "{} ({}): {}", file, line, text);
  if (in_callback) return;  // what a callback does must not call it again
  Callback& to = callback();
  const std::shared_lock lock(to.mutex);
  if (to.function == nullptr || to.least == K4A_LOG_LEVEL_OFF || level > to.least) return;
  const InCallback running;
  to.function(to.context, level, file, line, text.c_str());
}

k4a_log_level_t level_of_versions() {
  return output().is_file ? K4A_LOG_LEVEL_CRITICAL : K4A_LOG_LEVEL_INFO;
}

void log_thrown(const char* what) noexcept {
  try {
    log(K4A_LOG_LEVEL_ERROR, __FILE__, __LINE__, what);
  } catch (...) {  // there is nobody left to tell
  }
}

k4a_result_t set_log_callback(k4a_logging_message_cb_t* function, void* context,
                              k4a_log_level_t least) {
  output();  // reads the environment before anybody can change what it means
  if (in_callback) return K4A_RESULT_FAILED;  // it would wait for itself
  const bool known = least >= K4A_LOG_LEVEL_CRITICAL && least <= K4A_LOG_LEVEL_OFF;
  if (function != nullptr && !known) return K4A_RESULT_FAILED;
  Callback& to = callback();
  const std::unique_lock lock(to.mutex);
  if (function != nullptr && to.function != nullptr && to.function != function)
    return K4A_RESULT_FAILED;
  to.function = function;
  to.context = function == nullptr ? nullptr : context;
  to.least = function == nullptr ? K4A_LOG_LEVEL_OFF : least;
  return K4A_RESULT_SUCCEEDED;
}

}  // namespace lockstep::k4a
