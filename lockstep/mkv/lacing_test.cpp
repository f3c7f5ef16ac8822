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

TEST(Lacing, EveryCutIsRefusedOrStaysInside) {
  Bytes xiph = bytes({2, 255, 1, 3});
  xiph.resize(4 + 256 + 3);
  Bytes ebml = bytes({2, 0x40, 0x64, 0x5F, 0xC3});  // 100 bytes, then 60 less
  ebml.resize(5 + 100 + 40);
  const Bytes fixed = bytes({1, 7, 7});
  const struct {
    Lacing lacing;
    const Bytes& payload;
  } cases[] = {{Lacing::xiph, xiph}, {Lacing::ebml, ebml}, {Lacing::fixed, fixed}};
  for (const auto& one : cases) {
    for (size_t cut = 0; cut < one.payload.size(); ++cut) {
      const auto frames = split_frames(one.lacing, ByteView(one.payload).first(cut));
      // A fixed lace that is cut to its count alone still divides: into empty frames.
      EXPECT_EQ(frames.has_value(), one.lacing == Lacing::fixed && cut == 1) << cut;
    }
    const auto whole = split_frames(one.lacing, one.payload);
    ASSERT_TRUE(whole);
    size_t total = 0;
    for (const ByteView& frame : *whole) total += frame.size();
    EXPECT_LE(total, one.payload.size());
  }
}

TEST(Lacing, HostileSizesAreRefused) {
  // 256 frames; the largest first size that eight bytes hold, then the largest steps upwards.
  Bytes growing = bytes({255, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE});
  for (int i = 0; i < 254; ++i) {
    const Bytes step = bytes({0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE});
    growing.insert(growing.end(), step.begin(), step.end());
  }
  growing.resize(growing.size() + 100);
  EXPECT_FALSE(split_frames(Lacing::ebml, growing));
  // A step below zero, an unknown size, a size of no length.
  EXPECT_FALSE(split_frames(Lacing::ebml, bytes({2, 0x81, 0x80, 1, 2, 3, 4})));
  EXPECT_FALSE(split_frames(Lacing::ebml, bytes({1, 0xFF, 1, 2, 3, 4})));
  EXPECT_FALSE(split_frames(Lacing::ebml, bytes({1, 0x00, 1, 2, 3, 4})));
  EXPECT_FALSE(split_frames(Lacing::xiph, Bytes(300, std::byte{0xFF})));
  EXPECT_FALSE(split_frames(Lacing::fixed, Bytes(255, std::byte{0xFF})));
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

TEST(PutInLace, IsTakenApartAgain) {
  const Bytes many(70'000, std::byte{7});
  for (const std::vector<size_t>& sizes : std::vector<std::vector<size_t>>{
           {5}, {0}, {4, 4, 4}, {0, 0}, {1, 300, 2, 0, 70'000, 3}, std::vector<size_t>(255, 40)}) {
    std::vector<ByteView> frames;
    for (const size_t size : sizes) frames.push_back(ByteView(many).first(size));
    const Lace lace = put_in_lace(frames);
    EXPECT_EQ(lacing_of(lacing_flags(lace.lacing)), lace.lacing);
    const auto taken = split_frames(lace.lacing, lace.payload);
    ASSERT_TRUE(taken);
    std::vector<size_t> found;
    for (const ByteView frame : *taken) found.push_back(frame.size());
    EXPECT_EQ(found, sizes);
  }
}

}  // namespace
}  // namespace lockstep::mkv
