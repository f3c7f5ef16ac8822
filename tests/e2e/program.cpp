// SPDX-License-Identifier: MIT
#include "tests/e2e/program.h"

namespace lockstep::testing {

std::filesystem::path lockstep_program() {
  return LOCKSTEP_PROGRAM;
}

Finished lockstep(const std::vector<std::string>& arguments,
                  const std::vector<std::string>& environment,
                  const std::filesystem::path& folder) {
  return RunningProgram(lockstep_program(), arguments, environment, folder).wait();
}

}  // namespace lockstep::testing
