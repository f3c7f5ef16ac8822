// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "lockstep/mkv/cluster_builder.h"
#include "lockstep/mkv/element_writer.h"
#include "lockstep/mkv/lacing.h"
#include "lockstep/recording/recover.h"
#include "tests/support/files.h"
#include "tests/support/independent_reader.h"
#include "tests/support/recording_fixture.h"

namespace lockstep {
namespace {

using namespace testing;
using ::testing::IsEmpty;

TEST(Recover, AFileOfTheVendorsKilledRecorderBecomesWhole) {
  const TempFolder folder;
  const auto source = data_file("vendor-written/killed.mkv");
  const auto recovered = recover_recording(source, folder / "whole.mkv");
  ASSERT_TRUE(recovered) << recovered.error().message;
  auto before = RecordingReader::open(source);
  auto after = RecordingReader::open(folder / "whole.mkv");
  ASSERT_TRUE(before && after);
  EXPECT_TRUE((*after)->info().closed_cleanly && (*after)->info().has_cues);
  EXPECT_THAT((*after)->info().damage, IsEmpty());
  EXPECT_EQ((*after)->info().start_offset_us, (*before)->info().start_offset_us);
  EXPECT_GT((*after)->info().start_offset_us, 0U);
  const auto old_stamps = (*before)->scan();
  const auto new_stamps = (*after)->scan();
  ASSERT_TRUE(old_stamps && new_stamps);
  ASSERT_EQ(old_stamps->color.size(), new_stamps->color.size());
  EXPECT_EQ(recovered->captures, new_stamps->color.size());
  EXPECT_EQ(old_stamps->color.back().stamp, new_stamps->color.back().stamp);
  EXPECT_EQ(old_stamps->imu_samples, new_stamps->imu_samples);
  const auto walked = walk_independently(read_file(folder / "whole.mkv"));
  EXPECT_EQ(walked.error, "");
  EXPECT_EQ(walked.blocks_of_track(1), new_stamps->color.size());
}

TEST(Recover, ATornFileOfOursLosesOnlyItsTail) {
  const TempFolder folder;
  {
    auto writer = RecordingWriter::create(folder / "a.mkv", small_header(), {});
    ASSERT_TRUE(writer);
    ASSERT_TRUE(feed(**writer, 20, 1'000'000));
    std::filesystem::copy_file(folder / "a.mkv", folder / "torn.mkv");
  }
  const auto size = std::filesystem::file_size(folder / "torn.mkv");
  std::filesystem::resize_file(folder / "torn.mkv", size - 1234);
  const auto recovered = recover_recording(folder / "torn.mkv", folder / "whole.mkv");
  ASSERT_TRUE(recovered) << recovered.error().message;
  EXPECT_GT(recovered->bytes_dropped, 0U);
  EXPECT_FALSE(recovered->notes.empty());
  auto reader = RecordingReader::open(folder / "whole.mkv");
  ASSERT_TRUE(reader);
  EXPECT_TRUE((*reader)->info().closed_cleanly);
  EXPECT_GE(recovered->captures, 12U);
  EXPECT_EQ(walk_independently(read_file(folder / "whole.mkv")).error, "");
}

/// As whoever reads it counts them: the file has a colour track, and no picture in it.
TEST(Recover, CountsTheCapturesOfAFileWithoutColour) {
  const TempFolder folder;
  {
    auto writer = RecordingWriter::create(folder / "a.mkv", small_header(), {});
    ASSERT_TRUE(writer);
    for (int i = 0; i < 20; ++i) {
      Capture capture = capture_at(1'000'000 + i * int64_t{100'000} / 3);
      capture.color.reset();
      ASSERT_TRUE((*writer)->write(capture));
    }
    ASSERT_TRUE((*writer)->finish());
  }
  const auto recovered = recover_recording(folder / "a.mkv", folder / "whole.mkv");
  ASSERT_TRUE(recovered) << recovered.error().message;
  EXPECT_EQ(recovered->captures, 20U);
}

/// Gives one simple block of the file other flags, as a recorder of another kind might write it,
/// and its cluster the checksum that fits.
void set_flags(std::string& file, const mkv::Cluster& cluster, const mkv::BlockRef& block,
               uint8_t flags) {
  file[block.offset - 1] = static_cast<char>(flags);
  const auto body =
      std::string_view(file).substr(cluster.crc_from, cluster.body_end - cluster.crc_from);
  const uint32_t crc = mkv::crc32(0, mkv::as_bytes(body));
  for (uint32_t i = 0; i < 4; ++i) {
    file[cluster.crc_from - 4 + i] = static_cast<char>(crc >> 8 * i & 0xFF);
  }
}

/// A laced block without its lacing bits is an image with a lace header in it.
TEST(Recover, KeepsTheFlagsOfEveryBlock) {
  const TempFolder folder;
  {
    auto writer = RecordingWriter::create(folder / "a.mkv", small_header(), {});
    ASSERT_TRUE(writer && feed(**writer, 20, 1'000'000) && (*writer)->finish());
  }
  std::string file = read_file(folder / "a.mkv");
  const auto before = clusters_of(file);
  ASSERT_GT(before.size(), 10U);
  const uint8_t laced = mkv::kKeyFrame | static_cast<uint8_t>(mkv::Lacing::fixed) << 1;
  std::vector<uint8_t> given;
  for (const mkv::Cluster& cluster : before) {
    const auto image = std::ranges::find(cluster.blocks, false, &mkv::BlockRef::in_group);
    if (image == cluster.blocks.end()) continue;
    given.push_back(given.size() % 2 == 0 ? laced : uint8_t{0x01});  // or discardable
    set_flags(file, cluster, *image, given.back());
  }
  write_file(folder / "flags.mkv", file);
  const auto recovered = recover_recording(folder / "flags.mkv", folder / "whole.mkv");
  ASSERT_TRUE(recovered) << recovered.error().message;
  EXPECT_THAT(recovered->notes, IsEmpty());
  std::vector<uint8_t> kept;
  for (const mkv::Cluster& cluster : clusters_of(read_file(folder / "whole.mkv"))) {
    const auto image = std::ranges::find(cluster.blocks, false, &mkv::BlockRef::in_group);
    if (image != cluster.blocks.end()) kept.push_back(image->flags);
  }
  EXPECT_EQ(kept, given);
}

TEST(Recover, NeverWritesOverAFile) {
  const TempFolder folder;
  write_file(folder / "there.mkv", "precious");
  const auto recovered =
      recover_recording(data_file("vendor-written/killed.mkv"), folder / "there.mkv");
  ASSERT_FALSE(recovered);
  EXPECT_EQ(recovered.error().code, Errc::already_exists);
  EXPECT_EQ(read_file(folder / "there.mkv"), "precious");
}

TEST(Recover, LeavesNothingBehindWhenThereIsNothingToRead) {
  const TempFolder folder;
  write_file(folder / "empty.mkv", "");
  const auto recovered = recover_recording(folder / "empty.mkv", folder / "whole.mkv");
  ASSERT_FALSE(recovered);
  EXPECT_EQ(recovered.error().code, Errc::unusable_input);
  EXPECT_FALSE(std::filesystem::exists(folder / "whole.mkv"));
}

}  // namespace
}  // namespace lockstep
