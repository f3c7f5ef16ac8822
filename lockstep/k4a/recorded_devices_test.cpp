// SPDX-License-Identifier: MIT
// Recordings as installed devices: a take of a master and a subordinate at 30 fps, 720p MJPG and
// NFOV_2X2BINNED, that the vendor's library wrote, and single files.
#include <gtest/gtest.h>
#include <k4a/k4a.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "lockstep/take/manifest.h"
#include "tests/support/files.h"
#include "tests/support/k4a_playback.h"

namespace {

namespace lt = lockstep::testing;

constexpr uint32_t kMaster = 0, kSubordinate = 1;
constexpr size_t kColor = 0, kDepth = 1, kIr = 2;

using Stamps = std::vector<uint64_t>;  // of colour, depth and IR, as in k4a_playback.h

Stamps stamps_of(k4a_capture_t capture) {
  return lt::stamps_of(K4A_STREAM_RESULT_SUCCEEDED, capture);
}

class RecordedDevices : public ::testing::Test {
 protected:
  RecordedDevices() {
    lockstep::TakeManifest manifest;
    for (const char* name : {"two-cameras-master", "two-cameras-sub"}) {
      const std::string file = std::string(name) + ".mkv";
      std::filesystem::copy_file(recording(file), folder_ / file);
      manifest.cameras.push_back({.name = name, .serial = name});
      manifest.cameras.back().parts.emplace_back().file = file;
    }
    EXPECT_TRUE(lockstep::write_manifest(folder_.path(), manifest));
    setenv("XDG_RUNTIME_DIR", folder_.path().c_str(), 1);
    setenv("K4A_ENABLE_LOG_TO_STDOUT", "0", 1);
    play(folder_.path());
    k4a_set_debug_message_handler(keep, &log_, K4A_LOG_LEVEL_WARNING);
  }
  ~RecordedDevices() override {
    close_all();
    k4a_set_debug_message_handler(nullptr, nullptr, K4A_LOG_LEVEL_OFF);
    for (const char* name : {"LOCKSTEP_RIG", "XDG_RUNTIME_DIR", "K4A_DISABLE_SYNCHRONIZATION"})
      unsetenv(name);
  }

  static void keep(void* log, k4a_log_level_t, const char*, int, const char* message) {
    static std::mutex several;  // readers of two devices may fail at once
    const std::lock_guard lock(several);
    *static_cast<std::string*>(log) += std::string(message) + "\n";
  }
  static std::filesystem::path recording(const std::string& file) {
    return lt::data_file("vendor-written/" + file);
  }
  static void play(const std::filesystem::path& what) { setenv("LOCKSTEP_RIG", what.c_str(), 1); }

  void close_all() {
    for (const k4a_device_t device : open_) k4a_device_close(device);
    open_.clear();
  }
  k4a_device_t open(uint32_t index) {
    k4a_device_t device = nullptr;
    EXPECT_EQ(k4a_device_open(index, &device), K4A_RESULT_SUCCEEDED) << log_;
    open_.push_back(device);
    return device;
  }

  static k4a_device_configuration_t config(k4a_wired_sync_mode_t sync) {
    k4a_device_configuration_t config = K4A_DEVICE_CONFIG_INIT_DISABLE_ALL;
    config.color_resolution = K4A_COLOR_RESOLUTION_720P;
    config.depth_mode = K4A_DEPTH_MODE_NFOV_2X2BINNED;
    config.wired_sync_mode = sync;
    return config;
  }
  static k4a_device_configuration_t color_only() {
    auto color = config(K4A_WIRED_SYNC_MODE_STANDALONE);
    color.depth_mode = K4A_DEPTH_MODE_OFF;
    return color;
  }
  void start(k4a_device_t device, const k4a_device_configuration_t& config) {
    ASSERT_EQ(k4a_device_start_cameras(device, &config), K4A_RESULT_SUCCEEDED) << log_;
  }

  /// What a device gives until it fails.
  static std::vector<Stamps> to_the_end(k4a_device_t device) {
    std::vector<Stamps> all;
    k4a_capture_t capture = nullptr;
    while (k4a_device_get_capture(device, &capture, 5000) == K4A_WAIT_RESULT_SUCCEEDED)
      all.push_back(stamps_of(capture));
    return all;
  }
  /// What is in a file.
  static std::vector<Stamps> in_file(const std::string& file) {
    const lt::OpenPlayback playback(recording(file));
    std::vector<Stamps> all;
    for (Stamps each = lt::next(playback.handle); !each.empty(); each = lt::next(playback.handle))
      all.push_back(each);
    return all;
  }

  lt::TempFolder folder_;
  std::string log_;
  std::vector<k4a_device_t> open_;
};

TEST_F(RecordedDevices, AreTheCamerasOfTheTake) {
  EXPECT_EQ(k4a_device_get_installed_count(), 2U);
  std::string serials[2];
  for (const uint32_t index : {kMaster, kSubordinate}) {
    const k4a_device_t device = open(index);
    char text[64];
    size_t size = sizeof text;
    ASSERT_EQ(k4a_device_get_serialnum(device, text, &size), K4A_BUFFER_RESULT_SUCCEEDED);
    serials[index] = text;
    bool in = true, out = true;
    ASSERT_EQ(k4a_device_get_sync_jack(device, &in, &out), K4A_RESULT_SUCCEEDED);
    EXPECT_EQ(in, index == kSubordinate);
    EXPECT_EQ(out, index == kMaster);
    k4a_calibration_t calibration;
    EXPECT_EQ(k4a_device_get_calibration(device, K4A_DEPTH_MODE_NFOV_2X2BINNED,
                                         K4A_COLOR_RESOLUTION_720P, &calibration),
              K4A_RESULT_SUCCEEDED);
    k4a_device_t second = nullptr;
    EXPECT_EQ(k4a_device_open(index, &second), K4A_RESULT_FAILED) << "it is busy";
  }
  EXPECT_NE(serials[0], serials[1]);
}

TEST_F(RecordedDevices, GiveWhatWasRecordedAndThenFail) {
  const k4a_device_t master = open(kMaster), subordinate = open(kSubordinate);
  start(subordinate, config(K4A_WIRED_SYNC_MODE_SUBORDINATE));
  k4a_capture_t capture = nullptr;
  EXPECT_EQ(k4a_device_get_capture(subordinate, &capture, 50), K4A_WAIT_RESULT_TIMEOUT)
      << "its master is not started";
  start(master, config(K4A_WIRED_SYNC_MODE_MASTER));
  std::vector<Stamps> of_subordinate;
  std::thread reader([&] { of_subordinate = to_the_end(subordinate); });
  EXPECT_EQ(to_the_end(master), in_file("two-cameras-master.mkv"));
  reader.join();
  EXPECT_EQ(of_subordinate, in_file("two-cameras-sub.mkv"));
  EXPECT_NE(log_.find("The recording has ended"), std::string::npos) << log_;
  // Started again, they play again.
  for (const k4a_device_t device : open_) k4a_device_stop_cameras(device);
  start(master, config(K4A_WIRED_SYNC_MODE_MASTER));
  ASSERT_EQ(k4a_device_get_capture(master, &capture, 5000), K4A_WAIT_RESULT_SUCCEEDED);
  EXPECT_EQ(stamps_of(capture), in_file("two-cameras-master.mkv").front());
}

TEST_F(RecordedDevices, KeepTheLastCapturesForASlowReader) {
  const char* const file = "colour-imu-30fps.mkv";
  play(recording(file));
  const k4a_device_t device = open(0);
  start(device, color_only());
  const auto recorded = in_file(file);
  const uint64_t length_us = recorded.back()[kColor] - recorded.front()[kColor];
  std::this_thread::sleep_for(std::chrono::microseconds(length_us + 500'000));
  const auto left = to_the_end(device);
  ASSERT_EQ(left.size(), 7U);
  EXPECT_TRUE(std::equal(left.rbegin(), left.rend(), recorded.rbegin()));
}

TEST_F(RecordedDevices, RefuseWhatWasNotRecordedAndSayWhatWas) {
  const k4a_device_t device = open(kSubordinate);
  const auto refuses = [&](const k4a_device_configuration_t& other, const std::string& has) {
    log_.clear();
    EXPECT_EQ(k4a_device_start_cameras(device, &other), K4A_RESULT_FAILED);
    EXPECT_NE(log_.find(has), std::string::npos) << log_;
  };
  auto other = config(K4A_WIRED_SYNC_MODE_SUBORDINATE);
  other.color_resolution = K4A_COLOR_RESOLUTION_1080P;
  refuses(other, "colour is 720P");
  other = config(K4A_WIRED_SYNC_MODE_SUBORDINATE);
  other.color_format = K4A_IMAGE_FORMAT_COLOR_NV12;
  refuses(other, "colour is MJPG");
  other = config(K4A_WIRED_SYNC_MODE_SUBORDINATE);
  other.depth_mode = K4A_DEPTH_MODE_NFOV_UNBINNED;
  refuses(other, "depth is NFOV_2X2BINNED");
  other = config(K4A_WIRED_SYNC_MODE_SUBORDINATE);
  other.camera_fps = K4A_FRAMES_PER_SECOND_15;
  refuses(other, "the rate is 30 fps");
  refuses(config(K4A_WIRED_SYNC_MODE_STANDALONE), "the role is SUBORDINATE");
  other = config(K4A_WIRED_SYNC_MODE_SUBORDINATE);
  other.subordinate_delay_off_master_usec = 160;
  refuses(other, "the delay off the master is 0 us");
  other = config(K4A_WIRED_SYNC_MODE_SUBORDINATE);
  other.depth_delay_off_color_usec = -50;
  refuses(other, "the delay of depth off colour is 0 us");
  start(device, config(K4A_WIRED_SYNC_MODE_SUBORDINATE));
  EXPECT_EQ(k4a_device_start_imu(device), K4A_RESULT_FAILED);
  EXPECT_NE(log_.find("no IMU track"), std::string::npos) << log_;
}

TEST_F(RecordedDevices, GiveOnlyPairsToWhomWantsThem) {
  const k4a_device_t master = open(kMaster);
  auto paired = config(K4A_WIRED_SYNC_MODE_MASTER);
  paired.synchronized_images_only = true;
  start(master, paired);
  auto recorded = in_file("two-cameras-master.mkv");
  EXPECT_EQ(std::erase_if(recorded, [](const Stamps& each) { return each[kColor] == 0; }), 2U);
  EXPECT_EQ(to_the_end(master), recorded);
}

TEST_F(RecordedDevices, GiveEachImageAloneWhenPairingIsOff) {
  setenv("K4A_DISABLE_SYNCHRONIZATION", "1", 1);
  play(recording("two-cameras-sub.mkv"));
  const k4a_device_t device = open(0);
  start(device, config(K4A_WIRED_SYNC_MODE_SUBORDINATE));
  std::vector<Stamps> alone;
  for (const Stamps& each : in_file("two-cameras-sub.mkv")) {
    if (each[kColor] != 0) alone.push_back({each[kColor], 0, 0});
    if (each[kIr] != 0) alone.push_back({0, each[kDepth], each[kIr]});
  }
  EXPECT_EQ(to_the_end(device), alone);
}

TEST_F(RecordedDevices, DecodeColourAsACameraDoes) {
  play(recording("two-cameras-sub.mkv"));
  const k4a_device_t device = open(0);
  auto decoded = config(K4A_WIRED_SYNC_MODE_SUBORDINATE);
  decoded.color_format = K4A_IMAGE_FORMAT_COLOR_BGRA32;
  decoded.synchronized_images_only = true;
  const auto before = std::chrono::steady_clock::now().time_since_epoch();
  start(device, decoded);
  k4a_capture_t capture = nullptr;
  ASSERT_EQ(k4a_device_get_capture(device, &capture, 5000), K4A_WAIT_RESULT_SUCCEEDED) << log_;
  const k4a_image_t color = k4a_capture_get_color_image(capture);
  k4a_capture_release(capture);
  EXPECT_EQ(k4a_image_get_format(color), K4A_IMAGE_FORMAT_COLOR_BGRA32);
  EXPECT_EQ(k4a_image_get_stride_bytes(color), 4 * 1280);
  EXPECT_EQ(k4a_image_get_size(color), 4U * 1280 * 720);
  EXPECT_EQ(k4a_image_get_buffer(color)[3], 255);
  const auto came = std::chrono::nanoseconds(k4a_image_get_system_timestamp_nsec(color));
  EXPECT_GT(came, before);
  EXPECT_LE(came, std::chrono::steady_clock::now().time_since_epoch());
  k4a_image_release(color);
}

TEST_F(RecordedDevices, GiveNoInertialSamplesBehindTheirEnd) {
  play(recording("colour-imu-30fps.mkv"));
  const k4a_device_t device = open(0);
  start(device, color_only());
  to_the_end(device);
  ASSERT_EQ(k4a_device_start_imu(device), K4A_RESULT_SUCCEEDED);
  k4a_imu_sample_t sample{};
  EXPECT_EQ(k4a_device_get_imu_sample(device, &sample, K4A_WAIT_INFINITE), K4A_WAIT_RESULT_FAILED);
}

TEST_F(RecordedDevices, AreThoseOfTheTakeThatIsThereNow) {
  close_all();
  open(kMaster);
  close_all();
  lockstep::TakeManifest alone;
  alone.cameras.push_back({.name = "two-cameras-sub", .serial = "two-cameras-sub"});
  alone.cameras.back().parts.emplace_back().file = "two-cameras-sub.mkv";
  std::filesystem::remove(folder_ / "take.json");
  ASSERT_TRUE(lockstep::write_manifest(folder_.path(), alone));
  play(recording("two-cameras-sub.mkv"));
  EXPECT_EQ(k4a_device_get_installed_count(), 1U);
  play(folder_.path());
  EXPECT_EQ(k4a_device_get_installed_count(), 1U) << log_;
  open(0);
}

TEST_F(RecordedDevices, GiveInertialSamplesAlsoWithoutCameras) {
  play(recording("colour-imu-30fps.mkv"));
  const k4a_device_t device = open(0);
  start(device, color_only());
  ASSERT_EQ(k4a_device_start_imu(device), K4A_RESULT_SUCCEEDED) << log_;
  const auto next = [&] {
    k4a_imu_sample_t sample{};
    EXPECT_EQ(k4a_device_get_imu_sample(device, &sample, 5000), K4A_WAIT_RESULT_SUCCEEDED);
    return sample.acc_timestamp_usec;
  };
  uint64_t before = next();
  for (int i = 0; i < 100; ++i) {
    if (i == 50) k4a_device_stop_cameras(device);
    const uint64_t now = next();
    EXPECT_GT(now, before);
    before = now;
  }
}

TEST_F(RecordedDevices, KeepColourSettingsThatChangeNothing) {
  const k4a_device_t device = open(kMaster);
  EXPECT_EQ(k4a_device_set_color_control(device, K4A_COLOR_CONTROL_BRIGHTNESS,
                                         K4A_COLOR_CONTROL_MODE_MANUAL, 77),
            K4A_RESULT_SUCCEEDED);
  auto mode = K4A_COLOR_CONTROL_MODE_AUTO;
  int32_t value = 0;
  EXPECT_EQ(k4a_device_get_color_control(device, K4A_COLOR_CONTROL_BRIGHTNESS, &mode, &value),
            K4A_RESULT_SUCCEEDED);
  EXPECT_EQ(value, 77);
}

TEST_F(RecordedDevices, AreNoneWhereThereIsNoTake) {
  play(folder_ / "no-such.mkv");
  EXPECT_EQ(k4a_device_get_installed_count(), 0U);
  EXPECT_NE(log_.find("no-such.mkv"), std::string::npos) << log_;
}

}  // namespace
