// SPDX-License-Identifier: MIT
#include "lockstep/host/disk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/files.h"

namespace lockstep {
namespace {

using lockstep::testing::TempFolder;
using ::testing::HasSubstr;

TEST(DiskSpace, OfAFolderThatIsThere) {
  const TempFolder folder;
  const auto space = disk_space(folder.path());
  ASSERT_TRUE(space) << space.error().message;
  EXPECT_GT(space->total_bytes, 0u);
  EXPECT_LE(space->free_bytes, space->total_bytes);
  EXPECT_EQ(space->at, folder.path());
}

TEST(DiskSpace, OfAFolderToBeMadeIsThatOfItsParent) {
  const TempFolder folder;
  const auto space = disk_space(folder / "takes" / "0001");
  ASSERT_TRUE(space) << space.error().message;
  EXPECT_EQ(space->at, folder.path());
}

TEST(DiskSpace, AFileInTheWayIsNamed) {
  const TempFolder folder;
  lockstep::testing::write_file(folder / "takes", "x");
  const auto space = disk_space(folder / "takes" / "0001");
  ASSERT_FALSE(space);
  EXPECT_EQ(space.error().code, Errc::not_found);
  EXPECT_THAT(space.error().message, HasSubstr("takes is a file"));
}

TEST(Writable, LeavesNothingBehind) {
  const TempFolder folder;
  const auto writable = check_writable(folder.path());
  EXPECT_TRUE(writable);
  EXPECT_THAT(
      std::filesystem::directory_iterator(folder.path()) == std::filesystem::directory_iterator(),
      true);
}

TEST(Writable, AProtectedFolderIsNamed) {
  // /proc refuses new files even to root.
  const auto writable = check_writable("/proc/self");
  ASSERT_FALSE(writable);
  EXPECT_THAT(writable.error().message, HasSubstr("/proc/self"));
}

}  // namespace
}  // namespace lockstep
