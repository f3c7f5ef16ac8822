// SPDX-License-Identifier: MIT
#include "lockstep/fuse/parallel.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace lockstep {

void parallel_for(int threads, int count, const std::function<void(int)>& work) {
  std::atomic<int> next{0};
  const auto take_turns = [&] {
    for (int i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::jthread> others;
  for (int i = 1; i < std::min(threads, count); ++i) others.emplace_back(take_turns);
  take_turns();
}

}  // namespace lockstep
