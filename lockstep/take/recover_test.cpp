// SPDX-License-Identifier: MIT
#include "lockstep/take/recover.h"

#include <fmt/core.h>
#include <gmock/gmock.h>

#include "lockstep/take/tick_index.h"
#include "tests/support/small_take.h"

namespace lockstep {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
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

/// "b 4+3 dropped: ..." of every hole.
std::vector<std::string> holes_in(const std::filesystem::path& take) {
  std::vector<std::string> all;
  const auto manifest = read_manifest(take);
  EXPECT_TRUE(manifest);
  for (const TakeHole& hole : manifest->holes) {
    const bool dropped = hole.kind == HoleCause::dropped_by_recorder;
    all.push_back(fmt::format("{} {}+{} {}{}", hole.camera, hole.first_tick, hole.count,
                              dropped ? "[dropped] " : "", hole.cause));
  }
  return all;
}

TEST(RecoverTake, TakesFromTheSideTrackWhatWasDropped) {
  SmallTake take;
  take.add_part(0, ticks(0, 19), 1'000'000, true);
  take.add_part(1, {0, 1, 4, 5, 10, 11, 19}, 1'000'000, true, {{4, 2}, {10, 3}});
  take.manifest().state = TakeState::recording;
  // Written before the second and the third gap came.
  take.manifest().holes = {{"b", 2, 2, HoleCause::dropped_by_recorder, "told"}};
  take.manifest().cameras[1].dropped = 2;
  take.save();
  ASSERT_TRUE(recover_take(take.folder()));
  EXPECT_THAT(holes_in(take.folder()),
              ElementsAre("b 2+2 [dropped] told", "b 6+3 [dropped] dropped: as its recording notes",
                          "b 9+1 not in its recordings", "b 12+7 not in its recordings"));
  EXPECT_EQ(read_manifest(take.folder())->cameras[1].dropped, 5u);
}

TEST(RecoverTake, MovesWhatCountsFromTickZeroWithIt) {
  SmallTake take;
  take.add_part(0, ticks(0, 9), 1'000'000, true);
  take.add_part(1, {2, 3, 5, 6, 7, 8, 9}, 1'000'000, true);
  take.manifest().state = TakeState::recording;
  take.manifest().first_common_tick_after_pulse = 7;
  take.manifest().holes = {{"b", 4, 1, HoleCause::refused_by_recorder, "told"}};
  take.save();
  ASSERT_TRUE(recover_take(take.folder()));
  const auto manifest = read_manifest(take.folder());
  EXPECT_EQ(manifest->first_common_tick_after_pulse, 9);
  EXPECT_EQ(manifest->common_ticks, 8);
  EXPECT_THAT(holes_in(take.folder()), ElementsAre("b 2+1 told"));
  const auto again = index_ticks(take.folder(), *manifest);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->first, 0);
  EXPECT_EQ(again->cameras[0].entries.front().tick, -2);
}

TEST(RecoverTake, MakesAgainWhatItMadeBeforeAndIsGone) {
  SmallTake take;
  take.add_part(0, ticks(0, 9), 1'000'000, true);
  take.add_part(1, ticks(0, 9), 1'000'000, true);
  const std::filesystem::path torn = take.folder() / "b.mkv";
  const std::filesystem::path whole = take.folder() / "b.recovered.mkv";
  std::filesystem::resize_file(torn, std::filesystem::file_size(torn) * 9 / 10);
  take.manifest().state = TakeState::recording;
  take.save();
  ASSERT_TRUE(recover_take(take.folder()));
  ASSERT_TRUE(std::filesystem::remove(whole));
  const auto again = recover_take(take.folder());
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_THAT(again->problems, ElementsAre());
  EXPECT_THAT(again->done, Contains("b.recovered.mkv: gone, so it is made again of b.mkv"));
  EXPECT_TRUE(std::filesystem::exists(whole));
  const TakePart part = read_manifest(take.folder())->cameras[1].parts[0];
  EXPECT_EQ(part.file, "b.recovered.mkv");
  EXPECT_EQ(part.recovered_from, "b.mkv");

  // With the original gone as well, nothing says that it was made.
  std::filesystem::remove(whole);
  std::filesystem::remove(torn);
  const auto neither = recover_take(take.folder());
  ASSERT_TRUE(neither) << neither.error().message;
  EXPECT_FALSE(neither->problems.empty());
  EXPECT_THAT(neither->checked, Not(Contains(HasSubstr("made whole"))));
}

TEST(RecoverTake, SaysOfTheRestOfALostCameraThatItWasLost) {
  SmallTake take;
  take.add_part(0, ticks(0, 9), 1'000'000, true);
  take.add_part(1, ticks(0, 3), 1'000'000, true);
  take.manifest().cameras[1].end = {EndOfCamera::lost, "unplugged"};
  take.manifest().state = TakeState::recording;
  take.save();
  ASSERT_TRUE(recover_take(take.folder()));
  EXPECT_THAT(holes_in(take.folder()), ElementsAre("b 4+6 lost: unplugged"));
  EXPECT_EQ(read_manifest(take.folder())->holes[0].kind, HoleCause::device_lost);
}

}  // namespace
}  // namespace lockstep
