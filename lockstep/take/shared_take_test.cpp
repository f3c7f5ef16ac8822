// SPDX-License-Identifier: MIT
#include "lockstep/take/shared_take.h"

#include <gmock/gmock.h>

#include <string>

#include "tests/support/recording_fixture.h"
#include "tests/support/small_take.h"

namespace lockstep {
namespace {

using ::testing::HasSubstr;
using testing::small_header;
using testing::TempFolder;

class TakeOfMany : public ::testing::Test {
 protected:
  static JoiningCamera camera(const std::string& name, WiredSync role) {
    JoiningCamera joining{
        .name = name, .serial = "serial-" + name, .config = small_header().camera};
    joining.config.wired_sync = role;
    return joining;
  }

  [[nodiscard]] Result<SharedTake> join(const std::string& name,
                                        WiredSync role = WiredSync::subordinate) const {
    TakeManifest take;
    take.is_virtual = true;
    return SharedTake::join(folder_ / "take", take, camera(name, role));
  }

  /// Its recording, with a capture on each of these ticks.
  static void record(SharedTake& take, int64_t from, int64_t to) {
    ASSERT_TRUE(take.begin({}));
    auto writer = RecordingWriter::create(take.file(), small_header(), {});
    ASSERT_TRUE(writer) << writer.error().message;
    for (int64_t tick = from; tick < to; ++tick)
      ASSERT_TRUE((*writer)->write(testing::capture_at(1'000'000 + tick * 100'000 / 3)));
    ASSERT_TRUE((*writer)->finish());
  }

  [[nodiscard]] TakeManifest manifest() const { return *read_manifest(folder_ / "take"); }

  TempFolder folder_;
};

TEST_F(TakeOfMany, EndsWithTheLastOfThem) {
  auto right = join("right");
  auto left = join("left", WiredSync::master);
  ASSERT_TRUE(right && left);
  EXPECT_EQ(manifest().plan.source, "left");
  EXPECT_TRUE(holder_of(folder_ / "take"));
  EXPECT_FALSE(TakeLock::take(folder_ / "take", TakeWork::recovering));
  record(*right, 0, 20);
  record(*left, 3, 30);
  const auto first = right->leave({EndOfCamera::length_reached});
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_FALSE(first->last);
  EXPECT_EQ(manifest().state, TakeState::recording);
  // Although the object of the first is still there.
  const auto second = left->leave({EndOfCamera::cut});
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_TRUE(second->last);
  EXPECT_EQ(manifest().state, TakeState::complete);
  EXPECT_EQ(manifest().common_ticks, 17);
  EXPECT_EQ(manifest().cameras[0].captures, 20u);
  EXPECT_EQ(manifest().plan.find("left")->start_order, 1);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "take" / kTakeLockFile));
}

TEST_F(TakeOfMany, LacksWhoeverRecordedNothing) {
  auto right = join("right");
  auto left = join("left", WiredSync::master);
  ASSERT_TRUE(right && left);
  ASSERT_TRUE(right->leave({}));
  record(*left, 0, 10);
  ASSERT_TRUE(left->leave({EndOfCamera::cut}));
  ASSERT_EQ(manifest().cameras.size(), 1u);
  EXPECT_EQ(manifest().cameras[0].name, "left");
}

TEST_F(TakeOfMany, BeginsAnewWhereNothingWasRecorded) {
  ASSERT_TRUE(join("right")->leave({}));
  EXPECT_EQ(manifest().state, TakeState::incomplete);
  auto again = join("right");
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(manifest().state, TakeState::recording);
  EXPECT_TRUE(manifest().remarks.empty());
}

TEST_F(TakeOfMany, WarnsOfACameraByItselfBesideThoseOfALine) {
  auto alone = join("alone", WiredSync::standalone);
  ASSERT_TRUE(alone);
  EXPECT_EQ(*alone->begin({}), "") << "nobody else is there yet";
  auto right = join("right");
  ASSERT_TRUE(right);
  EXPECT_THAT(*right->begin({}), HasSubstr("alone runs by itself"));
  auto middle = join("middle");
  ASSERT_TRUE(middle);
  EXPECT_THAT(*middle->begin({}), HasSubstr("alone runs by itself"));
  auto late = join("late", WiredSync::standalone);
  EXPECT_THAT(*late->begin({}), HasSubstr("late runs by itself"));
  EXPECT_TRUE(manifest().unproved);
  EXPECT_EQ(manifest().remarks.size(), 2u) << "each camera once";
}

TEST_F(TakeOfMany, RefusesWhoDoesNotFit) {
  auto left = join("left", WiredSync::master);
  ASSERT_TRUE(left);
  const auto second_master = join("middle", WiredSync::master);
  ASSERT_FALSE(second_master);
  EXPECT_THAT(second_master.error().message, HasSubstr("left is the master"));
  JoiningCamera slow = camera("right", WiredSync::subordinate);
  slow.config.frame_rate = FrameRate::fps5;
  TakeManifest take;
  take.is_virtual = true;
  const auto other_rate = SharedTake::join(folder_ / "take", take, slow);
  ASSERT_FALSE(other_rate);
  EXPECT_THAT(other_rate.error().message, HasSubstr("one rate"));
  take.is_virtual = false;
  EXPECT_FALSE(SharedTake::join(folder_ / "take", take, camera("r", WiredSync::subordinate)));
  record(*left, 0, 3);
  const auto twice = join("left", WiredSync::master);
  ASSERT_FALSE(twice);
  EXPECT_THAT(twice.error().message, HasSubstr("recorded in this take already"));
  EXPECT_EQ(manifest().cameras.size(), 1u) << "who was refused is not in it";
  ASSERT_TRUE(left->leave({EndOfCamera::length_reached}));
  const auto late = join("right");
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Errc::already_exists);
  EXPECT_THAT(late.error().message, HasSubstr("has ended"));
}

TEST_F(TakeOfMany, IsUnprovedWhereClocksDidNotBeginTogether) {
  using std::chrono::milliseconds;
  auto left = join("left", WiredSync::master);
  auto middle = join("middle");
  auto right = join("right");
  ASSERT_TRUE(left && middle && right);
  const HostTime pulse(milliseconds(50'000));
  EXPECT_EQ(*left->begin(pulse), "");
  EXPECT_EQ(*middle->begin(pulse + milliseconds(40)), "");
  EXPECT_FALSE(manifest().unproved);
  EXPECT_THAT(*right->begin(pulse + milliseconds(1500)),
              HasSubstr("right began 1.50 s after that of left"));
  EXPECT_TRUE(manifest().unproved);
  EXPECT_EQ(manifest().remarks.size(), 1u);
  EXPECT_EQ(manifest().cameras[2].zero_on_host, pulse + milliseconds(1500));
}

TEST_F(TakeOfMany, LeavesOtherFoldersAlone) {
  std::filesystem::create_directory(folder_ / "take");
  testing::write_file(folder_ / "take/notes.txt", "mine");
  const auto refused = join("left");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("other things"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "take" / kTakeLockFile));
  std::filesystem::remove(folder_ / "take/notes.txt");
  ASSERT_TRUE(write_manifest(folder_ / "take", {}));
  EXPECT_THAT(join("left").error().message, HasSubstr("lockstep record"));
  const auto lock = TakeLock::take(folder_ / "take", TakeWork::verifying);
  ASSERT_TRUE(lock);
  EXPECT_EQ(join("left").error().code, Errc::busy);
}

// The kernel lets go of the lock of a recorder that is killed; its entry stays.
TEST_F(TakeOfMany, IsForRecoverWhereARecorderDied) {
  {
    auto killed = join("right");
    ASSERT_TRUE(killed);
    record(*killed, 0, 5);
  }
  const auto late = join("left", WiredSync::master);
  ASSERT_FALSE(late);
  EXPECT_THAT(late.error().message, HasSubstr("lockstep recover"));
}

}  // namespace
}  // namespace lockstep
