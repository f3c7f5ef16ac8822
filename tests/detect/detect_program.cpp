// SPDX-License-Identifier: MIT
#include "tests/detect/detect_program.h"

namespace lockstep::testing {

std::filesystem::path detect_program() {
  return LOCKSTEP_DETECT_PROGRAM;
}

std::filesystem::path lockstep_program() {
  return LOCKSTEP_PROGRAM;
}

}  // namespace lockstep::testing
