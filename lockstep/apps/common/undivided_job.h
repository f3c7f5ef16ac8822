// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "lockstep/apps/common/interrupt.h"

namespace lockstep {

/// Work that nothing can stop half way and that leaves nothing behind before its end: Ctrl-C ends
/// the program at once, with `sentence` and the exit code of what the user stopped. Keep it for
/// that work alone: what is written meanwhile would be cut.
class UndividedJob {
 public:
  explicit UndividedJob(std::string sentence = "stopped: nothing was written");

 private:
  const Interrupt interrupt_;
};

}  // namespace lockstep
