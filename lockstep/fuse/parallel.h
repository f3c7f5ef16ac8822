// SPDX-License-Identifier: MIT
#pragma once

#include <functional>

namespace lockstep {

/// Calls `work(i)` once for every i from 0 to before `count`, in any order, on `threads` threads at
/// most, of which the calling one is one. Returns when all is done. `work` does not throw.
void parallel_for(int threads, int count, const std::function<void(int)>& work);

}  // namespace lockstep
