// SPDX-License-Identifier: MIT
#include "lockstep/take/tick_index.h"

#include <fmt/core.h>
#include <gmock/gmock.h>

#include "tests/support/small_take.h"

namespace lockstep {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::SmallTake;
using testing::ticks;

std::vector<int64_t> ticks_of(const CameraTicks& camera) {
  std::vector<int64_t> all;
  for (const auto& entry : camera.entries) all.push_back(entry.tick);
  return all;
}

std::vector<uint32_t> parts_of(const CameraTicks& camera) {
  std::vector<uint32_t> all;
  for (const auto& entry : camera.entries) all.push_back(entry.part);
  return all;
}

TEST(IndexTicks, BeginsAtTheFirstTickThatAllHave) {
  SmallTake take;
  take.add_part(0, ticks(10, 16), 500'000, true);
  take.add_part(1, ticks(12, 18), 700'000, true);
  const auto index = index_ticks(take.folder(), take.manifest());
  ASSERT_TRUE(index) << index.error().message;
  EXPECT_EQ(index->common_ticks, 5);
  EXPECT_THAT(ticks_of(index->cameras[0]), ElementsAre(-2, -1, 0, 1, 2, 3, 4));
  EXPECT_THAT(ticks_of(index->cameras[1]), ElementsAre(0, 1, 2, 3, 4, 5, 6));
  EXPECT_EQ(index->cameras[1].captures, 7u);
}

TEST(IndexTicks, PlacesAPartWhoseClockBeganAnew) {
  SmallTake take;
  take.add_part(0, ticks(0, 9), 1'000'000, true);
  take.add_part(1, ticks(0, 3), 1'000'000, true);
  // Three ticks were lost with the restart; stamps of the part count from its own first pulse.
  take.add_part(1, ticks(7, 9), -200'000, true);
  const auto index = index_ticks(take.folder(), take.manifest());
  ASSERT_TRUE(index) << index.error().message;
  EXPECT_THAT(ticks_of(index->cameras[1]), ElementsAre(0, 1, 2, 3, 7, 8, 9));
  EXPECT_THAT(parts_of(index->cameras[1]), ElementsAre(0, 0, 0, 0, 1, 1, 1));
  EXPECT_EQ(index->common_ticks, 10);
}

TEST(IndexTicks, HolesAreWhatACameraLacksOfTheCommonTicks) {
  TakeManifest manifest;
  manifest.cameras.resize(2);
  manifest.cameras[0].name = "a";
  manifest.cameras[1].name = "b";
  manifest.holes = {{"b", 4, 2, HoleCause::device_lost, "lost"},
                    {"a", 0, 9, HoleCause::not_delivered, "other"}};
  TakeTicks index;
  index.common_ticks = 8;
  index.cameras.resize(2);
  for (const int64_t tick : {-1, 0, 1, 2, 3, 4, 5, 6, 7, 8})
    index.cameras[0].entries.push_back({.tick = tick});
  for (const int64_t tick : {2, 3, 3, 5}) index.cameras[1].entries.push_back({.tick = tick});
  const auto said = [](const TakeHole& hole) {
    return fmt::format("{} {}+{} {}", hole.camera, hole.first_tick, hole.count, hole.cause);
  };
  std::vector<std::string> holes;
  for (const TakeHole& hole : holes_of(index, manifest)) holes.push_back(said(hole));
  EXPECT_THAT(holes, ElementsAre("b 0+2 not in its recordings", "b 4+1 lost",
                                 "b 6+2 not in its recordings"));
}

TEST(IndexTicks, CountsByStampsWhereTheManifestKnowsNothing) {
  SmallTake take;
  take.add_part(0, ticks(3, 8), 10'000, false);
  take.add_part(1, ticks(4, 5), 10'000, false);
  take.add_part(1, ticks(0, 1), 0, false);  // follows at once, for all that can be known
  const auto index = index_ticks(take.folder(), take.manifest());
  ASSERT_TRUE(index) << index.error().message;
  EXPECT_THAT(ticks_of(index->cameras[0]), ElementsAre(-1, 0, 1, 2, 3, 4));
  EXPECT_THAT(ticks_of(index->cameras[1]), ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(index->common_ticks, 4);
}

/// A double of microseconds since 1970 is a quarter of a microsecond wide.
TEST(IndexTicks, IsExactOnClocksThatCountFrom1970) {
  SmallTake take;
  const int64_t zero_us = 1'700'000'000'000'000;
  take.add_part(0, ticks(0, 5), zero_us, true);
  take.add_part(1, ticks(2, 5), zero_us, true);
  const auto index = index_ticks(take.folder(), take.manifest());
  ASSERT_TRUE(index) << index.error().message;
  EXPECT_THAT(ticks_of(index->cameras[1]), ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(index->common_ticks, 4);
}

TEST(IndexTicks, KeepsHolesAndATornEnd) {
  SmallTake take;
  take.add_part(0, ticks(0, 19), 1'000'000, true);
  take.add_part(1, {0, 1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, 1'000'000, true);
  const std::filesystem::path torn = take.folder() / "a.mkv";
  std::filesystem::resize_file(torn, std::filesystem::file_size(torn) * 6 / 10);
  const auto index = index_ticks(take.folder(), take.manifest());
  ASSERT_TRUE(index) << index.error().message;
  const size_t left = index->cameras[0].entries.size();
  EXPECT_GT(left, 5u);
  EXPECT_LT(left, 14u);
  EXPECT_EQ(index->common_ticks, static_cast<int64_t>(left));
  EXPECT_EQ(index->cameras[1].entries[2].tick, 4);
}

TEST(IndexTicks, OfACameraThatWasLostDoesNotEndTheOthers) {
  SmallTake take;
  take.add_part(0, ticks(0, 9), 100'000, true);
  take.add_part(1, ticks(0, 3), 100'000, true);
  take.manifest().cameras[1].end = {EndOfCamera::lost, "unplugged"};
  EXPECT_EQ(index_ticks(take.folder(), take.manifest())->common_ticks, 10);
  take.manifest().cameras[1].end = {EndOfCamera::cut};
  EXPECT_EQ(index_ticks(take.folder(), take.manifest())->common_ticks, 4);
}

TEST(IndexTicks, APartKilledBeforeItsFirstFrameCountsForNothing) {
  SmallTake take;
  take.add_part(0, ticks(0, 5), 1'000'000, true);
  take.add_part(1, ticks(0, 5), 1'000'000, true);
  take.add_part(1, ticks(6, 9), 1'000'000, true);
  take.tear_before_first_frame(1, 1);
  const auto index = index_ticks(take.folder(), take.manifest());
  ASSERT_TRUE(index) << index.error().message;
  EXPECT_EQ(index->common_ticks, 6);
  EXPECT_EQ(index->cameras[1].captures, 6u);
}

TEST(IndexTicks, NamesAFileThatCannotBeUsed) {
  SmallTake take;
  take.add_part(0, ticks(0, 3), 100'000, true);
  take.add_part(1, ticks(0, 3), 100'000, true);
  testing::write_file(take.folder() / "b.mkv", "this is no recording");
  const auto text = index_ticks(take.folder(), take.manifest());
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, Errc::unusable_input);
  EXPECT_THAT(text.error().message, HasSubstr("b.mkv"));
  std::filesystem::remove(take.folder() / "b.mkv");
  EXPECT_EQ(index_ticks(take.folder(), take.manifest()).error().code, Errc::not_found);
}

}  // namespace
}  // namespace lockstep
