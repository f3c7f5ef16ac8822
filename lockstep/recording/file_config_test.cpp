// SPDX-License-Identifier: MIT
#include "lockstep/recording/file_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <functional>

#include "lockstep/mkv/segment_writer.h"
#include "lockstep/recording/head_codec.h"
#include "lockstep/recording/imu_payload.h"
#include "lockstep/recording/track_reader.h"
#include "tests/support/files.h"
#include "tests/support/recording_fixture.h"

// What the vendor's library takes and refuses of a head, rule by rule: each test changes one thing
// of a head that is sound.

namespace lockstep {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TempFolder;

mkv::TrackEntry& track(mkv::SegmentHead& head, std::string_view name) {
  const auto found = std::find_if(head.tracks.begin(), head.tracks.end(),
                                  [&](const auto& entry) { return entry.name == name; });
  EXPECT_NE(found, head.tracks.end()) << name;
  return *found;
}

mkv::Tag& tag(mkv::SegmentHead& head, std::string_view name) {
  const auto found = std::find_if(head.tags.begin(), head.tags.end(),
                                  [&](const auto& entry) { return entry.name == name; });
  EXPECT_NE(found, head.tags.end()) << name;
  return *found;
}

void drop_tag(mkv::SegmentHead& head, std::string_view name) {
  std::erase_if(head.tags, [&](const auto& entry) { return entry.name == name; });
}

/// Colour, depth and IR of the smallest mode, an IMU; subordinate.
mkv::SegmentHead sound_head() {
  auto encoded = encode_recording_head(testing::small_header(), false);
  EXPECT_TRUE(encoded);
  encoded->head.tags.push_back({std::string(kStartOffsetTag), "5000", mkv::TagTarget::none, 0});
  return encoded->head;
}

using Change = std::function<void(mkv::SegmentHead&)>;
using Blocks = std::function<void(mkv::ClusterBuilder&)>;

class Head : public ::testing::Test {
 protected:
  /// A file of that head and of one cluster.
  Result<std::unique_ptr<TrackReader>> open(const Change& change, const Blocks& blocks = {}) {
    mkv::SegmentHead head = sound_head();
    change(head);
    auto sink = mkv::create_file_sink(folder_ / "a.mkv", ExistingFile::replace);
    auto writer = mkv::SegmentWriter::start(std::move(*sink), head);
    EXPECT_TRUE(writer);
    mkv::ClusterBuilder cluster;
    cluster.start(0);
    if (blocks) {
      blocks(cluster);
    } else {
      cluster.add_simple_block(1, 0, mkv::kKeyFrame, mkv::as_bytes("picture"));
    }
    EXPECT_TRUE((*writer)->append(cluster));
    (*writer)->add_cue(0);
    EXPECT_TRUE((*writer)->finish(0));
    return TrackReader::open(folder_ / "a.mkv");
  }
  /// The sentence; "" when it opens.
  std::string refusal(const Change& change) {
    const auto reader = open(change);
    return reader ? "" : reader.error().message;
  }
  FileConfig taken(const Change& change) {
    auto reader = open(change);
    EXPECT_TRUE(reader) << reader.error().message;
    if (!reader) return {};
    reader_ = std::move(*reader);
    return reader_->config();
  }

  TempFolder folder_;
  std::unique_ptr<TrackReader> reader_;  // the config points into it
};

TEST_F(Head, ThatIsSoundIsTaken) {
  const FileConfig config = taken([](auto&) {});
  EXPECT_TRUE(config.color && config.depth && config.ir && config.imu);
  EXPECT_EQ(config.start_offset_ns, 5000);
}

TEST_F(Head, IsRefusedWithATrackThatIsNoCameras) {
  for (const char* name : {"COLOR", "DEPTH", "IR"}) {
    EXPECT_THAT(refusal([&](auto& head) { track(head, name).type = mkv::kSubtitleTrack; }),
                HasSubstr("is no video"));
    EXPECT_THAT(refusal([&](auto& head) { track(head, name).codec_id = "V_MJPEG"; }),
                HasSubstr("is not a Kinect's"));
    EXPECT_THAT(refusal([&](auto& head) { track(head, name).codec_private.clear(); }),
                HasSubstr("is not a Kinect's"));
    EXPECT_THAT(refusal([&](auto& head) { track(head, name).codec_private.resize(39); }),
                HasSubstr("is not a Kinect's"));
    EXPECT_THAT(refusal([&](auto& head) {
                  std::memcpy(track(head, name).codec_private.data() + 16, "H264", 4);
                }),
                HasSubstr("H264"));
  }
}

TEST_F(Head, IsRefusedWithSizesThatDoNotFit) {
  EXPECT_THAT(refusal([](auto& head) { track(head, "IR").width_px = 640; }),
              HasSubstr("different sizes"));
  EXPECT_THAT(refusal([](auto& head) { track(head, "DEPTH").height_px = 576; }),
              HasSubstr("different sizes"));
  EXPECT_THAT(refusal([](auto& head) {
                for (const char* name : {"DEPTH", "IR"}) track(head, name).width_px = 640;
              }),
              HasSubstr("640 x 288"));
}

TEST_F(Head, IsRefusedWithoutAModeOfDepth) {
  EXPECT_THAT(refusal([](auto& head) { drop_tag(head, "K4A_DEPTH_MODE"); }),
              HasSubstr("K4A_DEPTH_MODE is missing"));
  for (const char* mode : {"OFF", "nfov_2x2binned", "", "WFOV_2X2BINNED"})
    EXPECT_THAT(refusal([&](auto& head) { tag(head, "K4A_DEPTH_MODE").value = mode; }),
                HasSubstr(*mode == 'W' ? "320 x 288" : "is no mode"));
  // As recorders of before 2019 wrote it.
  EXPECT_EQ(taken([](auto& head) {
              tag(head, "K4A_DEPTH_MODE").value = "NFOV_2x2BINNED";
            }).camera.depth_mode,
            DepthMode::nfov_2x2binned);
  const FileConfig wide = taken([](auto& head) {
    tag(head, "K4A_DEPTH_MODE").value = "WFOV_2x2BINNED";
    for (const char* name : {"DEPTH", "IR"})
      track(head, name).width_px = track(head, name).height_px = 512;
  });
  EXPECT_EQ(wide.camera.depth_mode, DepthMode::wfov_2x2binned);
}

TEST_F(Head, IsRefusedWithARateOfNoCamera) {
  for (const char* name : {"COLOR", "DEPTH", "IR"})
    EXPECT_THAT(refusal([&](auto& head) { ++track(head, name).default_duration_ns; }),
                HasSubstr("different rates"));
  const auto with_period = [](uint64_t ns) {
    return [ns](mkv::SegmentHead& head) {
      for (const char* name : {"COLOR", "DEPTH", "IR"}) track(head, name).default_duration_ns = ns;
    };
  };
  EXPECT_THAT(refusal(with_period(33'366'667)), HasSubstr("29 frames"));
  EXPECT_THAT(refusal(with_period(40'000'000)), HasSubstr("25 frames"));
  EXPECT_THAT(refusal(with_period(0)), HasSubstr("no rate"));
  EXPECT_EQ(taken(with_period(66'666'666)).camera.frame_rate, FrameRate::fps15);
  EXPECT_EQ(taken(with_period(200'000'000)).camera.frame_rate, FrameRate::fps5);
}

TEST_F(Head, IsRefusedWithWordsForNumbers) {
  for (const char* name : {"K4A_DEPTH_DELAY_NS", "K4A_SUBORDINATE_DELAY_NS", "K4A_START_OFFSET_NS"})
    for (const char* value : {"", "none", "- 5", "x160000"})
      EXPECT_THAT(refusal([&](auto& head) { tag(head, name).value = value; }), HasSubstr(name))
          << value;
  // As streams read numbers.
  const FileConfig config = taken([](auto& head) {
    tag(head, "K4A_DEPTH_DELAY_NS").value = " -5000.7 ns";
    tag(head, "K4A_SUBORDINATE_DELAY_NS").value = "+160000 and more";
    tag(head, "K4A_START_OFFSET_NS").value = "007000";
  });
  EXPECT_EQ(config.camera.depth_delay_off_color, Micros(-5));
  EXPECT_EQ(config.camera.subordinate_delay_off_master, Micros(160));
  EXPECT_EQ(config.start_offset_ns, 7000);
  for (const char* mode : {"", "subordinate", "SLAVE"})
    EXPECT_THAT(refusal([&](auto& head) { tag(head, "K4A_WIRED_SYNC_MODE").value = mode; }),
                HasSubstr("K4A_WIRED_SYNC_MODE"));
}

TEST_F(Head, WithoutTheTagsThatMayLackIsTaken) {
  const FileConfig config = taken([](auto& head) {
    for (const char* name : {"K4A_DEPTH_DELAY_NS", "K4A_WIRED_SYNC_MODE", "K4A_START_OFFSET_NS"})
      drop_tag(head, name);
  });
  EXPECT_EQ(config.camera.depth_delay_off_color, Micros(0));
  EXPECT_EQ(config.camera.wired_sync, WiredSync::standalone);
  EXPECT_EQ(config.camera.subordinate_delay_off_master, Micros(0));  // only of subordinates
  EXPECT_EQ(config.start_offset_ns, 0);
}

TEST_F(Head, WithATimeUnitOfNothingIsRefused) {
  EXPECT_THAT(refusal([](auto& head) { head.info.timestamp_scale_ns = 0; }),
              HasSubstr("unit of time is 0"));
  EXPECT_EQ(refusal([](auto& head) { head.info.timestamp_scale_ns = 1'000'000; }), "");
}

TEST_F(Head, WithColourOfAnotherSizeHasNoResolution) {
  const FileConfig config = taken([](auto& head) { track(head, "COLOR").width_px = 1024; });
  EXPECT_EQ(config.camera.color_resolution, ColorResolution::off);
  EXPECT_EQ(config.color_shape.width_px, 1024);
}

TEST_F(Head, FindsTracksByTheirTagsThenByTheirNames) {
  // By the UID that the tag targets, whatever the track is called.
  const FileConfig renamed = taken([](auto& head) { track(head, "COLOR").name = "LEFT-EYE"; });
  ASSERT_NE(renamed.color, nullptr);
  EXPECT_EQ(renamed.color->name, "LEFT-EYE");
  EXPECT_TRUE(reader_->tracks().at("LEFT-EYE").built_in);
  // By the text of a tag without a target.
  const FileConfig by_text = taken([](auto& head) {
    track(head, "COLOR").name = "LEFT-EYE";
    tag(head, "K4A_COLOR_TRACK").target = mkv::TagTarget::none;
  });
  EXPECT_NE(by_text.color, nullptr);
  // By name, where the tag names a track that is not there.
  const FileConfig by_name = taken([](auto& head) {
    tag(head, "K4A_COLOR_TRACK").target_uid = 77;
    drop_tag(head, "K4A_DEPTH_TRACK");
    track(head, "IR").name = "DEPTH_IR";  // as it was once called
    drop_tag(head, "K4A_IR_TRACK");
  });
  EXPECT_TRUE(by_name.color && by_name.depth && by_name.ir);
  // Names are case-sensitive, and what is found by neither is custom.
  const FileConfig none = taken([](auto& head) {
    drop_tag(head, "K4A_COLOR_TRACK");
    track(head, "COLOR").name = "Color";
  });
  EXPECT_EQ(none.color, nullptr);
  EXPECT_FALSE(reader_->tracks().at("Color").built_in);
}

TEST_F(Head, WithAnImuTrackOfAnotherTypeHasACustomOne) {
  const FileConfig config = taken([](auto& head) { track(head, "IMU").type = mkv::kVideoTrack; });
  EXPECT_EQ(config.imu, nullptr);
  EXPECT_FALSE(reader_->tracks().at("IMU").built_in);
}

TEST_F(Head, CountsTracksOfOneNameOnce) {
  taken([](auto& head) {
    mkv::TrackEntry twin = track(head, "IMU");
    twin.number = 9;
    twin.uid = 9;
    head.tracks.push_back(twin);
  });
  EXPECT_EQ(reader_->tracks().size(), 4U);
}

TEST_F(Head, NamesTheCalibrationOrHasItByItsUsualName) {
  const auto attached = [](std::string name, uint64_t uid, const char* text) {
    const auto bytes = mkv::as_bytes(text);
    return mkv::Attachment{std::move(name), "", uid, {bytes.begin(), bytes.end()}};
  };
  const auto found = [&](const Change& change) {
    taken([&](auto& head) {
      head.attachments = {attached("other.json", 5, "other"),
                          attached("calibration.json", 6, "usual"),
                          attached("calibration.json", 7, "second")};
      change(head);
    });
    const mkv::Attachment* const calibration = reader_->calibration();
    return calibration == nullptr ? "" : std::string(mkv::as_text(calibration->data));
  };
  EXPECT_EQ(found([](auto& head) { tag(head, "K4A_CALIBRATION_FILE").target_uid = 7; }), "second");
  EXPECT_EQ(found([](auto& head) { tag(head, "K4A_CALIBRATION_FILE").target_uid = 5; }), "other");
  EXPECT_EQ(found([](auto& head) { drop_tag(head, "K4A_CALIBRATION_FILE"); }), "usual");
  EXPECT_EQ(found([](auto& head) { tag(head, "K4A_CALIBRATION_FILE").value = "none.json"; }),
            "usual");
  EXPECT_EQ(found([](auto& head) { head.attachments.clear(); }), "");
}

// ---- data in tracks of which the vendor's library says how they are read

TEST_F(Head, OfOldRecordersHasPlanesInTheOrderOfTheHost) {
  const auto plane = testing::noise(size_t{320} * 288 * 2, 4);
  const auto reader = open(
      [](auto& head) { std::memcpy(track(head, "DEPTH").codec_private.data() + 16, "YUY2", 4); },
      [&](mkv::ClusterBuilder& cluster) {
        for (const uint64_t number : {2, 3})
          cluster.add_simple_block(number, 0, mkv::kKeyFrame, *plane);
      });
  ASSERT_TRUE(reader);
  const auto capture = (*reader)->next_capture(Direction::forward);
  ASSERT_TRUE(capture && *capture);
  EXPECT_EQ((*capture)->depth->bytes.get()[0], (*plane)[0]);
  EXPECT_EQ((*capture)->ir->bytes.get()[0], (*plane)[1]);
}

TEST_F(Head, ASampleOfAnotherSizeFailsAndTheNextIsRead) {
  const auto reader = open([](auto&) {},
                           [](mkv::ClusterBuilder& cluster) {
                             const mkv::Bytes sample(kImuSampleBytes), broken(39);
                             cluster.add_block_group(4, 0, 0, sample, 1);
                             cluster.add_block_group(4, 1, 0, broken, 1);
                             cluster.add_block_group(4, 2, 0, sample, 1);
                           });
  ASSERT_TRUE(reader);
  std::vector<bool> read;
  for (int i = 0; i < 3; ++i)
    read.push_back(static_cast<bool>((*reader)->next_imu(Direction::forward)));
  EXPECT_THAT(read, ElementsAre(true, false, true));
  const auto end = (*reader)->next_imu(Direction::forward);
  EXPECT_TRUE(end && !*end);
}

TEST_F(Head, ALaceOfPicturesFailsAndTheNextPictureIsRead) {
  const auto reader =
      open([](auto&) {},
           [](mkv::ClusterBuilder& cluster) {
             const uint8_t laced = mkv::kKeyFrame | 0x04;
             cluster.add_simple_block(1, 0, laced, mkv::as_bytes("\x01twotwo"));
             cluster.add_simple_block(1, 30'000, mkv::kKeyFrame, mkv::as_bytes("picture"));
           });
  ASSERT_TRUE(reader);
  EXPECT_FALSE((*reader)->next_capture(Direction::forward));
  const auto next = (*reader)->next_capture(Direction::forward);
  ASSERT_TRUE(next && *next);
  EXPECT_EQ((*next)->color->stamp.us(), 30'005);
}

}  // namespace
}  // namespace lockstep
