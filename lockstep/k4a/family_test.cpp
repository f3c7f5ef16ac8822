// SPDX-License-Identifier: MIT
// Cameras of other firmware and of other families: a rig of one camera without pictures.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <k4a/k4a.h>

#include <cmath>
#include <cstdlib>
#include <string>

#include "tests/support/files.h"

namespace {

namespace lt = lockstep::testing;

using ::testing::HasSubstr;

class K4aFamily : public ::testing::Test {
 protected:
  K4aFamily() {
    setenv("XDG_RUNTIME_DIR", folder_.path().c_str(), 1);
    setenv("K4A_ENABLE_LOG_TO_STDOUT", "0", 1);
    k4a_set_debug_message_handler(keep, &log_, K4A_LOG_LEVEL_WARNING);
  }
  ~K4aFamily() override {
    k4a_device_close(device_);
    k4a_set_debug_message_handler(nullptr, nullptr, K4A_LOG_LEVEL_OFF);
    unsetenv("LOCKSTEP_RIG");
    unsetenv("XDG_RUNTIME_DIR");
  }
  static void keep(void* log, k4a_log_level_t, const char*, int, const char* message) {
    *static_cast<std::string*>(log) += std::string(message) + "\n";
  }

  k4a_result_t open(const std::string& family, const std::string& firmware) {
    k4a_device_close(device_);
    device_ = nullptr;
    log_.clear();
    const std::string name = family + firmware + ".toml";
    lt::write_file(folder_ / name,
                   "schema = 1\nrig = { name = \"one\" }\ncamera = [ { name = \"only\", serial = "
                   "\"virtual-0001\", family = \"" +
                       family + "\" } ]\nworld = { timing_only = true, firmware = \"" + firmware +
                       "\" }\n");
    setenv("LOCKSTEP_RIG", (folder_ / name).c_str(), 1);
    return k4a_device_open(0, &device_);
  }

  static k4a_device_configuration_t both() {
    k4a_device_configuration_t config = K4A_DEVICE_CONFIG_INIT_DISABLE_ALL;
    config.color_resolution = K4A_COLOR_RESOLUTION_1080P;
    config.depth_mode = K4A_DEPTH_MODE_NFOV_UNBINNED;
    config.synchronized_images_only = true;
    return config;
  }
  k4a_result_t start(const k4a_device_configuration_t& config) {
    const k4a_result_t started = k4a_device_start_cameras(device_, &config);
    k4a_device_stop_cameras(device_);
    return started;
  }

  lt::TempFolder folder_;
  std::string log_;
  k4a_device_t device_ = nullptr;
};

TEST_F(K4aFamily, OldFirmwareIsWarnedOfAndOlderRefused) {
  EXPECT_EQ(open("azure-kinect", "1.6.110"), K4A_RESULT_SUCCEEDED) << log_;
  EXPECT_EQ(log_, "");
  for (const char* dated : {"1.6.109", "1.5.92"}) {
    EXPECT_EQ(open("azure-kinect", dated), K4A_RESULT_SUCCEEDED) << log_;
    EXPECT_THAT(log_, HasSubstr("dated"));
  }
  for (const char* old : {"1.5.91", "0.9.200"}) {
    EXPECT_EQ(open("azure-kinect", old), K4A_RESULT_FAILED);
    EXPECT_THAT(log_, HasSubstr("too old"));
  }
}

TEST_F(K4aFamily, AFemtoFeelsNoJacksAndKnowsOneVersion) {
  ASSERT_EQ(open("femto-bolt", "1.1.2"), K4A_RESULT_SUCCEEDED) << log_;
  bool in = true, out = true;
  EXPECT_EQ(k4a_device_get_sync_jack(device_, &in, &out), K4A_RESULT_SUCCEEDED);
  EXPECT_FALSE(in || out);
  k4a_hardware_version_t version{};
  EXPECT_EQ(k4a_device_get_version(device_, &version), K4A_RESULT_SUCCEEDED);
  EXPECT_EQ(version.rgb.major + version.audio.major + version.depth_sensor.major, 0U);
  EXPECT_EQ(version.depth.major, 1U);
  EXPECT_EQ(version.firmware_signature, K4A_FIRMWARE_SIGNATURE_UNSIGNED);
}

TEST_F(K4aFamily, AFemtoStartsAsItsMakersLibraryHasIt) {
  ASSERT_EQ(open("femto-bolt", "1.1.2"), K4A_RESULT_SUCCEEDED) << log_;
  auto config = both();
  for (const auto sync : {K4A_WIRED_SYNC_MODE_MASTER, K4A_WIRED_SYNC_MODE_SUBORDINATE}) {
    config.wired_sync_mode = sync;
    EXPECT_EQ(start(config), K4A_RESULT_SUCCEEDED) << "whatever the plugs are: " << log_;
  }
  config.camera_fps = K4A_FRAMES_PER_SECOND_5;
  config.subordinate_delay_off_master_usec = 33'333;
  EXPECT_EQ(start(config), K4A_RESULT_SUCCEEDED) << log_;
  config.subordinate_delay_off_master_usec = 33'334;
  EXPECT_EQ(start(config), K4A_RESULT_FAILED) << "more than its register takes";
  config = both();
  config.camera_fps = static_cast<k4a_fps_t>(3);
  EXPECT_EQ(start(config), K4A_RESULT_SUCCEEDED) << "25 fps: " << log_;
  config.camera_fps = static_cast<k4a_fps_t>(4);
  EXPECT_EQ(start(config), K4A_RESULT_FAILED);
}

TEST_F(K4aFamily, AFemtoHasNoTemperatureAnd500SamplesASecond) {
  ASSERT_EQ(open("femto-mega", "1.1.2"), K4A_RESULT_SUCCEEDED) << log_;
  const auto config = both();
  ASSERT_EQ(k4a_device_start_cameras(device_, &config), K4A_RESULT_SUCCEEDED) << log_;
  k4a_capture_t capture = nullptr;
  ASSERT_EQ(k4a_device_get_capture(device_, &capture, 5000), K4A_WAIT_RESULT_SUCCEEDED);
  EXPECT_EQ(k4a_capture_get_temperature_c(capture), 0.0F);
  k4a_capture_release(capture);
  ASSERT_EQ(k4a_device_start_imu(device_), K4A_RESULT_SUCCEEDED);
  uint64_t before = 0;
  for (int i = 0; i < 50; ++i) {
    k4a_imu_sample_t sample{};
    ASSERT_EQ(k4a_device_get_imu_sample(device_, &sample, 5000), K4A_WAIT_RESULT_SUCCEEDED);
    EXPECT_EQ(sample.acc_timestamp_usec, sample.gyro_timestamp_usec);
    if (i > 0) {
      EXPECT_NEAR(static_cast<double>(sample.acc_timestamp_usec - before), 2000, 60);
    }
    before = sample.acc_timestamp_usec;
  }
}

TEST_F(K4aFamily, AFemtosColourControlsAreItsMakers) {
  ASSERT_EQ(open("femto-bolt", "1.1.2"), K4A_RESULT_SUCCEEDED) << log_;
  const auto set = [&](k4a_color_control_command_t command, int32_t value) {
    return k4a_device_set_color_control(device_, command, K4A_COLOR_CONTROL_MODE_MANUAL, value);
  };
  auto mode = static_cast<k4a_color_control_mode_t>(77);
  const auto get = [&](k4a_color_control_command_t command) {
    int32_t value = -1;
    EXPECT_EQ(k4a_device_get_color_control(device_, command, &mode, &value), K4A_RESULT_SUCCEEDED);
    return value;
  };
  const auto exposure = K4A_COLOR_CONTROL_EXPOSURE_TIME_ABSOLUTE;
  EXPECT_EQ(set(exposure, 12'300), K4A_RESULT_SUCCEEDED) << "no table of steps";
  EXPECT_EQ(get(exposure), 12'300);
  EXPECT_EQ(mode, K4A_COLOR_CONTROL_MODE_MANUAL);
  EXPECT_EQ(set(exposure, 12'350), K4A_RESULT_FAILED) << "no multiple of 100 us";
  EXPECT_EQ(set(exposure, 0), K4A_RESULT_FAILED);
  EXPECT_EQ(set(exposure, 500'000), K4A_RESULT_FAILED);
  EXPECT_EQ(set(K4A_COLOR_CONTROL_WHITEBALANCE, 4509), K4A_RESULT_SUCCEEDED) << "rounded down";
  EXPECT_EQ(get(K4A_COLOR_CONTROL_WHITEBALANCE), 4500);
  EXPECT_EQ(get(K4A_COLOR_CONTROL_BRIGHTNESS), 50);
  EXPECT_EQ(set(K4A_COLOR_CONTROL_BRIGHTNESS, 101), K4A_RESULT_FAILED);
  mode = static_cast<k4a_color_control_mode_t>(77);
  get(K4A_COLOR_CONTROL_GAIN);
  EXPECT_EQ(static_cast<int>(mode), 77) << "left alone where there is but one";
  for (const auto none :
       {K4A_COLOR_CONTROL_AUTO_EXPOSURE_PRIORITY, K4A_COLOR_CONTROL_BACKLIGHT_COMPENSATION}) {
    bool automatic = false;
    int32_t least = 0, most = 0, step = 0, usual = 0;
    EXPECT_EQ(k4a_device_get_color_control_capabilities(device_, none, &automatic, &least, &most,
                                                        &step, &usual, &mode),
              K4A_RESULT_FAILED);
    EXPECT_EQ(set(none, 0), K4A_RESULT_FAILED);
  }
}

TEST_F(K4aFamily, AKinectAloneHasItsOwnThermometer) {
  ASSERT_EQ(open("azure-kinect", "1.6.110"), K4A_RESULT_SUCCEEDED) << log_;
  auto color_only = both();
  color_only.depth_mode = K4A_DEPTH_MODE_OFF;
  color_only.synchronized_images_only = false;
  ASSERT_EQ(k4a_device_start_cameras(device_, &color_only), K4A_RESULT_SUCCEEDED) << log_;
  ASSERT_EQ(k4a_device_start_imu(device_), K4A_RESULT_SUCCEEDED);
  k4a_imu_sample_t sample{};
  ASSERT_EQ(k4a_device_get_imu_sample(device_, &sample, 5000), K4A_WAIT_RESULT_SUCCEEDED);
  EXPECT_NEAR(sample.temperature, 26, 10) << "also without depth";
  k4a_capture_t capture = nullptr;
  ASSERT_EQ(k4a_device_get_capture(device_, &capture, 5000), K4A_WAIT_RESULT_SUCCEEDED);
  EXPECT_TRUE(std::isnan(k4a_capture_get_temperature_c(capture))) << "without depth";
  k4a_capture_release(capture);
}

}  // namespace
