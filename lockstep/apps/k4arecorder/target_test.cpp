// SPDX-License-Identifier: MIT
#include "lockstep/apps/k4arecorder/target.h"

#include <gtest/gtest.h>

#include "tests/support/files.h"

namespace lockstep {
namespace {

using testing::read_file;
using testing::TempFolder;
using testing::write_file;

TEST(Target, GivesBackTheNameToWhatWasThere) {
  const TempFolder folder;
  const auto file = folder / "a.mkv";
  write_file(file, "of before");
  {
    auto target = Target::reserve(file);
    ASSERT_TRUE(target) << target.error().message;
    const auto aside = target->begin();
    ASSERT_TRUE(aside) << aside.error().message;
    EXPECT_EQ(aside->filename(), "a.old.mkv");
    write_file(file, "half a head");
    EXPECT_TRUE(target->give_back());
  }
  EXPECT_EQ(read_file(file), "of before");
  EXPECT_FALSE(std::filesystem::exists(folder / "a.old.mkv"));
}

TEST(Target, RemovesWhatItBeganWhereNothingWasThere) {
  const TempFolder folder;
  auto target = Target::reserve(folder / "a.mkv");
  ASSERT_TRUE(target) << target.error().message;
  ASSERT_TRUE(target->begin());
  write_file(folder / "a.mkv", "half a head");
  EXPECT_FALSE(target->give_back()) << "there was nothing";
  EXPECT_FALSE(std::filesystem::exists(folder / "a.mkv"));
}

TEST(Target, LeavesAFileThatIsNotItsOwnAnyMore) {
  const TempFolder folder;
  const auto file = folder / "a.mkv";
  write_file(file, "of before");
  auto target = Target::reserve(file);
  ASSERT_TRUE(target) << target.error().message;
  ASSERT_TRUE(target->begin());
  std::filesystem::remove(file);
  write_file(file, "of somebody else");
  EXPECT_FALSE(target->give_back());
  EXPECT_EQ(read_file(file), "of somebody else");
  EXPECT_EQ(read_file(folder / "a.old.mkv"), "of before");
}

}  // namespace
}  // namespace lockstep
