// SPDX-License-Identifier: MIT
#include "lockstep/take/set_reader.h"

#include <gmock/gmock.h>

#include "tests/support/small_take.h"

namespace lockstep {
namespace {

using ::testing::HasSubstr;
using testing::SmallTake;
using testing::ticks;

/// The next set, which must be there.
CaptureSet next_of(SetReader& reader) {
  auto set = reader.next();
  EXPECT_TRUE(set) << set.error().message;
  if (!set || !*set) {
    ADD_FAILURE() << "no more sets";
    return {Tick{-1}, std::vector<CaptureSlot>(2)};
  }
  return **std::move(set);
}

TEST(SetReader, ReadsOverPartsAndSaysWhyTicksAreMissing) {
  SmallTake take;
  take.add_part(0, ticks(0, 11), 1'000'000, true);
  take.add_part(1, {0, 1, 2, 5}, 1'000'000, true);
  take.add_part(1, {8, 9}, -200'000, true);
  take.manifest().cameras[1].end = {EndOfCamera::lost, "unplugged"};
  take.manifest().holes = {{"b", 3, 1, HoleCause::dropped_by_recorder, "the disk did not keep up"},
                           {"b", 4, 1, HoleCause::refused_by_recorder, "an empty picture"},
                           {"b", 10, 2, HoleCause::device_lost, "unplugged"}};
  take.save();
  auto reader = SetReader::open(take.folder());
  ASSERT_TRUE(reader) << reader.error().message;
  ASSERT_EQ((*reader)->tick_count(), 12);
  for (int64_t tick = 0; tick < 12; ++tick) {
    const CaptureSet set = next_of(**reader);
    EXPECT_EQ(set.tick.index, tick);
    ASSERT_EQ(set.slots.size(), 2u);
    EXPECT_NE(set.slots[0].capture, nullptr) << tick;
    const bool there = tick <= 2 || tick == 5 || tick == 8 || tick == 9;
    EXPECT_EQ(set.slots[1].capture != nullptr, there) << tick;
    const HoleCause cause = tick >= 10  ? HoleCause::device_lost
                            : tick == 3 ? HoleCause::dropped_by_recorder
                            : tick == 4 ? HoleCause::refused_by_recorder
                                        : HoleCause::not_delivered;
    EXPECT_EQ(set.slots[1].cause, cause) << tick;
  }
  EXPECT_FALSE(*(*reader)->next());
}

TEST(SetReader, SaysOfALostCameraWithoutABookedHoleThatItsEndIsPast) {
  SmallTake take;
  take.add_part(0, ticks(0, 5), 100'000, true);
  take.add_part(1, ticks(0, 3), 100'000, true);
  take.manifest().cameras[1].end = {EndOfCamera::lost, ""};
  take.save();
  auto reader = SetReader::open(take.folder());
  ASSERT_TRUE(reader) << reader.error().message;
  (*reader)->seek(5);
  EXPECT_EQ(next_of(**reader).slots[1].cause, HoleCause::after_end);
}

/// On clocks that count from 1970 a gate of 110 us must not drown in the size of the numbers.
TEST(SetReader, FindsACameraThatIsOutOfStepWheneverItsClockBegan) {
  for (const int64_t zero_us : {int64_t{100'000}, int64_t{1'700'000'000'000'000}}) {
    for (const int64_t late_us : {0, 150}) {
      SmallTake take;
      take.add_part(0, ticks(0, 5), zero_us, true);
      take.add_part(1, ticks(0, 5), zero_us + late_us, true);
      take.manifest().plan.cameras[1].clock_disciplined = false;
      take.save();
      auto reader = SetReader::open(take.folder());
      ASSERT_TRUE(reader) << reader.error().message;
      (*reader)->seek(3);
      const CaptureSet set = next_of(**reader);
      EXPECT_EQ(set.slots[0].in_step && set.slots[1].in_step, late_us == 0)
          << zero_us << " " << late_us;
    }
  }
}

TEST(SetReader, StopsAtATornEndAndFindsEachTickBeforeIt) {
  SmallTake take;
  take.add_part(0, ticks(0, 19), 100'000, true);
  take.add_part(1, ticks(0, 19), 100'000, true);
  take.save();
  const std::filesystem::path torn = take.folder() / "b.mkv";
  std::filesystem::resize_file(torn, std::filesystem::file_size(torn) / 2);
  auto reader = SetReader::open(take.folder());
  ASSERT_TRUE(reader) << reader.error().message;
  const int64_t last = (*reader)->tick_count() - 1;
  ASSERT_GT(last, 3);
  ASSERT_LT(last, 15);
  for (const int64_t tick : {last, int64_t{0}, last - 1}) {
    (*reader)->seek(tick);
    const CaptureSet set = next_of(**reader);
    EXPECT_EQ(set.tick.index, tick);
    for (const CaptureSlot& slot : set.slots) EXPECT_NE(slot.capture, nullptr) << tick;
  }
}

/// What became of the others' files does not matter, and ticks keep their numbers.
TEST(SetReader, OfCamerasThatAreChosenOnlyTheirFilesCount) {
  for (const bool missing : {false, true}) {
    SmallTake take;
    take.add_part(0, ticks(-2, 19), 100'000, true);
    take.add_part(1, ticks(0, 4), 100'300, true);
    take.manifest().common_ticks = 20;
    take.save();
    if (missing) std::filesystem::remove(take.folder() / "b.mkv");
    const auto all = SetReader::open(take.folder());
    ASSERT_EQ(bool(all), !missing);
    if (missing) {
      EXPECT_THAT(all.error().message, HasSubstr("b.mkv is not there, and it is of camera 'b'"));
    }
    const auto misspelt = SetReader::open(take.folder(), {"a", "bb"});
    ASSERT_FALSE(misspelt);
    EXPECT_THAT(misspelt.error().message, HasSubstr("has no camera 'bb': did you mean 'b'?"));
    auto reader = SetReader::open(take.folder(), {"a"});
    ASSERT_TRUE(reader) << reader.error().message;
    EXPECT_EQ((*reader)->tick_count(), 20);
    for (const int64_t tick : {0, 4, 19}) {
      (*reader)->seek(tick);
      const CaptureSet set = next_of(**reader);
      ASSERT_EQ(set.slots.size(), 2u);
      ASSERT_NE(set.slots[0].capture, nullptr) << tick;
      EXPECT_EQ(set.slots[0].capture->stamp().since_zero(), Micros(100'000 + tick * 100'000 / 3));
      EXPECT_TRUE(set.slots[0].in_step) << "whatever the other one's clock says";
      EXPECT_EQ(set.slots[1].capture, nullptr);
    }
    const auto both = SetReader::open(take.folder(), {"a", "b"});
    EXPECT_EQ(bool(both), !missing);
    if (!both) continue;
    EXPECT_EQ((*both)->tick_count(), 5);
  }
}

TEST(SetReader, ACameraThatWasLostIsReadAloneAsFarAsItGoes) {
  SmallTake take;
  take.add_part(0, ticks(0, 9), 100'000, true);
  take.add_part(1, ticks(0, 4), 100'000, true);
  take.manifest().cameras[1].end = {EndOfCamera::lost, "unplugged"};
  take.save();
  EXPECT_EQ((*SetReader::open(take.folder()))->tick_count(), 10);
  const auto lost = SetReader::open(take.folder(), {"b"});
  ASSERT_TRUE(lost) << lost.error().message;
  EXPECT_EQ((*lost)->tick_count(), 5);
}

TEST(SetReader, RefusesATakeWithoutACommonTick) {
  SmallTake take;
  take.add_part(0, ticks(0, 3), 100'000, true);
  take.add_part(1, ticks(8, 9), 100'000, true);
  take.save();
  const auto apart = SetReader::open(take.folder());
  ASSERT_FALSE(apart);
  EXPECT_EQ(apart.error().code, Errc::not_found);
}

}  // namespace
}  // namespace lockstep
