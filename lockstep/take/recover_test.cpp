// SPDX-License-Identifier: MIT
#include "lockstep/take/recover.h"

#include <gmock/gmock.h>

#include "tests/support/small_take.h"

namespace lockstep {
namespace {

using testing::SmallTake;
using testing::ticks;

TEST(RecoverTake, NotesNoCountWhereARecordingCannotBeReadNow) {
  SmallTake take;
  take.add_part(0, ticks(0, 5), 1'000'000, true);
  take.add_part(1, ticks(0, 5), 1'000'000, true);
  take.manifest().state = TakeState::recording;
  take.manifest().cameras[1].captures = 6;
  ASSERT_TRUE(write_manifest(take.folder(), take.manifest()));
  // A link to itself: the operating system refuses to read it.
  std::filesystem::remove(take.folder() / "b.mkv");
  std::filesystem::create_symlink("b.mkv", take.folder() / "b.mkv");
  const auto recovered = recover_take(take.folder());
  ASSERT_TRUE(recovered) << recovered.error().message;
  EXPECT_FALSE(recovered->problems.empty());
  EXPECT_TRUE(recovered->disk_failed);
  EXPECT_EQ(read_manifest(take.folder())->cameras[1].captures, 6u);

  std::filesystem::remove(take.folder() / "b.mkv");
  ASSERT_TRUE(recover_take(take.folder()));
}

TEST(RecoverTake, CountsWhatACameraLacksAnew) {
  SmallTake take;
  take.add_part(0, ticks(0, 9), 1'000'000, true);
  take.add_part(1, ticks(0, 3), 1'000'000, true);
  take.add_part(1, ticks(7, 9), -200'000, true);
  take.manifest().state = TakeState::recording;
  take.save();
  const auto recovered = recover_take(take.folder());
  ASSERT_TRUE(recovered) << recovered.error().message;
  EXPECT_EQ(recovered->done.back(),
            "take.json: finished as incomplete, 10 ticks, 7 of them common to 2 cameras");
  const auto holes = read_manifest(take.folder())->holes;
  ASSERT_EQ(holes.size(), 1u);
  EXPECT_EQ(holes[0].camera, "b");
  EXPECT_EQ(holes[0].first_tick, 4);
  EXPECT_EQ(holes[0].count, 3);
}

}  // namespace
}  // namespace lockstep
