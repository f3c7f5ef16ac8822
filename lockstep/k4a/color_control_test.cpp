// SPDX-License-Identifier: MIT
// Colour controls and what a start refuses, on a device of the demo rig without pictures.
#include <gtest/gtest.h>
#include <k4a/k4a.h>

#include <functional>
#include <string>
#include <utility>

#include "tests/support/files.h"
#include "tests/support/installed_rig.h"

namespace {

namespace lt = lockstep::testing;

constexpr auto kAuto = K4A_COLOR_CONTROL_MODE_AUTO;
constexpr auto kManual = K4A_COLOR_CONTROL_MODE_MANUAL;

class OneCamera : public ::testing::Test {
 protected:
  /// The middle one: both of its jacks hold plugs.
  OneCamera() { open(1); }
  ~OneCamera() override { k4a_device_close(device_); }

  void open(uint32_t index) { EXPECT_EQ(k4a_device_open(index, &device_), K4A_RESULT_SUCCEEDED); }

  k4a_result_t set(k4a_color_control_command_t command, k4a_color_control_mode_t mode,
                   int32_t value) {
    return k4a_device_set_color_control(device_, command, mode, value);
  }
  std::pair<k4a_color_control_mode_t, int32_t> get(k4a_color_control_command_t command) {
    k4a_color_control_mode_t mode = kManual;
    int32_t value = -1;
    EXPECT_EQ(k4a_device_get_color_control(device_, command, &mode, &value), K4A_RESULT_SUCCEEDED);
    return {mode, value};
  }

  lt::InstalledRig rig_;
  k4a_device_t device_ = nullptr;
};

using K4aColorControl = OneCamera;

TEST_F(K4aColorControl, HasTheVendorsRanges) {
  const struct {
    bool supports_auto;
    int32_t min, max, step, usual;
    k4a_color_control_mode_t mode;
  } expected[] = {{true, 500, 133330, 100, 16670, kAuto}, {false, 0, 0, 0, 0, kManual},
                  {false, 0, 255, 1, 128, kManual},       {false, 0, 10, 1, 5, kManual},
                  {false, 0, 63, 1, 32, kManual},         {false, 0, 4, 1, 2, kManual},
                  {true, 2500, 12500, 10, 4500, kAuto},   {false, 0, 1, 1, 0, kManual},
                  {false, 0, 255, 1, 128, kManual},       {false, 1, 2, 1, 2, kManual}};
  for (int i = 0; i < 10; ++i) {
    SCOPED_TRACE(i);
    const auto command = static_cast<k4a_color_control_command_t>(i);
    bool supports_auto = false;
    int32_t min = -1, max = -1, step = -1, usual = -1;
    k4a_color_control_mode_t mode = kAuto;
    ASSERT_EQ(k4a_device_get_color_control_capabilities(device_, command, &supports_auto, &min,
                                                        &max, &step, &usual, &mode),
              K4A_RESULT_SUCCEEDED);
    EXPECT_EQ(supports_auto, expected[i].supports_auto);
    EXPECT_EQ(min, expected[i].min);
    EXPECT_EQ(max, expected[i].max);
    EXPECT_EQ(step, expected[i].step);
    EXPECT_EQ(usual, expected[i].usual);
    EXPECT_EQ(mode, expected[i].mode);
    EXPECT_EQ(get(command), std::pair(mode, usual)) << "as it comes from the factory";
    EXPECT_EQ(k4a_device_get_color_control_capabilities(device_, command, &supports_auto, nullptr,
                                                        &max, &step, &usual, &mode),
              K4A_RESULT_FAILED);
  }
}

TEST_F(K4aColorControl, RaisesExposuresToTheStepsOfThePowerLine) {
  const auto exposure = K4A_COLOR_CONTROL_EXPOSURE_TIME_ABSOLUTE;
  const std::pair<int32_t, int32_t> at_60_hz[] = {
      {-5, 500},     {500, 500},     {501, 1250},      {8300, 8330},     {8330, 8330},
      {8331, 16670}, {66670, 66670}, {100001, 116670}, {133330, 133330}, {999999, 133330}};
  for (const auto& [asked, step] : at_60_hz) {
    EXPECT_EQ(set(exposure, kManual, asked), K4A_RESULT_SUCCEEDED);
    EXPECT_EQ(get(exposure), std::pair(kManual, step)) << asked;
  }
  EXPECT_EQ(set(K4A_COLOR_CONTROL_POWERLINE_FREQUENCY, kManual, 1), K4A_RESULT_SUCCEEDED);
  EXPECT_EQ(set(exposure, kManual, 8330), K4A_RESULT_SUCCEEDED);
  EXPECT_EQ(get(exposure), std::pair(kManual, 10000));
  EXPECT_EQ(set(exposure, kManual, 999999), K4A_RESULT_SUCCEEDED);
  EXPECT_EQ(get(exposure), std::pair(kManual, 130000));
  EXPECT_EQ(set(exposure, kAuto, 77), K4A_RESULT_SUCCEEDED);
  EXPECT_EQ(get(exposure), std::pair(kAuto, 130000)) << "what it was before";
}

TEST_F(K4aColorControl, KeepsTheRangesThatAHandleWasToldFirst) {
  const auto most = [&] {
    bool supports_auto = false;
    int32_t min = 0, max = 0, step = 0, usual = 0;
    k4a_color_control_mode_t mode = kManual;
    EXPECT_EQ(
        k4a_device_get_color_control_capabilities(device_, K4A_COLOR_CONTROL_EXPOSURE_TIME_ABSOLUTE,
                                                  &supports_auto, &min, &max, &step, &usual, &mode),
        K4A_RESULT_SUCCEEDED);
    return max;
  };
  EXPECT_EQ(most(), 133'330);
  EXPECT_EQ(set(K4A_COLOR_CONTROL_POWERLINE_FREQUENCY, kManual, 1), K4A_RESULT_SUCCEEDED);
  EXPECT_EQ(most(), 133'330);
  k4a_device_close(device_);
  open(1);
  EXPECT_EQ(set(K4A_COLOR_CONTROL_POWERLINE_FREQUENCY, kManual, 1), K4A_RESULT_SUCCEEDED);
  EXPECT_EQ(most(), 130'000);
}

TEST_F(K4aColorControl, StaysWhenTheDeviceIsClosed) {
  EXPECT_EQ(set(K4A_COLOR_CONTROL_GAIN, kManual, 200), K4A_RESULT_SUCCEEDED);
  EXPECT_EQ(set(K4A_COLOR_CONTROL_POWERLINE_FREQUENCY, kManual, 1), K4A_RESULT_SUCCEEDED);
  k4a_device_close(device_);
  open(1);
  EXPECT_EQ(get(K4A_COLOR_CONTROL_GAIN), std::pair(kManual, 200));
  EXPECT_EQ(get(K4A_COLOR_CONTROL_POWERLINE_FREQUENCY), std::pair(kManual, 1));
  EXPECT_EQ(set(K4A_COLOR_CONTROL_EXPOSURE_TIME_ABSOLUTE, kManual, 8000), K4A_RESULT_SUCCEEDED);
  EXPECT_EQ(get(K4A_COLOR_CONTROL_EXPOSURE_TIME_ABSOLUTE), std::pair(kManual, 8330))
      << "60 Hz at every open, whatever the camera is set to";
}

TEST_F(K4aColorControl, TakesEffectWhileTheCameraRuns) {
  k4a_device_configuration_t config = K4A_DEVICE_CONFIG_INIT_DISABLE_ALL;
  config.color_format = K4A_IMAGE_FORMAT_COLOR_MJPG;
  config.color_resolution = K4A_COLOR_RESOLUTION_720P;
  config.camera_fps = K4A_FRAMES_PER_SECOND_30;
  ASSERT_EQ(set(K4A_COLOR_CONTROL_EXPOSURE_TIME_ABSOLUTE, kManual, 8330), K4A_RESULT_SUCCEEDED);
  ASSERT_EQ(k4a_device_start_cameras(device_, &config), K4A_RESULT_SUCCEEDED);
  const auto next_exposure_us = [&] {
    k4a_capture_t capture = nullptr;
    EXPECT_EQ(k4a_device_get_capture(device_, &capture, 10'000), K4A_WAIT_RESULT_SUCCEEDED);
    const k4a_image_t color = k4a_capture_get_color_image(capture);
    const uint64_t exposure_us = k4a_image_get_exposure_usec(color);
    k4a_image_release(color);
    k4a_capture_release(capture);
    return exposure_us;
  };
  EXPECT_EQ(next_exposure_us(), 8330U);
  ASSERT_EQ(set(K4A_COLOR_CONTROL_EXPOSURE_TIME_ABSOLUTE, kManual, 2500), K4A_RESULT_SUCCEEDED);
  uint64_t exposure_us = 8330;
  for (int i = 0; i < 1000 && exposure_us == 8330; ++i) exposure_us = next_exposure_us();
  EXPECT_EQ(exposure_us, 2500U);
}

TEST_F(K4aColorControl, RefusesWhatItDoesNotTake) {
  const std::pair<k4a_color_control_command_t, int32_t> refused[] = {
      {K4A_COLOR_CONTROL_BRIGHTNESS, 256},
      {K4A_COLOR_CONTROL_BRIGHTNESS, -1},
      {K4A_COLOR_CONTROL_CONTRAST, 11},
      {K4A_COLOR_CONTROL_SATURATION, 64},
      {K4A_COLOR_CONTROL_SHARPNESS, 5},
      {K4A_COLOR_CONTROL_WHITEBALANCE, 4505},
      {K4A_COLOR_CONTROL_WHITEBALANCE, 2490},
      {K4A_COLOR_CONTROL_BACKLIGHT_COMPENSATION, 2},
      {K4A_COLOR_CONTROL_GAIN, 256},
      {K4A_COLOR_CONTROL_POWERLINE_FREQUENCY, 0},
      {K4A_COLOR_CONTROL_POWERLINE_FREQUENCY, 3}};
  for (const auto& [command, value] : refused) {
    const auto before = get(command);
    EXPECT_EQ(set(command, kManual, value), K4A_RESULT_FAILED) << command << " " << value;
    EXPECT_EQ(get(command), before);
  }
  EXPECT_EQ(set(K4A_COLOR_CONTROL_GAIN, kAuto, 5), K4A_RESULT_FAILED);
  EXPECT_EQ(get(K4A_COLOR_CONTROL_GAIN), std::pair(kManual, 128));
  EXPECT_EQ(set(K4A_COLOR_CONTROL_AUTO_EXPOSURE_PRIORITY, kAuto, 5), K4A_RESULT_SUCCEEDED);
  EXPECT_EQ(get(K4A_COLOR_CONTROL_AUTO_EXPOSURE_PRIORITY), std::pair(kManual, 0));
  const auto no_command = static_cast<k4a_color_control_command_t>(10);
  const auto no_mode = static_cast<k4a_color_control_mode_t>(2);
  EXPECT_EQ(set(no_command, kManual, 0), K4A_RESULT_FAILED);
  EXPECT_EQ(set(static_cast<k4a_color_control_command_t>(-1), kManual, 0), K4A_RESULT_FAILED);
  EXPECT_EQ(set(K4A_COLOR_CONTROL_GAIN, no_mode, 0), K4A_RESULT_FAILED);
  k4a_color_control_mode_t mode = kManual;
  int32_t value = 0;
  EXPECT_EQ(k4a_device_get_color_control(device_, no_command, &mode, &value), K4A_RESULT_FAILED);
  EXPECT_EQ(k4a_device_get_color_control(device_, K4A_COLOR_CONTROL_GAIN, nullptr, &value),
            K4A_RESULT_FAILED);
  EXPECT_EQ(k4a_device_get_color_control(device_, K4A_COLOR_CONTROL_GAIN, &mode, nullptr),
            K4A_RESULT_FAILED);
}

class K4aStart : public OneCamera {
 protected:
  using Config = k4a_device_configuration_t;

  /// Both cameras at 30 fps, changed so.
  k4a_result_t start(const std::function<void(Config&)>& change) {
    Config config = K4A_DEVICE_CONFIG_INIT_DISABLE_ALL;
    config.color_resolution = K4A_COLOR_RESOLUTION_720P;
    config.depth_mode = K4A_DEPTH_MODE_NFOV_UNBINNED;
    change(config);
    const k4a_result_t result = k4a_device_start_cameras(device_, &config);
    k4a_device_stop_cameras(device_);
    return result;
  }
  void expect_refused(const char* what, const std::function<void(Config&)>& change) {
    EXPECT_EQ(start(change), K4A_RESULT_FAILED) << what;
  }
  void expect_taken(const char* what, const std::function<void(Config&)>& change) {
    EXPECT_EQ(start(change), K4A_RESULT_SUCCEEDED) << what;
  }
};

TEST_F(K4aStart, RefusesValuesThatAreNone) {
  expect_taken("nothing changed", [](Config&) {});
  EXPECT_EQ(k4a_device_start_cameras(device_, nullptr), K4A_RESULT_FAILED);
  expect_refused("depth as colour, with colour off", [](Config& c) {
    c.color_format = K4A_IMAGE_FORMAT_DEPTH16;
    c.color_resolution = K4A_COLOR_RESOLUTION_OFF;
  });
  for (const int wrong : {-1, 7, 1000}) {
    expect_refused("resolution", [&](Config& c) {
      c.color_resolution = static_cast<k4a_color_resolution_t>(wrong);
    });
    expect_refused("depth",
                   [&](Config& c) { c.depth_mode = static_cast<k4a_depth_mode_t>(wrong); });
    expect_refused("fps", [&](Config& c) { c.camera_fps = static_cast<k4a_fps_t>(wrong); });
    expect_refused(
        "sync", [&](Config& c) { c.wired_sync_mode = static_cast<k4a_wired_sync_mode_t>(wrong); });
  }
  expect_refused("fps 3", [](Config& c) { c.camera_fps = static_cast<k4a_fps_t>(3); });
}

TEST_F(K4aStart, BoundsTheDelaysByThePeriod) {
  const auto delayed = [](uint32_t us) {
    return [us](Config& c) {
      c.wired_sync_mode = K4A_WIRED_SYNC_MODE_SUBORDINATE;
      c.subordinate_delay_off_master_usec = us;
    };
  };
  expect_taken("33333", delayed(33'333));
  expect_refused("33334", delayed(33'334));
  expect_refused("of who is none", [](Config& c) { c.subordinate_delay_off_master_usec = 1; });
  for (const int sign : {-1, 1}) {
    expect_taken("depth", [&](Config& c) { c.depth_delay_off_color_usec = sign * 33'333; });
    expect_refused("depth", [&](Config& c) { c.depth_delay_off_color_usec = sign * 33'334; });
    expect_refused("depth alone", [&](Config& c) {
      c.color_resolution = K4A_COLOR_RESOLUTION_OFF;
      c.depth_delay_off_color_usec = sign;
    });
  }
}

TEST_F(K4aStart, NeedsWhatItsImagesNeed) {
  const auto off = K4A_COLOR_RESOLUTION_OFF;
  expect_refused("neither", [](Config& c) { c = K4A_DEVICE_CONFIG_INIT_DISABLE_ALL; });
  expect_taken("depth alone", [&](Config& c) { c.color_resolution = off; });
  expect_taken("colour alone", [](Config& c) { c.depth_mode = K4A_DEPTH_MODE_OFF; });
  expect_refused("pairs of depth alone", [&](Config& c) {
    c.color_resolution = off;
    c.synchronized_images_only = true;
  });
  expect_refused("master without colour", [&](Config& c) {
    c.color_resolution = off;
    c.wired_sync_mode = K4A_WIRED_SYNC_MODE_MASTER;
  });
  const auto wide = [](k4a_fps_t fps) {
    return [fps](Config& c) {
      c.depth_mode = K4A_DEPTH_MODE_WFOV_UNBINNED;
      c.camera_fps = fps;
    };
  };
  expect_taken("WFOV_UNBINNED at 15", wide(K4A_FRAMES_PER_SECOND_15));
  expect_refused("WFOV_UNBINNED at 30", wide(K4A_FRAMES_PER_SECOND_30));
  expect_refused("3072P at 30", [](Config& c) { c.color_resolution = K4A_COLOR_RESOLUTION_3072P; });
  for (const auto format : {K4A_IMAGE_FORMAT_COLOR_NV12, K4A_IMAGE_FORMAT_COLOR_YUY2}) {
    expect_refused("raw 1080P", [&](Config& c) {
      c.color_format = format;
      c.color_resolution = K4A_COLOR_RESOLUTION_1080P;
    });
  }
}

/// The last of the chain: nothing in Sync Out.
class K4aStartOfTheLast : public K4aStart {
 protected:
  void SetUp() override {
    k4a_device_close(device_);
    open(2);
  }
};

TEST_F(K4aStartOfTheLast, NeedsItsPlugs) {
  expect_refused("no Sync Out", [](Config& c) { c.wired_sync_mode = K4A_WIRED_SYNC_MODE_MASTER; });
  k4a_device_close(device_);
  open(0);
  expect_taken("Sync Out", [](Config& c) { c.wired_sync_mode = K4A_WIRED_SYNC_MODE_MASTER; });
  expect_refused("no Sync In",
                 [](Config& c) { c.wired_sync_mode = K4A_WIRED_SYNC_MODE_SUBORDINATE; });
}

}  // namespace
