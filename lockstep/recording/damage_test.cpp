// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "lockstep/recording/reader.h"
#include "lockstep/recording/recover.h"
#include "lockstep/recording/streams.h"
#include "tests/support/files.h"
#include "tests/support/recording_fixture.h"

// What is wrong with a file is said with its place, and everything else is read.

namespace lockstep {
namespace {

using namespace testing;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view kClusterId = "\x1F\x43\xB6\x75";
constexpr std::string_view kTagsId = "\x12\x54\xC3\x67";
constexpr size_t kCaptures = 40;

enum class Ending { finished, killed };

std::string file_of(Ending ending, BlockTimes times = BlockTimes::absolute) {
  const TempFolder folder;
  RecordingWriterOptions options;
  options.block_times = times;
  options.reorder_window = Nanos(0);
  auto writer = RecordingWriter::create(folder / "a.mkv", small_header(), options);
  EXPECT_TRUE(writer && feed(**writer, kCaptures, 1'000'000));
  if (ending == Ending::finished) {
    EXPECT_TRUE((*writer)->finish());
  }
  return read_file(folder / "a.mkv");
}

/// What a person is told of a file, and how many colour images are found in it.
struct Told {
  std::vector<RecordingDamage> damage;
  RecordingInfo info;
  size_t colors = 0;
};

Told look_at(std::string_view file) {
  auto reader = open_recording_on(mkv::memory_source(mkv::as_bytes(file)), "a.mkv");
  if (!reader) {
    ADD_FAILURE() << reader.error().message;
    return {};
  }
  const auto stamps = (*reader)->scan();
  EXPECT_TRUE(stamps);
  return {(*reader)->info().damage, (*reader)->info(), stamps ? stamps->color.size() : 0};
}

auto says(uint64_t offset, std::string_view what) {
  return Contains(AllOf(Field(&RecordingDamage::offset, offset),
                        Field(&RecordingDamage::what, HasSubstr(std::string(what)))));
}

std::vector<size_t> clusters_in(std::string_view file) {
  std::vector<size_t> found;
  for (size_t at = file.find(kClusterId); at != std::string_view::npos;
       at = file.find(kClusterId, at + 1)) {
    found.push_back(at);
  }
  return found;
}

TEST(Damage, NoneInAFileThatIsWhole) {
  const Told told = look_at(file_of(Ending::finished));
  EXPECT_THAT(told.damage, IsEmpty());
  EXPECT_EQ(told.colors, kCaptures);
}

TEST(Damage, ATailOfZerosIsWhatAPowerCutLeaves) {
  const std::string whole = file_of(Ending::killed);
  const size_t colors = look_at(whole).colors;
  for (const size_t zeros : {1, 11, 12, 4'096, 300'000}) {
    const Told told = look_at(whole + std::string(zeros, '\0'));
    EXPECT_EQ(told.colors, colors);
    EXPECT_THAT(told.damage,
                says(whole.size(), "the last " + std::to_string(zeros) + " bytes are zeros"));
  }
}

TEST(Damage, ZerosInsideTheLastClusterKeepWhatStandsBeforeThem) {
  std::string file = file_of(Ending::killed);
  const Told before = look_at(file);
  const size_t last = clusters_in(file).back();
  const size_t from = (last / 4096 + 1) * 4096;
  ASSERT_LT(from, file.size());
  std::fill(file.begin() + static_cast<long>(from), file.end(), '\0');
  const Told told = look_at(file);
  EXPECT_GE(told.colors + 2, before.colors);
  EXPECT_THAT(told.damage, Not(IsEmpty()));
}

TEST(Damage, BytesBehindAFinishedRecordingAreNamed) {
  const std::string whole = file_of(Ending::finished);
  for (const std::string& tail : {std::string(5'000, '\0'), std::string("rubbish")}) {
    const Told told = look_at(whole + tail);
    EXPECT_EQ(told.colors, kCaptures);
    EXPECT_TRUE(told.info.has_cues);
    EXPECT_THAT(told.damage, says(whole.size(), "the file goes on"));
  }
}

TEST(Damage, AnEmptyTailIsNamedWhereTheFileEnds) {
  const std::string whole = file_of(Ending::finished);
  const size_t cut = clusters_in(whole).back();  // between two clusters: nothing is torn
  const Told told = look_at(whole.substr(0, cut));
  EXPECT_FALSE(told.info.closed_cleanly);
  EXPECT_GE(told.colors + 2, kCaptures);
  EXPECT_THAT(told.damage, says(cut, "the file ends at byte " + std::to_string(cut)));
}

TEST(Damage, TornClustersInARowAreEachNamed) {
  std::string file = file_of(Ending::finished);
  const auto clusters = clusters_of(file);
  ASSERT_GT(clusters.size(), 30U);
  for (size_t i = 15; i < 18; ++i) {
    // The first image's size reaches far beyond its cluster.
    const auto image = std::ranges::find(clusters[i].blocks, false, &mkv::BlockRef::in_group);
    ASSERT_NE(image, clusters[i].blocks.end());
    const size_t block = file.rfind('\xA3', image->offset - 5);
    file.replace(block + 1, 1, "\x1F");
  }
  const Told told = look_at(file);
  for (size_t i = 15; i < 18; ++i) {
    const auto at = std::to_string(clusters[i].offset);
    EXPECT_THAT(told.damage,
                Contains(Field(&RecordingDamage::what,
                               HasSubstr("the cluster at byte " + at + " is broken"))));
  }
  EXPECT_GE(told.colors + 3, kCaptures);
  EXPECT_LT(told.colors, kCaptures);
}

TEST(Damage, ABlockOfATrackWithoutANumberIsLeftOut) {
  const TempFolder folder;
  std::string file = file_of(Ending::finished);
  const auto clusters = clusters_of(file);
  const auto image = std::ranges::find(clusters[15].blocks, false, &mkv::BlockRef::in_group);
  ASSERT_NE(image, clusters[15].blocks.end());
  file[image->offset - 4] = '\xFF';
  const Told told = look_at(file);
  EXPECT_GE(told.colors + 1, kCaptures);
  EXPECT_THAT(told.damage, Contains(Field(&RecordingDamage::what, HasSubstr("is broken"))));
  write_file(folder / "a.mkv", file);
  EXPECT_TRUE(recover_recording(folder / "a.mkv", folder / "whole.mkv"));
}

TEST(Damage, ManyClustersWipedOutAreOneGapWithBothEnds) {
  std::string file = file_of(Ending::finished);
  const auto clusters = clusters_in(file);
  const auto at = [&file](size_t offset) { return file.begin() + static_cast<long>(offset); };
  std::fill(at(clusters[12]), at(clusters[17]), '\0');
  const Told told = look_at(file);
  EXPECT_THAT(told.damage, says(clusters[12], "skipped to the next cluster, at byte " +
                                                  std::to_string(clusters[17])));
  EXPECT_GE(told.colors + 5, kCaptures);
  EXPECT_LT(told.colors, kCaptures);
}

TEST(Damage, AChangedByteInTheTagsIsNamedAndTheRestOfThemUsed) {
  std::string file = file_of(Ending::finished);
  const size_t tags = file.find(kTagsId, 1338);
  ++file.at(file.find("MJPG_720P", tags));
  const Told told = look_at(file);
  EXPECT_THAT(told.damage, says(tags, "the tags at byte"));
  EXPECT_EQ(told.colors, kCaptures);
  EXPECT_EQ(told.info.header.serial, "000123456789");
  EXPECT_EQ(told.info.header.camera.wired_sync, WiredSync::subordinate);
}

TEST(Damage, AFileWithoutItsTagsIsStillRead) {
  for (const BlockTimes times : {BlockTimes::absolute, BlockTimes::relative}) {
    const std::string whole = file_of(Ending::finished, times);
    const size_t tags = whole.find(kTagsId, 1338);
    const Told before = look_at(whole);
    std::string no_id = whole;
    no_id[tags] = '\0';
    std::string no_body = whole;
    std::fill_n(no_body.begin() + static_cast<long>(tags), 800, '\0');
    std::string too_long = whole;
    too_long.replace(tags + 4, 2, "\x1F\xFF");
    for (const std::string& file : {no_id, no_body, too_long}) {
      const Told told = look_at(file);
      EXPECT_EQ(told.colors, kCaptures);
      EXPECT_EQ(told.info.first, before.info.first);  // the IMU tells the start offset
      EXPECT_FALSE(told.info.header.has_wired_sync_tag);
      EXPECT_EQ(told.info.header.camera.depth_mode, DepthMode::nfov_2x2binned);
      EXPECT_THAT(told.damage, Contains(AllOf(Field(&RecordingDamage::offset, tags),
                                              Field(&RecordingDamage::what, HasSubstr("byte")))));
    }
  }
}

TEST(Damage, EveryRefusalBeginsWithTheNameOfTheFile) {
  const TempFolder folder;
  const std::string real = read_file(data_file("real-recording/recording.mkv"));
  const std::string webm = std::string("\x1A\x45\xDF\xA3\x87\x42\x82\x84webm", 12);
  const auto refused = [](const auto& opened, const std::filesystem::path& path) {
    ASSERT_FALSE(opened) << path;
    EXPECT_THAT(opened.error().message, StartsWith(path.string())) << path;
  };
  int number = 0;
  for (const std::string& content :
       {std::string(), std::string("RIFF....AVI LIST"), webm, real.substr(0, 40),
        real.substr(0, 5'000), real.substr(0, 7'481)}) {
    const auto path = folder / ("cut" + std::to_string(number++) + ".mkv");
    write_file(path, content);
    refused(RecordingReader::open(path), path);
    refused(recover_recording(path, folder / "whole.mkv"), path);
    EXPECT_FALSE(std::filesystem::exists(folder / "whole.mkv"));
  }
  refused(RecordingReader::open(folder / "none.mkv"), folder / "none.mkv");
  refused(RecordingReader::open(folder.path()), folder.path());
  const auto source = data_file("vendor-written/killed.mkv");
  write_file(folder / "there.mkv", "precious");
  refused(recover_recording(source, folder / "there.mkv"), folder / "there.mkv");
  EXPECT_EQ(read_file(folder / "there.mkv"), "precious");
  RecordingHeader nothing = small_header();
  nothing.camera = {};
  nothing.has_imu = false;
  nothing.camera.color_resolution = ColorResolution::off;
  nothing.camera.depth_mode = DepthMode::off;
  refused(RecordingWriter::create(folder / "new.mkv", nothing, {}), folder / "new.mkv");
  EXPECT_FALSE(std::filesystem::exists(folder / "new.mkv"));
}

}  // namespace
}  // namespace lockstep
