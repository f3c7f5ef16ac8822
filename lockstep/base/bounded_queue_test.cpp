// SPDX-License-Identifier: MIT
#include "lockstep/base/bounded_queue.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
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
  BoundedQueue<int> queue(4, OverflowPolicy::drop_oldest);
  EXPECT_TRUE(queue.push(1, 1));
  EXPECT_TRUE(queue.push(2, 2));
  EXPECT_TRUE(queue.push(3, 3));  // both had to go
  EXPECT_EQ(queue.dropped(), 2u);
  EXPECT_EQ(queue.used(), 3u);
  EXPECT_TRUE(queue.push(4, 9));  // larger than all of it
  EXPECT_EQ(queue.dropped(), 3u);
  queue.close();
  EXPECT_FALSE(queue.push(5));
  EXPECT_EQ(queue.pop(), 4);
  EXPECT_EQ(queue.pop(), std::nullopt);
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

TEST(BoundedQueue, RoomTooSmallForOneProducerIsGivenToAnother) {
  BoundedQueue<int> queue(10, OverflowPolicy::block);
  queue.push(1, 6);
  queue.push(2, 4);
  const std::jthread large([&] { queue.push(3, 10); });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));  // first in the line, most likely
  auto small = std::async(std::launch::async, [&] { queue.push(4, 4); });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(queue.pop(), 1);
  EXPECT_EQ(small.wait_for(std::chrono::seconds(20)), std::future_status::ready);
  queue.close();
}

TEST(BoundedQueue, StopWakesAWaitingConsumer) {
  BoundedQueue<int> queue(3, OverflowPolicy::block);
  std::jthread consumer(
      [&](const std::stop_token& stop) { EXPECT_EQ(queue.pop(stop), std::nullopt); });
  consumer.request_stop();
}

}  // namespace
}  // namespace lockstep
