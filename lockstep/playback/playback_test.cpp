// SPDX-License-Identifier: MIT
#include "lockstep/playback/playback.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "lockstep/playback/track.h"
#include "lockstep/recording/writer.h"
#include "lockstep/take/manifest.h"
#include "tests/support/files.h"

namespace lockstep {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using testing::TempFolder;
using Steady = std::chrono::steady_clock;

const PlaybackOptions kFast{PlaybackOptions::Pace::as_fast_as_possible};
const PlaybackOptions kRealTime{PlaybackOptions::Pace::real_time};
constexpr int64_t kFrameUs = 100'000 / 3;

RecordingHeader header_of(const std::string& serial) {
  RecordingHeader header;
  header.camera.color_resolution = ColorResolution::p720;
  header.camera.depth_mode = DepthMode::off;
  header.camera.synchronized_images_only = false;
  header.camera.imu = true;
  header.has_depth = header.has_ir = false;
  header.has_imu = true;
  header.serial = serial;
  return header;
}

Capture colour_at(int64_t stamp_us) {
  auto jpeg = std::make_shared<std::vector<std::byte>>(64, std::byte{0x5a});
  Capture capture;
  Image& image = capture.color.emplace();
  image.width_px = 1280;
  image.height_px = 720;
  image.stamp = DeviceTime(Micros(stamp_us));
  const std::span<const std::byte> bytes(*jpeg);
  image.bytes = ImageBytes(std::move(jpeg), bytes);
  return capture;
}

ImuSample imu_at(int64_t stamp_us) {
  ImuSample sample;
  sample.acceleration_stamp = sample.angular_rate_stamp = DeviceTime(Micros(stamp_us));
  return sample;
}

/// `captures` frames from `first_us` on, with IMU samples each 5 ms from `imu_from_us` to
/// `imu_to_us`.
void write_recording(const std::filesystem::path& path, const std::string& serial, int captures,
                     int64_t first_us, int64_t imu_from_us, int64_t imu_to_us) {
  RecordingWriterOptions options;
  options.any_image_size = true;
  auto writer = RecordingWriter::create(path, header_of(serial), options);
  ASSERT_TRUE(writer) << writer.error().message;
  int64_t imu_us = imu_from_us;
  const auto imu_until = [&](int64_t end_us) {
    for (; imu_us <= end_us; imu_us += 5000) ASSERT_TRUE((*writer)->write_imu(imu_at(imu_us)));
  };
  for (int i = 0; i < captures; ++i) {
    const int64_t stamp_us = first_us + i * kFrameUs;
    imu_until(std::min(stamp_us, imu_to_us));
    ASSERT_TRUE((*writer)->write(colour_at(stamp_us)));
  }
  imu_until(imu_to_us);
  ASSERT_TRUE((*writer)->finish());
}

TakeCamera camera_of(const std::string& name, const std::vector<std::optional<int64_t>>& zeros_ns) {
  TakeCamera camera;
  camera.name = name;
  camera.serial = "serial-" + name;
  for (size_t i = 0; i < zeros_ns.size(); ++i) {
    TakePart part;
    part.file = name + (i == 0 ? ".mkv" : ".part" + std::to_string(i + 1) + ".mkv");
    part.rig_from_device_ns = zeros_ns[i];
    camera.parts.push_back(part);
  }
  return camera;
}

/// A take of "left" whose clock began again 700 ms after its first zero. Part 1: frames from 100 ms
/// to 233 ms, IMU until 280 ms; part 2: frames from 50 ms to 116 ms, IMU from 20 ms on.
void write_restarted_take(const TempFolder& folder, bool zeros_known = true) {
  write_recording(folder / "left.mkv", "serial-left", 5, 100'000, 60'000, 280'000);
  write_recording(folder / "left.part2.mkv", "serial-left", 3, 50'000, 20'000, 130'000);
  TakeManifest manifest;
  manifest.name = "restarted";
  const int64_t zero_ns = -90'000'000;
  if (zeros_known) {
    manifest.cameras = {camera_of("left", {zero_ns, zero_ns + 700'000'000})};
  } else {
    manifest.cameras = {camera_of("left", {std::nullopt, std::nullopt})};
  }
  ASSERT_TRUE(write_manifest(folder.path(), manifest));
}

std::unique_ptr<Device> start(PlaybackSource& source, size_t camera = 0, bool imu = true) {
  auto device = source.open((*source.list())[camera].serial);
  EXPECT_TRUE(device);
  CameraConfig config = source.recorded()[camera].camera;
  config.imu = imu;
  const auto started = (*device)->start(config);
  EXPECT_TRUE(started) << (started ? "" : started.error().message);
  return *std::move(device);
}

struct Played {
  std::vector<int64_t> captures_us;
  std::vector<std::vector<int64_t>> imu_us;  ///< with each capture, and what came with the end
  std::vector<Nanos> since_start;            ///< when each capture came
};

Played play_to_the_end(Device& device) {
  Played played;
  const auto began = Steady::now();
  while (true) {
    const auto read = device.next_capture(seconds(5));
    EXPECT_TRUE(read) << read.error().message;
    if (!read) return played;
    const auto* capture = std::get_if<CapturePtr>(&*read);
    if (capture != nullptr) {
      played.since_start.push_back(Steady::now() - began);
      played.captures_us.push_back((*capture)->stamp().us());
    }
    auto& samples = played.imu_us.emplace_back();
    const auto taken = device.take_imu();
    for (const ImuSample& sample : *taken) samples.push_back(sample.acceleration_stamp.us());
    if (capture != nullptr) continue;
    EXPECT_EQ(std::get<ReadEnd>(*read), ReadEnd::ended);
    return played;
  }
}

/// When the images of a restarted take's parts are played, microseconds from the first one on.
std::vector<int64_t> due_us(const TempFolder& folder) {
  std::vector<PlayedTrack> tracks = *tracks_of_take(folder.path());
  begin_with_first_image(tracks);
  const std::vector<std::vector<int64_t>> stamps_us = {
      {100'000, 133'333, 166'666, 199'999, 233'332}, {50'000, 83'333, 116'666}};
  std::vector<int64_t> due;
  for (size_t part = 0; part < stamps_us.size(); ++part) {
    for (const int64_t stamp_us : stamps_us[part]) {
      const Nanos at = tracks[0].parts[part].play_time(DeviceTime(Micros(stamp_us)));
      due.push_back(std::chrono::floor<Micros>(at).count());
    }
  }
  return due;
}

/// How late an image comes is the machine's affair.
void expect_none_early(const Played& played, const std::vector<int64_t>& due) {
  ASSERT_THAT(played.since_start, SizeIs(due.size()));
  for (size_t i = 0; i < due.size(); ++i) {
    EXPECT_GE(played.since_start[i], Micros(due[i]) - milliseconds(2)) << i;
  }
}

/// Numbers from `first` to `last`, 5000 apart.
std::vector<int64_t> each_5_ms(int64_t first, int64_t last) {
  std::vector<int64_t> all;
  for (int64_t at = first; at <= last; at += 5000) all.push_back(at);
  return all;
}

TEST(Playback, PlaysThePartsOfATakeInOrder) {
  const TempFolder folder;
  write_restarted_take(folder);
  auto source = *PlaybackSource::open_path(folder.path(), kFast);
  ASSERT_THAT(*source->list(), SizeIs(1));
  const auto device = start(*source);
  EXPECT_TRUE(device->info().is_playback);
  EXPECT_EQ(device->info().serial, "serial-left");
  EXPECT_THAT(play_to_the_end(*device).captures_us,
              ElementsAre(100'000, 133'333, 166'666, 199'999, 233'332, 50'000, 83'333, 116'666));
}

TEST(Playback, GivesEveryImuSampleOfEveryPartInOrder) {
  const TempFolder folder;
  write_restarted_take(folder);
  auto source = *PlaybackSource::open_path(folder.path(), kFast);
  const auto device = start(*source);
  const Played played = play_to_the_end(*device);
  std::vector<int64_t> all;
  for (const auto& samples : played.imu_us) all.insert(all.end(), samples.begin(), samples.end());
  std::vector<int64_t> expected = each_5_ms(60'000, 280'000);
  const std::vector<int64_t> second = each_5_ms(20'000, 130'000);
  expected.insert(expected.end(), second.begin(), second.end());
  EXPECT_EQ(all, expected);
  // A sample comes no earlier than the first capture after it; the tail of a part with the next.
  ASSERT_THAT(played.imu_us, SizeIs(9));
  EXPECT_EQ(played.imu_us[0], each_5_ms(60'000, 100'000));
  EXPECT_EQ(played.imu_us[4].back(), 230'000);
  EXPECT_EQ(played.imu_us[5].front(), 235'000);
  EXPECT_EQ(played.imu_us[5].back(), 50'000);
  EXPECT_EQ(played.imu_us[8], each_5_ms(120'000, 130'000));
}

TEST(Playback, GivesNoImuWhenNoneIsAskedFor) {
  const TempFolder folder;
  write_restarted_take(folder);
  auto source = *PlaybackSource::open_path(folder.path(), kFast);
  for (const auto& samples : play_to_the_end(*start(*source, 0, false)).imu_us)
    EXPECT_THAT(samples, SizeIs(0));
}

TEST(Playback, AGapBetweenPartsStaysAGap) {
  const TempFolder folder;
  write_restarted_take(folder);
  auto source = *PlaybackSource::open_path(folder.path(), kRealTime);
  const Played played = play_to_the_end(*start(*source));
  EXPECT_THAT(due_us(folder),
              ElementsAre(0, 33'333, 66'666, 99'999, 133'332, 650'000, 683'333, 716'666));
  expect_none_early(played, due_us(folder));
}

TEST(Playback, APartOfUnknownPlaceGoesOnAFrameAfterTheOneBefore) {
  const TempFolder folder;
  write_restarted_take(folder, false);
  auto source = *PlaybackSource::open_path(folder.path(), kRealTime);
  const Played played = play_to_the_end(*start(*source));
  EXPECT_THAT(due_us(folder),
              ElementsAre(0, 33'333, 66'666, 99'999, 133'332, 166'665, 199'998, 233'331));
  expect_none_early(played, due_us(folder));
}

TEST(Playback, CamerasKeepTheirDistance) {
  const TempFolder folder;
  write_recording(folder / "left.mkv", "serial-left", 2, 100'000, 0, -1);
  write_recording(folder / "right.mkv", "serial-right", 2, 200'000, 0, -1);
  TakeManifest manifest;
  // The right clock was zeroed 10.1 s before the left one: its first frame is 10 s *earlier*.
  manifest.cameras = {camera_of("left", {0}), camera_of("right", {-10'100'000'000})};
  ASSERT_TRUE(write_manifest(folder.path(), manifest));
  auto source = *PlaybackSource::open_path(folder.path(), kRealTime);
  const auto left = start(*source, 0, false);
  const auto right = start(*source, 1, false);
  EXPECT_EQ(std::get<ReadEnd>(*left->next_capture(Nanos{0})), ReadEnd::timeout);
  EXPECT_TRUE(std::holds_alternative<CapturePtr>(*right->next_capture(seconds(5))));
}

TEST(Playback, ATimeoutIsNotTheEnd) {
  const TempFolder folder;
  write_restarted_take(folder);
  auto source = *PlaybackSource::open_path(folder.path(), kRealTime);
  const auto device = start(*source);
  ASSERT_TRUE(std::holds_alternative<CapturePtr>(*device->next_capture(seconds(5))));
  EXPECT_EQ(std::get<ReadEnd>(*device->next_capture(Nanos{0})), ReadEnd::timeout);
  const auto read = device->next_capture(Nanos::max());  // as long as it takes
  ASSERT_TRUE(std::holds_alternative<CapturePtr>(*read));
  EXPECT_EQ(std::get<CapturePtr>(*read)->stamp().us(), 133'333);
}

TEST(Playback, StaysEndedAndPlaysAgainAfterAStart) {
  const TempFolder folder;
  write_restarted_take(folder);
  auto source = *PlaybackSource::open_path(folder.path(), kFast);
  const auto device = start(*source);
  const auto first = play_to_the_end(*device).captures_us;
  EXPECT_EQ(std::get<ReadEnd>(*device->next_capture(Nanos{0})), ReadEnd::ended);
  EXPECT_THAT(*device->take_imu(), SizeIs(0));
  device->stop();
  ASSERT_TRUE(device->start(source->recorded().front().camera));
  EXPECT_EQ(play_to_the_end(*device).captures_us, first);
}

TEST(Playback, APartThatVanishedIsALostCamera) {
  const TempFolder folder;
  write_restarted_take(folder);
  auto source = *PlaybackSource::open_path(folder.path(), kFast);
  std::filesystem::remove(folder / "left.part2.mkv");
  const auto device = start(*source);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(device->next_capture(Nanos{0})) << i;
  const auto read = device->next_capture(Nanos{0});
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Errc::device_lost);
  EXPECT_THAT(read.error().message, HasSubstr("left.part2.mkv"));
}

TEST(Playback, RefusesToPlayWhatWasNotRecorded) {
  const TempFolder folder;
  write_restarted_take(folder);
  auto source = *PlaybackSource::open_path(folder.path(), kFast);
  const auto device = *source->open("serial-left");
  CameraConfig config = source->recorded().front().camera;
  config.color_resolution = ColorResolution::p1080;
  const auto started = device->start(config);
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, Errc::invalid_argument);
  EXPECT_THAT(started.error().message, HasSubstr("left.mkv colour is 720P"));
}

TEST(Playback, TwoRecordingsOfOneCameraAreRefused) {
  const TempFolder folder;
  write_recording(folder / "a.mkv", "one", 1, 0, 0, -1);
  write_recording(folder / "b.mkv", "one", 1, 0, 0, -1);
  const auto source = PlaybackSource::open_files({folder / "a.mkv", folder / "b.mkv"}, kFast);
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().code, Errc::invalid_argument);
}

}  // namespace
}  // namespace lockstep
