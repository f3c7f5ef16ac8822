// SPDX-License-Identifier: MIT
#include "tests/detect/detect_program.h"

#include <regex>

namespace lockstep::testing {

std::filesystem::path detect_program() {
  return LOCKSTEP_DETECT_PROGRAM;
}

std::filesystem::path lockstep_program() {
  return LOCKSTEP_PROGRAM;
}

Finished run_lockstep(const std::vector<std::string>& arguments) {
  Finished done = RunningProgram(lockstep_program(), arguments).wait();
  done.err = std::regex_replace(done.err, std::regex("\n *"), " ");
  return done;
}

}  // namespace lockstep::testing
