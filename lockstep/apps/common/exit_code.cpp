// SPDX-License-Identifier: MIT
#include "lockstep/apps/common/exit_code.h"

#include "lockstep/apps/common/terminal.h"

namespace lockstep {

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
    case Errc::cancelled:
      return kExitDeviceFailed;
  }
  return kExitDeviceFailed;
}

int report_failure(const Error& error) {
  say("lockstep: " + error.message);
  return exit_code_for(error.code);
}

}  // namespace lockstep
