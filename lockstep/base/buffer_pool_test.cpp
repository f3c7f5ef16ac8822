// SPDX-License-Identifier: MIT
#include "lockstep/base/buffer_pool.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "lockstep/base/bounded_queue.h"

namespace lockstep {
namespace {

TEST(BufferPool, GivesMemoryAgainWhenItsLastUserHasLetGo) {
  BufferPool pool;
  BufferPool::Buffer buffer = pool.take(1000);
  const std::byte* const memory = buffer.bytes.data();
  std::shared_ptr<void> other_user = buffer.owner;
  buffer = {};
  EXPECT_NE(pool.take(1000).bytes.data(), memory);
  other_user.reset();
  const BufferPool::Buffer first = pool.take(1000);
  const BufferPool::Buffer second = pool.take(1000);
  EXPECT_TRUE(first.bytes.data() == memory || second.bytes.data() == memory);
}

/// As captures do that a reader gave to several users: buffers come back on any thread, some of
/// them after the pool has gone.
TEST(BufferPool, BuffersComeBackFromOtherThreads) {
  constexpr int kBuffers = 2'000;
  BoundedQueue<std::pair<std::byte, BufferPool::Buffer>> lent(20, OverflowPolicy::block);
  const auto use = [&lent] {
    while (auto item = lent.pop()) {
      const auto& [mark, buffer] = *item;
      EXPECT_TRUE(std::ranges::count(buffer.bytes, mark) == std::ssize(buffer.bytes));
    }
  };
  std::jthread one(use);
  std::jthread other(use);
  {
    BufferPool pool;
    for (int i = 0; i < kBuffers; ++i) {
      const auto mark = static_cast<std::byte>(i);
      BufferPool::Buffer buffer = pool.take(static_cast<size_t>(100 + i % 7 * 50));
      std::ranges::fill(buffer.bytes, mark);
      lent.push({mark, std::move(buffer)});
    }
  }
  lent.close();
}

}  // namespace
}  // namespace lockstep
