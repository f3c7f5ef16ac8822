// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>

#include "lockstep/recording/head_codec.h"
#include "lockstep/recording/imu_payload.h"
#include "lockstep/recording/side_track.h"
#include "lockstep/recording/time_limits.h"
#include "tests/support/recording_fixture.h"

// Notes, IMU samples and descriptions of image tracks, cut at every byte and made of any bytes.

namespace lockstep {
namespace {

using namespace testing;
using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::byte> any_bytes(size_t count) {
  std::vector<std::byte> bytes(count);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(*rc::gen::inRange(0, 256));
  return bytes;
}

/// Compares floating point by its bits, so that a NaN is equal to itself.
bool same(const std::optional<double>& a, const std::optional<double>& b) {
  if (a.has_value() != b.has_value()) return false;
  return !a || *a == *b || (std::isnan(*a) && std::isnan(*b));
}

bool same(const CaptureNote& a, const CaptureNote& b) {
  return a.stamp == b.stamp && a.arrival == b.arrival && a.exposure == b.exposure &&
         a.gain == b.gain && a.white_balance_k == b.white_balance_k &&
         same(a.temperature_c, b.temperature_c) && a.jacks == b.jacks &&
         a.dropped_before == b.dropped_before && same(a.zero_depth_share, b.zero_depth_share) &&
         same(a.mean_ir, b.mean_ir);
}

CaptureNote full_note() {
  CaptureNote note;
  note.stamp = DeviceTime(Micros(5));
  note.arrival = HostTime(Nanos(kLatestNs));
  note.exposure = Micros(8'330);
  note.gain = -1;
  note.white_balance_k = 4'500;
  note.temperature_c = -12.5;
  note.jacks = {true, false};
  note.dropped_before = std::numeric_limits<uint64_t>::max();
  note.zero_depth_share = 0.25;
  note.mean_ir = 65'535;
  return note;
}

TEST(Payloads, ANoteIsReadWholeOrNotAtAll) {
  const CaptureNote note = full_note();
  const auto payload = encode_note(note);
  for (size_t cut = 0; cut < payload.size(); ++cut) {
    EXPECT_FALSE(decode_note(note.stamp, std::span(payload).first(cut))) << cut;
  }
  const auto read = decode_note(note.stamp, payload);
  ASSERT_TRUE(read);
  EXPECT_TRUE(same(*read, note));
}

TEST(Payloads, ALaterNoteMayBeLongerAndAVersionlessOneIsNone) {
  const CaptureNote note = full_note();
  const auto payload = encode_note(note);
  std::vector<std::byte> later(payload.begin(), payload.end());
  later[0] = std::byte{9};
  later.resize(200, std::byte{0xFF});
  const auto read = decode_note(note.stamp, later);
  ASSERT_TRUE(read);
  EXPECT_TRUE(same(*read, note));
  later[0] = std::byte{0};
  EXPECT_FALSE(decode_note(note.stamp, later));
}

// Whoever subtracts two of them must not have to fear for the sign.
TEST(Payloads, ATimeBeyondEveryClockIsNotTold) {
  CaptureNote note = full_note();
  for (const int64_t ns : {std::numeric_limits<int64_t>::min(), int64_t{-1}, kLatestNs + 1,
                           std::numeric_limits<int64_t>::max()}) {
    note.arrival = HostTime(Nanos(ns));
    note.exposure = Micros(ns);
    const auto read = decode_note(note.stamp, encode_note(note));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->arrival, std::nullopt) << ns;
    EXPECT_EQ(read->exposure, std::nullopt) << ns;
    EXPECT_EQ(read->gain, note.gain);
  }
}

RC_GTEST_PROP(Payloads, AnyBytesAreANoteThatComesBack, ()) {
  auto payload = any_bytes(kNoteBytes);
  payload[0] = static_cast<std::byte>(*rc::gen::inRange(1, 256));
  const DeviceTime stamp(Micros(*rc::gen::inRange(0, 1'000'000)));
  const auto first = decode_note(stamp, payload);
  RC_ASSERT(first.has_value());
  const auto second = decode_note(stamp, encode_note(*first));
  RC_ASSERT(second && same(*first, *second));
}

TEST(Payloads, AnImuSampleHasItsSizeOrIsNone) {
  const auto payload = encode_imu(imu_at(1'234'567));
  std::vector<std::byte> bytes(payload.begin(), payload.end());
  bytes.resize(100);
  for (size_t size = 0; size <= bytes.size(); ++size) {
    const auto sample = decode_imu(std::span<const std::byte>(bytes).first(size));
    EXPECT_EQ(sample.has_value(), size == kImuSampleBytes) << size;
  }
}

RC_GTEST_PROP(Payloads, AnyFortyBytesAreAnImuSampleThatComesBack, ()) {
  const auto payload = any_bytes(kImuSampleBytes);
  const auto sample = decode_imu(payload);
  RC_ASSERT(sample.has_value());
  const auto again = encode_imu(*sample);
  RC_ASSERT(std::equal(payload.begin(), payload.end(), again.begin(), again.end()));
}

/// The head of our own recording, to be changed.
mkv::OpenedSegment own_segment() {
  mkv::OpenedSegment segment;
  auto encoded = encode_recording_head(small_header(), true);
  EXPECT_TRUE(encoded);
  segment.head = encoded->head;
  segment.has_info = segment.has_tracks = true;
  segment.data_start = 52;
  segment.tracks_at = 1'338;
  segment.tags_at = 7'000;
  return segment;
}

TEST(Payloads, ADescriptionOfImagesCutAtAnyByteIsNamed) {
  const mkv::OpenedSegment whole = own_segment();
  for (size_t track = 0; track < 3; ++track) {
    ASSERT_EQ(whole.head.tracks[track].codec_private.size(), 40U);
    for (size_t cut = 0; cut <= 40; ++cut) {
      mkv::OpenedSegment segment = whole;
      segment.head.tracks[track].codec_private.resize(cut);
      mkv::DamageList damage;
      const auto head = decode_recording_head(segment, damage);
      ASSERT_TRUE(head) << head.error().message;
      const KinectTracks& tracks = head->tracks;
      const bool taken = (track == 0 ? tracks.color : track == 1 ? tracks.depth : tracks.ir) != 0;
      EXPECT_EQ(taken, cut >= 20) << "the FourCC ends at byte 20";
      EXPECT_EQ(damage.list().empty(), cut == 40) << track << " cut at " << cut;
      for (const mkv::Damage& found : damage.list()) EXPECT_EQ(found.offset, segment.tracks_at);
    }
  }
}

TEST(Payloads, AHeadWithoutItsParametersIsGuessedAndNamed) {
  mkv::OpenedSegment segment = own_segment();
  for (mkv::Tag& tag : segment.head.tags) {
    if (tag.name == "K4A_DEPTH_MODE") tag.value = "WFOV_UNBINNED";
    if (tag.name == "K4A_WIRED_SYNC_MODE") tag.value = "slave";
    if (tag.name == "K4A_DEPTH_DELAY_NS") tag.value = "soon";
  }
  mkv::DamageList damage;
  const auto head = decode_recording_head(segment, damage);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->header.camera.depth_mode, DepthMode::nfov_2x2binned);
  EXPECT_EQ(head->header.camera.wired_sync, WiredSync::standalone);
  EXPECT_FALSE(head->header.has_wired_sync_tag);
  for (const char* what : {"WFOV_UNBINNED", "slave", "soon"}) {
    EXPECT_THAT(damage.list(), Contains(Field(&mkv::Damage::what, HasSubstr(what))));
  }
  for (const mkv::Damage& found : damage.list()) EXPECT_EQ(found.offset, segment.tags_at);
}

TEST(Payloads, ADelayForWhichNoCameraWaitsIsNamedAndTakenAsNone) {
  const auto delays = [](std::string_view name, const char* value, mkv::DamageList& damage) {
    mkv::OpenedSegment segment = own_segment();
    for (mkv::Tag& tag : segment.head.tags) {
      if (tag.name == name) tag.value = value;
    }
    const auto head = decode_recording_head(segment, damage);
    EXPECT_TRUE(head);
    return head ? std::pair(head->header.camera.depth_delay_off_color,
                            head->header.camera.subordinate_delay_off_master)
                : std::pair(Micros(-1), Micros(-1));
  };
  constexpr std::string_view kDepth = "K4A_DEPTH_DELAY_NS";
  constexpr std::string_view kSubordinate = "K4A_SUBORDINATE_DELAY_NS";
  mkv::DamageList none;
  EXPECT_EQ(delays(kDepth, "-1000000000", none).first, Micros(-1'000'000));
  EXPECT_EQ(delays(kSubordinate, "1000000000", none).second, Micros(1'000'000));
  EXPECT_THAT(none.list(), IsEmpty());
  for (const auto& [name, value] :
       {std::pair(kDepth, "-1000000001"), std::pair(kDepth, "-9223372036854775808"),
        std::pair(kSubordinate, "1000000001"), std::pair(kSubordinate, "-1")}) {
    mkv::DamageList damage;
    const auto [depth, subordinate] = delays(name, value, damage);
    EXPECT_EQ(name == kDepth ? depth : subordinate, Micros(0)) << name << " " << value;
    EXPECT_THAT(damage.list(), Contains(Field(&mkv::Damage::what, HasSubstr(value))));
  }
}

RC_GTEST_PROP(Payloads, AnyBytesAsTracksAndTagsAreReadOrRefused, ()) {
  mkv::OpenedSegment segment = own_segment();
  for (mkv::TrackEntry& track : segment.head.tracks) {
    if (*rc::gen::inRange(0, 3) != 0) continue;
    track.codec_private = any_bytes(*rc::gen::inRange<size_t>(0, 60));
    track.width_px = *rc::gen::arbitrary<uint64_t>();
    track.height_px = *rc::gen::arbitrary<uint64_t>();
    track.default_duration_ns = *rc::gen::arbitrary<uint64_t>();
    track.number = *rc::gen::arbitrary<uint64_t>();
  }
  for (mkv::Tag& tag : segment.head.tags) {
    if (*rc::gen::inRange(0, 3) == 0) tag.value = *rc::gen::arbitrary<std::string>();
    if (*rc::gen::inRange(0, 9) == 0) tag.value = std::to_string(*rc::gen::arbitrary<int64_t>());
  }
  mkv::DamageList damage;
  const auto head = decode_recording_head(segment, damage);
  RC_ASSERT(head.ok());
  RC_ASSERT(head->frame_period.count() > 0);
  RC_ASSERT(head->color_width_px >= 0 && head->color_width_px <= 16'384);
  RC_ASSERT((head->color_width_px == 0) == (head->color_height_px == 0));
  RC_ASSERT(head->depth_width_px >= 0 && head->depth_width_px <= 4'096);
}

}  // namespace
}  // namespace lockstep
