// SPDX-License-Identifier: MIT
#pragma once

#include <exception>
#include <utility>

#include "lockstep/k4a/log.h"

namespace lockstep::k4a {

/// Calls `work`; what it throws ends here, in the log, and the C program gets `failed`. (Allocation
/// and third-party libraries throw; nothing of ours does on purpose.)
template <typename Answer, typename Work>
Answer guarded(Answer failed, Work&& work) noexcept {
  try {
    return std::forward<Work>(work)();
  } catch (const std::exception& thrown) {
    log_thrown(thrown.what());
  } catch (...) {
    log_thrown("an unknown exception");
  }
  return failed;
}

template <typename Work>
void guarded(Work&& work) noexcept {
  guarded(0, [&] { return std::forward<Work>(work)(), 0; });
}

}  // namespace lockstep::k4a
