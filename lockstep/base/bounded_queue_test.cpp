// SPDX-License-Identifier: MIT
#include "lockstep/base/bounded_queue.h"

#include <gtest/gtest.h>

#include <thread>

namespace lockstep {
namespace {

TEST(BoundedQueue, DropNewestKeepsWhatItPromised) {
  BoundedQueue<int> queue(2, OverflowPolicy::drop_newest);
  EXPECT_TRUE(queue.push(1));
  EXPECT_TRUE(queue.push(2));
  EXPECT_FALSE(queue.push(3));
  EXPECT_EQ(queue.dropped(), 1u);
  EXPECT_EQ(queue.try_pop(), 1);
  EXPECT_EQ(queue.try_pop(), 2);
  EXPECT_EQ(queue.try_pop(), std::nullopt);
}

TEST(BoundedQueue, DropOldestKeepsTheNewest) {
  BoundedQueue<int> queue(2, OverflowPolicy::drop_oldest);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(queue.push(i));
  EXPECT_EQ(queue.dropped(), 3u);
  EXPECT_EQ(queue.try_pop(), 3);
  EXPECT_EQ(queue.try_pop(), 4);
}

TEST(BoundedQueue, CountsCostAndAdmitsOneLargeItem) {
  BoundedQueue<int> queue(10, OverflowPolicy::drop_newest);
  EXPECT_TRUE(queue.push(1, 100));
  EXPECT_FALSE(queue.push(2, 1));
  EXPECT_EQ(queue.used(), 100u);
}

TEST(BoundedQueue, CloseDrainsAndEnds) {
  BoundedQueue<int> queue(10, OverflowPolicy::block);
  queue.push(7);
  queue.close();
  EXPECT_FALSE(queue.push(8));
  EXPECT_EQ(queue.pop(), 7);
  EXPECT_EQ(queue.pop(), std::nullopt);
}

TEST(BoundedQueue, BlockLosesNothingBetweenThreads) {
  BoundedQueue<int> queue(3, OverflowPolicy::block);
  constexpr int kCount = 2000;
  std::jthread producer([&] {
    for (int i = 0; i < kCount; ++i) queue.push(i);
    queue.close();
  });
  int expected = 0;
  while (auto item = queue.pop()) EXPECT_EQ(*item, expected++);
  EXPECT_EQ(expected, kCount);
}

TEST(BoundedQueue, StopWakesAWaitingConsumer) {
  BoundedQueue<int> queue(3, OverflowPolicy::block);
  std::jthread consumer([&](std::stop_token stop) { EXPECT_EQ(queue.pop(stop), std::nullopt); });
  consumer.request_stop();
}

}  // namespace
}  // namespace lockstep
