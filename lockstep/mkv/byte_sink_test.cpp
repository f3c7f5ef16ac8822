// SPDX-License-Identifier: MIT
#include "lockstep/mkv/byte_sink.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "tests/support/files.h"

namespace lockstep::mkv {
namespace {

using lockstep::testing::read_file;
using lockstep::testing::TempFolder;
using lockstep::testing::write_file;
using ::testing::AllOf;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

Result<void> write_text(ByteSink& sink, uint64_t offset, std::string_view text) {
  const ByteView pieces[] = {as_bytes(text)};
  return sink.write_at(offset, pieces);
}

/// While it lives this process is nobody: root may write everywhere.
class AsNobody {
 public:
  AsNobody() : was_root_(::geteuid() == 0), is_nobody_(!was_root_ || ::seteuid(65534) == 0) {}
  ~AsNobody() {
    if (was_root_ && is_nobody_ && ::seteuid(0) != 0) ADD_FAILURE() << "cannot be root again";
  }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;
  [[nodiscard]] bool is_nobody() const { return is_nobody_; }

 private:
  bool was_root_;
  bool is_nobody_;
};

TEST(FileSink, WritesPiecesWhereTheyBelongAndShortens) {
  const TempFolder folder;
  auto sink = create_file_sink(folder / "a.mkv", ExistingFile::refuse);
  ASSERT_TRUE(sink);
  const ByteView pieces[] = {as_bytes("abc"), as_bytes(""), as_bytes("defg")};
  ASSERT_TRUE((*sink)->write_at(2, pieces));
  ASSERT_TRUE(write_text(**sink, 0, "12"));
  ASSERT_TRUE((*sink)->truncate(7));
  ASSERT_TRUE((*sink)->sync());
  EXPECT_EQ(read_file(folder / "a.mkv"), "12abcde");
}

TEST(FileSink, AWriteOfMorePiecesThanTheSystemTakesAtOnce) {
  const TempFolder folder;
  auto sink = create_file_sink(folder / "a.mkv", ExistingFile::refuse);
  ASSERT_TRUE(sink);
  const std::string text = "0123456789";
  std::vector<ByteView> pieces;
  std::string expected;
  for (size_t i = 0; i < 5'000; ++i) {
    pieces.push_back(as_bytes(std::string_view(text).substr(i % 10)));
    expected += text.substr(i % 10);
  }
  ASSERT_TRUE((*sink)->write_at(0, pieces));
  EXPECT_EQ(read_file(folder / "a.mkv"), expected);
}

TEST(FileSink, WhereNothingCanBeCreatedIsASentence) {
  const TempFolder folder;
  const auto error_at = [](const fs::path& path, ExistingFile existing) {
    auto sink = create_file_sink(path, existing);
    return sink ? Error{Errc::invalid_argument, "created"} : sink.error();
  };
  const Error no_folder = error_at(folder / "none/a.mkv", ExistingFile::refuse);
  EXPECT_EQ(no_folder.code, Errc::not_found);
  EXPECT_THAT(no_folder.message, AllOf(HasSubstr("none/a.mkv"), HasSubstr("make its folder")));
  write_file(folder / "file", "precious");
  const Error in_file = error_at(folder / "file/a.mkv", ExistingFile::replace);
  EXPECT_THAT(in_file.message, AllOf(HasSubstr("file/a.mkv"), HasSubstr("name a file")));
  const Error is_folder = error_at(folder.path(), ExistingFile::replace);
  EXPECT_THAT(is_folder.message, AllOf(HasSubstr(folder.path().string()), HasSubstr("directory")));
  EXPECT_EQ(error_at(folder / "file", ExistingFile::refuse).code, Errc::already_exists);
  EXPECT_EQ(read_file(folder / "file"), "precious");
}

TEST(FileSink, AReadOnlyTargetIsASentence) {
  const TempFolder folder;
  fs::create_directory(folder / "closed");
  write_file(folder / "a.mkv", "precious");
  fs::permissions(folder.path(), fs::perms(0755));
  fs::permissions(folder / "closed", fs::perms(0555));
  fs::permissions(folder / "a.mkv", fs::perms(0444));
  {
    const AsNobody nobody;
    if (!nobody.is_nobody()) GTEST_SKIP() << "root cannot become nobody here";
    for (const char* name : {"closed/a.mkv", "a.mkv"}) {
      const auto sink = create_file_sink(folder / name, ExistingFile::replace);
      ASSERT_FALSE(sink) << name;
      EXPECT_EQ(sink.error().code, Errc::io);
      EXPECT_THAT(sink.error().message,
                  AllOf(HasSubstr(name), HasSubstr("ermission denied"), HasSubstr("may write")));
    }
  }
  EXPECT_EQ(read_file(folder / "a.mkv"), "precious");
}

/// Such a folder cannot be opened, so that nobody can make the name of a new file survive.
TEST(FileSink, AFolderThatCannotBeFlushedIsAnErrorAndGetsNoFile) {
  const TempFolder folder;
  fs::create_directory(folder / "drop");
  fs::permissions(folder.path(), fs::perms(0755));
  fs::permissions(folder / "drop", fs::perms(0333));
  {
    const AsNobody nobody;
    if (!nobody.is_nobody()) GTEST_SKIP() << "root cannot become nobody here";
    const auto sink = create_file_sink(folder / "drop/a.mkv", ExistingFile::refuse);
    ASSERT_FALSE(sink);
    EXPECT_EQ(sink.error().code, Errc::io);
    EXPECT_THAT(sink.error().message, AllOf(HasSubstr("drop"), HasSubstr("ermission denied")));
  }
  fs::permissions(folder / "drop", fs::perms(0755));
  EXPECT_FALSE(fs::exists(folder / "drop/a.mkv"));
}

TEST(FileSink, SaysWhenItsFileWasRemoved) {
  const TempFolder folder;
  fs::create_directory(folder / "take");
  auto sink = create_file_sink(folder / "take/a.mkv", ExistingFile::refuse);
  ASSERT_TRUE(sink);
  ASSERT_TRUE(write_text(**sink, 0, "something"));
  ASSERT_TRUE((*sink)->sync());
  fs::rename(folder / "take", folder / "moved");
  EXPECT_TRUE((*sink)->sync());  // moved is not lost
  fs::remove_all(folder / "moved");
  ASSERT_TRUE(write_text(**sink, 9, "more"));  // the system does not mind
  const auto synced = (*sink)->sync();
  ASSERT_FALSE(synced);
  EXPECT_EQ(synced.error().code, Errc::io);
  EXPECT_THAT(synced.error().message, AllOf(HasSubstr("take/a.mkv"), HasSubstr("was removed")));
}

}  // namespace
}  // namespace lockstep::mkv
