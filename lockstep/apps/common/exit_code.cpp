// SPDX-License-Identifier: MIT
#include "lockstep/apps/common/exit_code.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "lockstep/apps/common/terminal.h"
#include "lockstep/base/text.h"

namespace lockstep {
namespace {

bool failures_as_json = false;

}  // namespace

ExitCode exit_code_for(Errc code) {
  switch (code) {
    case Errc::invalid_argument:
    case Errc::unusable_input:
    case Errc::not_found:
    case Errc::already_exists:
    case Errc::truncated:
    case Errc::unsupported:
      return kExitUnusable;
    case Errc::io:
    case Errc::no_space:
    case Errc::device_lost:
    case Errc::busy:
    case Errc::timeout:
    case Errc::bad_state:
      return kExitDeviceFailed;
    case Errc::cancelled:
      return kExitFallsShort;
  }
  return kExitDeviceFailed;
}

void report_failures_as_json() {
  failures_as_json = true;
}

int report_failure(const Error& error) {
  return report_failure(error, exit_code_for(error.code));
}

int report_failure(const Error& error, ExitCode exit_code) {
  say("lockstep: " + error.message);
  report_failure_object(error, exit_code);
  return exit_code;
}

void report_failure_object(const Error& error, ExitCode exit_code) {
  if (!failures_as_json) return;
  const nlohmann::ordered_json json = {{"schema", 1},
                                       {"kind", "lockstep-error"},
                                       {"code", to_string(error.code)},
                                       {"exit_code", static_cast<int>(exit_code)},
                                       {"message", error.message}};
  const std::string text =
      json.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  std::fwrite(text.data(), 1, text.size(), stdout);
}

}  // namespace lockstep
