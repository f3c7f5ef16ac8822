// SPDX-License-Identifier: MIT
#include "lockstep/base/files.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/support/files.h"

namespace lockstep {
namespace {

TEST(Files, WritesWholeAndRefusesToOverwrite) {
  const testing::TempFolder folder;
  const auto path = folder / "report.json";
  ASSERT_TRUE(write_file_whole(path, "one", ExistingFile::refuse).ok());
  const auto again = write_file_whole(path, "two", ExistingFile::refuse);
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code, Errc::already_exists);
  EXPECT_EQ(*read_text_file(path), "one");
  ASSERT_TRUE(write_file_whole(path, "two", ExistingFile::replace).ok());
  EXPECT_EQ(*read_text_file(path), "two");
}

TEST(Files, LeavesNothingBehindWhenTheFolderIsMissing) {
  const testing::TempFolder folder;
  const auto result = write_file_whole(folder / "no/such/report.json", "x", ExistingFile::replace);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, Errc::not_found);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Files, LeavesNoTemporaryWhenTheNameIsAFolder) {
  const testing::TempFolder folder;
  std::filesystem::create_directory(folder / "report.json");
  EXPECT_FALSE(write_file_whole(folder / "report.json", "x", ExistingFile::replace).ok());
  EXPECT_FALSE(write_file_whole(folder / "report.json", "x", ExistingFile::refuse).ok());
  const auto begin = std::filesystem::directory_iterator(folder.path());
  EXPECT_EQ(std::distance(begin, {}), 1);
}

TEST(Files, PiecesAreThereWholeOrNotAtAll) {
  const testing::TempFolder folder;
  {
    auto given_up = WholeFile::begin(folder / "cloud.ply");
    ASSERT_TRUE(given_up.ok());
    ASSERT_TRUE(given_up->write("half").ok());
    const WholeFile moved = *std::move(given_up);
    EXPECT_EQ(moved.size(), 4u);
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  auto file = WholeFile::begin(folder / "cloud.ply");
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE(file->write("one ").ok());
  ASSERT_TRUE(file->write("two").ok());
  EXPECT_FALSE(std::filesystem::exists(folder / "cloud.ply"));
  ASSERT_TRUE(file->finish(ExistingFile::refuse).ok());
  EXPECT_EQ(*read_text_file(folder / "cloud.ply"), "one two");
  auto second = WholeFile::begin(folder / "cloud.ply");
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->finish(ExistingFile::refuse).error().code, Errc::already_exists);
  const auto begin = std::filesystem::directory_iterator(folder.path());
  EXPECT_EQ(std::distance(begin, {}), 1);
}

TEST(Files, AFolderHasItsNameWithOrWithoutASlash) {
  const auto name = [](const char* path) { return without_trailing_slash(path).filename(); };
  EXPECT_EQ(name("takes/one/"), "one");
  EXPECT_EQ(name("takes/one//"), "one");
  EXPECT_EQ(name("takes/one"), "one");
  EXPECT_EQ(without_trailing_slash("/"), "/");
  EXPECT_EQ(without_trailing_slash(""), "");
}

TEST(Files, ManyWritersOfOneNameLeaveOneWinner) {
  const testing::TempFolder folder;
  std::atomic<int> winners{0};
  {
    std::vector<std::jthread> writers;
    writers.reserve(8);
    for (int i = 0; i < 8; ++i) {
      writers.emplace_back([&, i] {
        if (write_file_whole(folder / "one", std::to_string(i), ExistingFile::refuse)) ++winners;
      });
    }
  }
  EXPECT_EQ(winners, 1);
}

TEST(Files, AFullDiskIsNoSpace) {
  EXPECT_EQ(error_from_errno(ENOSPC, "cannot write", "/x").code, Errc::no_space);
}

TEST(Files, ReadNamesWhatIsMissingAndWhatIsTooLarge) {
  const testing::TempFolder folder;
  EXPECT_EQ(read_text_file(folder / "none").error().code, Errc::not_found);
  testing::write_file(folder / "large", std::string(100, 'x'));
  EXPECT_EQ(read_text_file(folder / "large", 99).error().code, Errc::unusable_input);
  EXPECT_EQ(read_text_file(folder / "large", 100)->size(), 100u);
}

}  // namespace
}  // namespace lockstep
