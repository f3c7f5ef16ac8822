// SPDX-License-Identifier: MIT
#include "lockstep/mkv/vint.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "lockstep/mkv/element_writer.h"
#include "lockstep/mkv/ids.h"

namespace lockstep::mkv {
namespace {

RC_GTEST_PROP(Vint, ComesBackAtEveryLengthThatHoldsIt, (uint64_t raw)) {
  const uint64_t value = raw >> *rc::gen::inRange(8, 64);
  RC_PRE(value <= kMaxVint);
  for (int length = vint_length(value); length <= 8; ++length) {
    Bytes bytes;
    put_vint(bytes, value, length);
    RC_ASSERT(bytes.size() == static_cast<size_t>(length));
    const auto read = read_vint(bytes);
    RC_ASSERT(read.has_value());
    RC_ASSERT(read->value == value && read->length == length);
    for (size_t cut = 0; cut < bytes.size(); ++cut) {
      RC_ASSERT(!read_vint(ByteView(bytes).first(cut)).has_value());
    }
  }
}

TEST(Vint, ShortestLengthLeavesOutTheUnknownSize) {
  EXPECT_EQ(vint_length(0), 1);
  EXPECT_EQ(vint_length(126), 1);
  EXPECT_EQ(vint_length(127), 2);  // 0xFF would be "unknown"
  EXPECT_EQ(vint_length(16382), 2);
  EXPECT_EQ(vint_length(16383), 3);
  EXPECT_EQ(vint_length(kMaxVint), 8);
}

TEST(Vint, AllOnesAreUnknownAndZeroIsNoVint) {
  const Bytes one{std::byte{0xFF}};
  EXPECT_EQ(read_vint(one)->value, kUnknownSize);
  Bytes eight{std::byte{0x01}};
  eight.insert(eight.end(), 7, std::byte{0xFF});
  EXPECT_EQ(read_vint(eight)->value, kUnknownSize);
  EXPECT_FALSE(read_vint(Bytes(8)));
}

TEST(ElementHead, RefusesIdsOfMoreThanFourBytes) {
  EXPECT_FALSE(read_element_head(Bytes{std::byte{0x08}, std::byte{0x81}, std::byte{0x81}}));
  const Bytes cluster{std::byte{0x1F}, std::byte{0x43}, std::byte{0xB6}, std::byte{0x75},
                      std::byte{0x85}};
  const auto head = read_element_head(cluster);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->id, id::kCluster);
  EXPECT_EQ(head->size, 5U);
  EXPECT_EQ(head->head_length, 5);
}

TEST(ElementHead, EveryCutAndEveryHostileSize) {
  const Bytes largest{std::byte{0x1F}, std::byte{0x43}, std::byte{0xB6}, std::byte{0x75},
                      std::byte{0x01}, std::byte{0xFF}, std::byte{0xFF}, std::byte{0xFF},
                      std::byte{0xFF}, std::byte{0xFF}, std::byte{0xFF}, std::byte{0xFE}};
  for (size_t cut = 0; cut < largest.size(); ++cut) {
    EXPECT_FALSE(read_element_head(ByteView(largest).first(cut))) << cut;
  }
  const auto head = read_element_head(largest);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->size, kMaxVint);
  EXPECT_EQ(static_cast<size_t>(head->head_length), kMaxElementHead);
  for (int first = 0; first < 256; ++first) {
    // An id of any first byte with seven bytes behind it never reads further than there is.
    Bytes any(8, std::byte{0xFF});
    any[0] = static_cast<std::byte>(first);
    const auto read = read_element_head(any);
    EXPECT_EQ(read.has_value(), first >= 0x10) << first;
    if (read) {
      EXPECT_LE(static_cast<size_t>(read->head_length), any.size());
    }
  }
}

RC_GTEST_PROP(Void, TakesExactlyTheRoomItIsGiven, ()) {
  const uint64_t total = *rc::gen::inRange<uint64_t>(2, 40'000);
  ElementWriter out;
  out.put_void(total);
  RC_ASSERT(out.size() == total);
  const auto head = read_element_head(out.bytes());
  RC_ASSERT(head && head->id == id::kVoid);
  RC_ASSERT(head->size + static_cast<uint64_t>(head->head_length) == total);
}

}  // namespace
}  // namespace lockstep::mkv
