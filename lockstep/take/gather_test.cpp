// SPDX-License-Identifier: MIT
#include "lockstep/take/gather.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <optional>

#include "lockstep/take/take_lock.h"
#include "tests/support/small_take.h"

namespace lockstep {
namespace {

using ::testing::HasSubstr;
using testing::SmallTake;
using testing::ticks;

/// What becomes of a take whose second recording holds this text, and had so many captures.
Result<Evidence> gathered_with(std::string_view second, uint64_t captures) {
  SmallTake take;
  take.add_part(0, ticks(0, 5), 100'000, true);
  take.add_part(1, ticks(0, 5), 100'000, true);
  take.manifest().cameras[1].captures = captures;
  testing::write_file(take.folder() / "b.mkv", second);
  return gather_take(take.folder(), take.manifest(), 2);
}

TEST(GatherTake, TakesAnEmptyOrUnusableFileForACameraThatRecordedNothing) {
  for (const std::string_view second : {std::string_view(), std::string_view("no recording")}) {
    const auto evidence = gathered_with(second, 0);
    ASSERT_TRUE(evidence) << evidence.error().message;
    ASSERT_EQ(evidence->devices.size(), 2u);
    EXPECT_EQ(evidence->devices[0].color.size(), 6u);
    const DeviceEvidence& b = evidence->devices[1];
    EXPECT_EQ(b.name, "b");
    EXPECT_EQ(b.serial, "000000000002");
    EXPECT_EQ(b.config.wired_sync, WiredSync::subordinate);
    EXPECT_TRUE(b.color.empty());
    ASSERT_EQ(b.damage.size(), 1u);
    EXPECT_THAT(b.damage[0], HasSubstr("b.mkv"));
  }
}

TEST(GatherTake, AFileWhoseCapturesTheTakeCountedIsLostAndNoSilentCamera) {
  const auto emptied = gathered_with("", 6);
  ASSERT_TRUE(emptied) << emptied.error().message;
  EXPECT_EQ(emptied->devices.size(), 1u);
  ASSERT_EQ(emptied->lost.size(), 1u);
  EXPECT_EQ(emptied->lost[0].camera, "b");
  EXPECT_EQ(emptied->lost[0].source, "b.mkv");
  EXPECT_EQ(emptied->lost[0].captures, 6u);
  EXPECT_FALSE(emptied->lost[0].why.empty());
}

TEST(GatherTake, WhatIsNoFileIsALostRecordingAndHoldsNobodyUp) {
  for (const bool pipe : {false, true}) {
    SmallTake take;
    take.add_part(0, ticks(0, 5), 100'000, true);
    take.add_part(1, ticks(0, 5), 100'000, true);
    const std::filesystem::path second = take.folder() / "b.mkv";
    std::filesystem::remove(second);
    ASSERT_TRUE(pipe ? ::mkfifo(second.c_str(), 0600) == 0
                     : std::filesystem::create_directory(second));
    const auto evidence = gather_take(take.folder(), take.manifest(), 2);
    ASSERT_TRUE(evidence) << evidence.error().message;
    ASSERT_EQ(evidence->lost.size(), 1u);
    EXPECT_THAT(evidence->lost[0].why, HasSubstr("is not a file but a folder, a pipe"));
  }
}

TEST(GatherTake, MissesALaterPartThatIsNotThere) {
  SmallTake take;
  take.add_part(0, ticks(0, 9), 100'000, true);
  take.add_part(1, ticks(0, 4), 100'000, true);
  take.add_part(1, ticks(6, 9), -200'000, true);
  std::filesystem::remove(take.folder() / "b.part2.mkv");
  const auto evidence = gather_take(take.folder(), take.manifest(), 2);
  ASSERT_TRUE(evidence) << evidence.error().message;
  EXPECT_EQ(evidence->devices.size(), 2u);
  ASSERT_EQ(evidence->lost.size(), 1u);
  EXPECT_EQ(evidence->lost[0].source, "b.part2.mkv");
  EXPECT_EQ(evidence->lost[0].part, 2);
  EXPECT_EQ(evidence->lost[0].why, "");
}

TEST(GatherTake, LeavesOutWhatIsNotThereAndRefusesATakeOfNothing) {
  SmallTake take;
  take.add_part(0, ticks(0, 5), 100'000, true);
  take.add_part(1, ticks(0, 5), 100'000, true);
  std::filesystem::remove(take.folder() / "b.mkv");
  const auto one = gather_take(take.folder(), take.manifest(), 1);
  ASSERT_TRUE(one) << one.error().message;
  ASSERT_EQ(one->devices.size(), 1u);
  EXPECT_EQ(one->devices[0].name, "a");
  std::filesystem::remove(take.folder() / "a.mkv");
  const auto none = gather_take(take.folder(), take.manifest(), 1);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Errc::unusable_input);
  EXPECT_THAT(none.error().message, HasSubstr("none of its recordings"));
}

/// A file that is being written is no damaged one, and a recorder that died is not recording.
TEST(GatherTake, TellsATakeThatIsBeingRecordedFromOneThatWasLeftBehind) {
  SmallTake take;
  take.add_part(0, ticks(0, 20), 100'000, true);
  take.add_part(1, ticks(0, 20), 100'000, true);
  const std::filesystem::path file = take.folder() / "b.mkv";
  std::filesystem::resize_file(file, std::filesystem::file_size(file) * 2 / 3);
  take.manifest().state = TakeState::recording;
  take.save();
  const auto gathered = [&] { return *gather_take(take.folder(), take.manifest(), 1); };
  {
    const auto lock = TakeLock::take(take.folder(), TakeWork::recording);
    const Evidence live = gathered();
    EXPECT_TRUE(live.unfinished);
    EXPECT_FALSE(live.left_behind);
    EXPECT_TRUE(live.devices[1].damage.empty());
  }
  for (const bool recovering : {false, true}) {
    std::optional<TakeLock> lock;
    if (recovering) lock.emplace(*TakeLock::take(take.folder(), TakeWork::recovering));
    const Evidence dead = gathered();
    EXPECT_FALSE(dead.unfinished);
    EXPECT_TRUE(dead.left_behind);
    EXPECT_FALSE(dead.devices[1].damage.empty());
  }
}

TEST(GatherTake, TellsPartsAndWhyACameraWasLost) {
  SmallTake take;
  take.add_part(0, ticks(0, 5), 100'000, true);
  take.add_part(1, ticks(0, 2), 100'000, true);
  take.add_part(1, ticks(4, 5), -100'000, true);
  take.manifest().cameras[1].parts[1].reason = "the device clock stepped";
  take.manifest().cameras[1].end = {EndOfCamera::lost, "unplugged"};
  const auto evidence = gather_take(take.folder(), take.manifest(), 2);
  ASSERT_TRUE(evidence) << evidence.error().message;
  ASSERT_EQ(evidence->devices.size(), 3u);
  EXPECT_EQ(evidence->devices[1].part, 1);
  EXPECT_EQ(evidence->devices[1].lost_because, "");
  EXPECT_EQ(evidence->devices[2].part, 2);
  EXPECT_EQ(evidence->devices[2].part_reason, "the device clock stepped");
  EXPECT_EQ(evidence->devices[2].lost_because, "unplugged");
  EXPECT_EQ(evidence->devices[2].rig_from_device_ns, 100'000'000);
}

}  // namespace
}  // namespace lockstep
