// SPDX-License-Identifier: MIT
#include "lockstep/mkv/lacing.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace lockstep::mkv {
namespace {

Bytes bytes(std::initializer_list<int> values) {
  Bytes out;
  for (const int value : values) out.push_back(static_cast<std::byte>(value));
  return out;
}

std::vector<size_t> sizes(const std::vector<ByteView>& frames) {
  std::vector<size_t> out;
  for (const ByteView& frame : frames) out.push_back(frame.size());
  return out;
}

TEST(Lacing, FixedSize) {
  const Bytes payload = bytes({2, 1, 1, 2, 2, 3, 3});
  const auto frames = split_frames(Lacing::fixed, payload);
  ASSERT_TRUE(frames);
  EXPECT_EQ(sizes(*frames), (std::vector<size_t>{2, 2, 2}));
  EXPECT_EQ(frames->at(2)[0], std::byte{3});
  EXPECT_FALSE(split_frames(Lacing::fixed, bytes({2, 1, 1, 2, 2})));
}

TEST(Lacing, Xiph) {
  Bytes payload = bytes({2, 255, 1, 3});
  payload.resize(4 + 256 + 3 + 5);
  const auto frames = split_frames(Lacing::xiph, payload);
  ASSERT_TRUE(frames);
  EXPECT_EQ(sizes(*frames), (std::vector<size_t>{256, 3, 5}));
}

TEST(Lacing, Ebml) {
  // 3 frames: 4 bytes, then one byte less (0xBF - 1 = 0xBE), then the rest.
  Bytes payload = bytes({2, 0x84, 0xBE});
  payload.resize(3 + 4 + 3 + 6);
  const auto frames = split_frames(Lacing::ebml, payload);
  ASSERT_TRUE(frames);
  EXPECT_EQ(sizes(*frames), (std::vector<size_t>{4, 3, 6}));
}

RC_GTEST_PROP(Lacing, FramesOfAnyBytesStayInside, (std::vector<uint8_t> raw)) {
  Bytes payload;
  for (const uint8_t value : raw) payload.push_back(static_cast<std::byte>(value));
  for (const Lacing lacing : {Lacing::none, Lacing::xiph, Lacing::fixed, Lacing::ebml}) {
    const auto frames = split_frames(lacing, payload);
    if (!frames) continue;
    size_t total = 0;
    for (const ByteView& frame : *frames) total += frame.size();
    RC_ASSERT(total <= payload.size());
  }
}

}  // namespace
}  // namespace lockstep::mkv
