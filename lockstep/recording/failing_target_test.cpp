// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>

#include "lockstep/recording/streams.h"
#include "tests/support/files.h"
#include "tests/support/independent_reader.h"
#include "tests/support/recording_fixture.h"

// Targets that fail while they are written. A full disk: writer_test.cpp.

namespace lockstep {
namespace {

using namespace testing;
using ::testing::AllOf;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

/// Takes every write; from the given one on its flushes fail.
class UnflushableDisk final : public mkv::ByteSink {
 public:
  UnflushableDisk(std::string& content, int sound_flushes)
      : content_(content), sound_flushes_(sound_flushes) {}

  Result<void> write_at(uint64_t offset, std::span<const mkv::ByteView> pieces) override {
    for (const mkv::ByteView& piece : pieces) {
      content_.resize(std::max(content_.size(), static_cast<size_t>(offset) + piece.size()));
      std::memcpy(content_.data() + offset, piece.data(), piece.size());
      offset += piece.size();
    }
    return {};
  }
  Result<void> sync() override {
    if (sound_flushes_-- > 0) return {};
    return Error{Errc::io, "cannot flush to disk a.mkv: Input/output error"};
  }
  Result<void> truncate(uint64_t size) override {
    content_.resize(static_cast<size_t>(size));
    return {};
  }

 private:
  std::string& content_;
  int sound_flushes_;
};

size_t colors_in(std::string_view file) {
  auto reader = open_recording_on(mkv::memory_source(mkv::as_bytes(file)), "a.mkv");
  if (!reader) return 0;
  const auto stamps = (*reader)->scan();
  return stamps ? stamps->color.size() : 0;
}

TEST(FailingTarget, ADiskThatCannotFlushTheHeadIsRefusedAtOnce) {
  std::string content;
  auto writer =
      create_recording_on(std::make_unique<UnflushableDisk>(content, 0), small_header(), {});
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().code, Errc::io);
  EXPECT_THAT(writer.error().message, HasSubstr("cannot flush"));
}

TEST(FailingTarget, AFailedFlushStopsTheRecordingAndKeepsWhatWasWritten) {
  for (const int sound : {1, 2, 3}) {
    std::string content;
    auto writer =
        create_recording_on(std::make_unique<UnflushableDisk>(content, sound), small_header(), {});
    ASSERT_TRUE(writer);
    const auto fed = feed(**writer, 150, 1'000'000);
    ASSERT_FALSE(fed) << "a flush is due every second";
    EXPECT_EQ(fed.error().code, Errc::io);
    EXPECT_THAT(fed.error().message, HasSubstr("cannot flush"));
    const size_t colors = colors_in(content);
    EXPECT_GE(colors, static_cast<size_t>(30 * sound - 1));
    // Nothing is written after a flush that failed: the system has forgotten what it could not.
    EXPECT_EQ((*writer)->write(capture_at(9'000'000)).error().message, fed.error().message);
    EXPECT_EQ((*writer)->write_imu(imu_at(9'000'000)).error().message, fed.error().message);
    EXPECT_EQ((*writer)->finish().error().message, fed.error().message);
    EXPECT_EQ(colors_in(content), colors);
    const auto walk = walk_independently(content);
    EXPECT_EQ(walk.error, "");
    EXPECT_EQ(walk.blocks_of_track(1), colors);
  }
}

TEST(FailingTarget, AFlushThatFailsOnlyAtTheEndIsStillAnError) {
  std::string content;
  auto writer =
      create_recording_on(std::make_unique<UnflushableDisk>(content, 1), small_header(), {});
  ASSERT_TRUE(writer);
  ASSERT_TRUE(feed(**writer, 20, 1'000'000));
  const auto finished = (*writer)->finish();
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().code, Errc::io);
  EXPECT_EQ(colors_in(content), 20U);
}

TEST(FailingTarget, AFileThatIsRemovedWhileItIsWrittenIsMissedWithinASecond) {
  for (const bool whole_folder : {false, true}) {
    const TempFolder folder;
    const fs::path path = folder / "take/a.mkv";
    fs::create_directory(path.parent_path());
    auto writer = RecordingWriter::create(path, small_header(), {});
    ASSERT_TRUE(writer);
    ASSERT_TRUE(feed(**writer, 20, 1'000'000));
    fs::remove_all(whole_folder ? path.parent_path() : path);
    // Two seconds more: the flush due within them finds it out.
    Result<void> written;
    for (int i = 20; i < 80 && written; ++i) {
      written = (*writer)->write(capture_at(1'000'000 + i * int64_t{100'000} / 3));
    }
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, Errc::io);
    EXPECT_THAT(written.error().message, AllOf(HasSubstr(path.string()), HasSubstr("was removed")));
    EXPECT_EQ((*writer)->finish().error().message, written.error().message);
    EXPECT_FALSE(fs::exists(path));
  }
}

TEST(FailingTarget, AFileThatIsRemovedJustBeforeTheEndIsMissedThere) {
  const TempFolder folder;
  auto writer = RecordingWriter::create(folder / "a.mkv", small_header(), {});
  ASSERT_TRUE(writer && feed(**writer, 10, 1'000'000));
  fs::remove(folder / "a.mkv");
  const auto finished = (*writer)->finish();
  ASSERT_FALSE(finished);
  EXPECT_THAT(finished.error().message, HasSubstr("was removed"));
}

TEST(FailingTarget, AFolderThatMovesTakesItsRecordingAlong) {
  const TempFolder folder;
  fs::create_directory(folder / "take");
  auto writer = RecordingWriter::create(folder / "take/a.mkv", small_header(), {});
  ASSERT_TRUE(writer && feed(**writer, 20, 1'000'000));
  fs::rename(folder / "take", folder / "moved");
  ASSERT_TRUE((*writer)->write(capture_at(4'000'000)));
  ASSERT_TRUE((*writer)->finish());
  EXPECT_EQ(colors_in(read_file(folder / "moved/a.mkv")), 21U);
}

TEST(FailingTarget, WhereNothingCanBeCreatedNothingIsLeft) {
  const TempFolder folder;
  const auto missing = RecordingWriter::create(folder / "none/a.mkv", small_header(), {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Errc::not_found);
  EXPECT_THAT(missing.error().message,
              AllOf(HasSubstr("none/a.mkv"), HasSubstr("make its folder")));
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "no /dev/full";
  RecordingWriterOptions replace;
  replace.existing = ExistingFile::replace;
  const auto full = RecordingWriter::create("/dev/full", small_header(), replace);
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, Errc::no_space);
}

}  // namespace
}  // namespace lockstep
