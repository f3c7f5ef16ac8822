// SPDX-License-Identifier: MIT
#include "lockstep/session/disk_reserve.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/files.h"

namespace lockstep {
namespace {

using testing::read_file;
using testing::TempFolder;
using testing::write_file;

/// Not every file system has files without a name; then nothing is held, and these say nothing.
bool holds_anything(const TempFolder& folder) {
  return UniqueFd(::open(folder.path().c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600)).valid();
}

size_t files_in(const TempFolder& folder) {
  return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(folder.path()), {}));
}

TEST(DiskReserve, ReplacesAFileWholeAndOnce) {
  const TempFolder folder;
  if (!holds_anything(folder)) GTEST_SKIP() << "no files without a name here";
  write_file(folder / "take.json", "a longer text that was there before");
  DiskReserve reserve(folder.path());
  EXPECT_EQ(files_in(folder), 1u);
  const auto replaced = reserve.replace(folder / "take.json", "the last words");
  ASSERT_TRUE(replaced) << replaced.error().message;
  EXPECT_EQ(read_file(folder / "take.json"), "the last words");
  EXPECT_EQ(files_in(folder), 1u);
  const auto again = reserve.replace(folder / "take.json", "more");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Errc::no_space);
  EXPECT_EQ(read_file(folder / "take.json"), "the last words");
}

TEST(DiskReserve, LeavesTheFileAloneWhereTooLittleIsHeld) {
  const TempFolder folder;
  write_file(folder / "take.json", "before");
  DiskReserve reserve(folder.path());
  const auto refused = reserve.replace(folder / "take.json", std::string(1 << 20, 'x'));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::no_space);
  EXPECT_EQ(read_file(folder / "take.json"), "before");
}

TEST(DiskReserve, SaysThatItsFolderIsGone) {
  const TempFolder folder;
  if (!holds_anything(folder)) GTEST_SKIP() << "no files without a name here";
  DiskReserve reserve(folder.path());
  const auto gone = reserve.replace(folder / "nowhere" / "take.json", "the last words");
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, Errc::not_found);
}

}  // namespace
}  // namespace lockstep
