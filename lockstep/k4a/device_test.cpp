// SPDX-License-Identifier: MIT
// The device functions on the demo rig without pictures. Cables: 0 -> 1 -> 2.
#include <gtest/gtest.h>
#include <k4a/k4a.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/files.h"
#include "tests/support/installed_rig.h"

namespace {

namespace lt = lockstep::testing;

constexpr uint32_t kLeft = 0, kMiddle = 1, kRight = 2;

class K4aDevice : public ::testing::Test {
 protected:
  ~K4aDevice() override {
    for (const k4a_device_t device : open_) k4a_device_close(device);
  }

  k4a_device_t open(uint32_t index) {
    k4a_device_t device = nullptr;
    EXPECT_EQ(k4a_device_open(index, &device), K4A_RESULT_SUCCEEDED);
    open_.push_back(device);
    return device;
  }
  void close(k4a_device_t device) {
    k4a_device_close(device);
    open_.erase(std::find(open_.begin(), open_.end(), device));
  }

  static k4a_device_configuration_t both(k4a_wired_sync_mode_t sync) {
    k4a_device_configuration_t config = K4A_DEVICE_CONFIG_INIT_DISABLE_ALL;
    config.color_resolution = K4A_COLOR_RESOLUTION_720P;
    config.depth_mode = K4A_DEPTH_MODE_NFOV_UNBINNED;
    config.synchronized_images_only = true;
    config.wired_sync_mode = sync;
    return config;
  }
  static k4a_result_t start(k4a_device_t device, const k4a_device_configuration_t& config) {
    return k4a_device_start_cameras(device, &config);
  }

  /// Colour stamps of the next captures; stops at the first that does not come within 2 s.
  static std::vector<int64_t> color_stamps(k4a_device_t device, size_t count) {
    std::vector<int64_t> stamps;
    k4a_capture_t capture = nullptr;
    while (stamps.size() < count &&
           k4a_device_get_capture(device, &capture, 2000) == K4A_WAIT_RESULT_SUCCEEDED) {
      const k4a_image_t color = k4a_capture_get_color_image(capture);
      stamps.push_back(static_cast<int64_t>(k4a_image_get_device_timestamp_usec(color)));
      k4a_image_release(color);
      k4a_capture_release(capture);
    }
    return stamps;
  }

  lt::InstalledRig rig_;
  std::vector<k4a_device_t> open_;
};

TEST_F(K4aDevice, AreTheCamerasOfTheRigAndNoneWithoutOne) {
  EXPECT_EQ(k4a_device_get_installed_count(), 3U);
  const k4a_device_t left = open(kLeft);
  EXPECT_EQ(k4a_device_get_installed_count(), 3U) << "open ones count";
  auto* const untouched = reinterpret_cast<k4a_device_t>(0x55);
  for (const uint32_t index : {kLeft, 3U, 100U, ~0U}) {
    k4a_device_t device = untouched;
    EXPECT_EQ(k4a_device_open(index, &device), K4A_RESULT_FAILED) << index;
    EXPECT_EQ(device, untouched);
  }
  EXPECT_EQ(k4a_device_open(kMiddle, nullptr), K4A_RESULT_FAILED);
  close(left);
  open(kLeft);
  setenv("LOCKSTEP_RIG", "demo", 1);
  EXPECT_EQ(k4a_device_get_installed_count(), 3U);
  setenv("LOCKSTEP_RIG", (rig_.folder() / "no-such.toml").c_str(), 1);
  EXPECT_EQ(k4a_device_get_installed_count(), 0U);
  unsetenv("LOCKSTEP_RIG");
  EXPECT_EQ(k4a_device_get_installed_count(), 0U);
}

TEST_F(K4aDevice, TellItsSerialByTheRuleOfTwoCalls) {
  const k4a_device_t device = open(kMiddle);
  size_t size = 0;
  EXPECT_EQ(k4a_device_get_serialnum(device, nullptr, &size), K4A_BUFFER_RESULT_TOO_SMALL);
  EXPECT_EQ(size, 13U);
  char text[32] = "unchanged";
  size = 12;
  EXPECT_EQ(k4a_device_get_serialnum(device, text, &size), K4A_BUFFER_RESULT_TOO_SMALL);
  EXPECT_EQ(size, 13U);
  EXPECT_STREQ(text, "");
  size = sizeof text;
  EXPECT_EQ(k4a_device_get_serialnum(device, text, &size), K4A_BUFFER_RESULT_SUCCEEDED);
  EXPECT_EQ(size, 13U);
  EXPECT_STREQ(text, "virtual-0002");
  EXPECT_EQ(k4a_device_get_serialnum(device, text, nullptr), K4A_BUFFER_RESULT_FAILED);
}

TEST_F(K4aDevice, TellsVersionAndJacks) {
  k4a_hardware_version_t version{};
  EXPECT_EQ(k4a_device_get_version(open(kLeft), nullptr), K4A_RESULT_FAILED);
  EXPECT_EQ(k4a_device_get_version(open_[0], &version), K4A_RESULT_SUCCEEDED);
  EXPECT_EQ(version.rgb.major * 10000 + version.rgb.minor * 1000 + version.rgb.iteration, 16110U);
  EXPECT_EQ(version.depth.iteration, 79U);
  EXPECT_EQ(version.depth_sensor.iteration, 0U);
  EXPECT_EQ(version.firmware_signature, K4A_FIRMWARE_SIGNATURE_MSFT);
  const bool in_out[3][2] = {{false, true}, {true, true}, {true, false}};
  for (uint32_t i = 0; i < 3; ++i) {
    const k4a_device_t device = i == 0 ? open_[0] : open(i);
    bool in = !in_out[i][0], out = !in_out[i][1];
    EXPECT_EQ(k4a_device_get_sync_jack(device, &in, nullptr), K4A_RESULT_SUCCEEDED);
    EXPECT_EQ(k4a_device_get_sync_jack(device, nullptr, &out), K4A_RESULT_SUCCEEDED);
    EXPECT_EQ(in, in_out[i][0]);
    EXPECT_EQ(out, in_out[i][1]);
    EXPECT_EQ(k4a_device_get_sync_jack(device, nullptr, nullptr), K4A_RESULT_FAILED);
  }
}

TEST_F(K4aDevice, GivesTheCalibrationThatItsTextSays) {
  const k4a_device_t device = open(kLeft);
  size_t size = 0;
  ASSERT_EQ(k4a_device_get_raw_calibration(device, nullptr, &size), K4A_BUFFER_RESULT_TOO_SMALL);
  std::vector<uint8_t> raw(size);
  ASSERT_EQ(k4a_device_get_raw_calibration(device, raw.data(), &size), K4A_BUFFER_RESULT_SUCCEEDED);
  ASSERT_EQ(size, raw.size());
  EXPECT_EQ(raw.back(), 0);
  EXPECT_EQ(raw.front(), '{');
  size = raw.size() - 1;
  EXPECT_EQ(k4a_device_get_raw_calibration(device, raw.data(), &size), K4A_BUFFER_RESULT_TOO_SMALL);
  EXPECT_EQ(k4a_device_get_raw_calibration(device, raw.data(), nullptr), K4A_BUFFER_RESULT_FAILED);

  k4a_calibration_t own{}, from_text{};
  ASSERT_EQ(k4a_device_get_calibration(device, K4A_DEPTH_MODE_WFOV_UNBINNED,
                                       K4A_COLOR_RESOLUTION_3072P, &own),
            K4A_RESULT_SUCCEEDED);
  ASSERT_EQ(k4a_calibration_get_from_raw(reinterpret_cast<char*>(raw.data()), raw.size(),
                                         K4A_DEPTH_MODE_WFOV_UNBINNED, K4A_COLOR_RESOLUTION_3072P,
                                         &from_text),
            K4A_RESULT_SUCCEEDED);
  EXPECT_EQ(std::memcmp(&own, &from_text, sizeof own), 0);
  EXPECT_EQ(k4a_device_get_calibration(device, K4A_DEPTH_MODE_WFOV_UNBINNED,
                                       K4A_COLOR_RESOLUTION_3072P, nullptr),
            K4A_RESULT_FAILED);
  EXPECT_EQ(k4a_device_get_calibration(device, K4A_DEPTH_MODE_OFF, K4A_COLOR_RESOLUTION_OFF, &own),
            K4A_RESULT_FAILED);
}

TEST_F(K4aDevice, DeliversPairsWithTheirMetadata) {
  const k4a_device_t device = open(kLeft);
  ASSERT_EQ(k4a_device_set_color_control(device, K4A_COLOR_CONTROL_EXPOSURE_TIME_ABSOLUTE,
                                         K4A_COLOR_CONTROL_MODE_MANUAL, 8000),
            K4A_RESULT_SUCCEEDED);
  ASSERT_EQ(start(device, both(K4A_WIRED_SYNC_MODE_STANDALONE)), K4A_RESULT_SUCCEEDED);
  k4a_capture_t capture = nullptr;
  ASSERT_EQ(k4a_device_get_capture(device, &capture, -1), K4A_WAIT_RESULT_SUCCEEDED);
  EXPECT_FALSE(std::isnan(k4a_capture_get_temperature_c(capture)));
  const k4a_image_t color = k4a_capture_get_color_image(capture);
  const k4a_image_t depth = k4a_capture_get_depth_image(capture);
  const k4a_image_t ir = k4a_capture_get_ir_image(capture);
  k4a_device_stop_cameras(device);
  k4a_capture_release(capture);
  EXPECT_EQ(k4a_image_get_format(color), K4A_IMAGE_FORMAT_COLOR_MJPG);
  EXPECT_EQ(k4a_image_get_width_pixels(color), 1280);
  EXPECT_EQ(k4a_image_get_stride_bytes(color), 0);
  ASSERT_GT(k4a_image_get_size(color), 2U);
  EXPECT_EQ(k4a_image_get_buffer(color)[1], 0xd8);
  EXPECT_EQ(k4a_image_get_exposure_usec(color), 8330U);
  EXPECT_EQ(k4a_image_get_white_balance(color), 4500U);
  EXPECT_EQ(k4a_image_get_exposure_usec(depth), 0U);
  EXPECT_EQ(k4a_image_get_format(depth), K4A_IMAGE_FORMAT_DEPTH16);
  EXPECT_EQ(k4a_image_get_format(ir), K4A_IMAGE_FORMAT_IR16);
  for (const k4a_image_t plane : {depth, ir})  // also where nothing is rendered: programs read it
    EXPECT_EQ(k4a_image_get_size(plane), size_t{2} * 640 * 576);
  EXPECT_EQ(k4a_image_get_device_timestamp_usec(depth), k4a_image_get_device_timestamp_usec(ir));
  const auto apart = static_cast<int64_t>(k4a_image_get_device_timestamp_usec(depth)) -
                     static_cast<int64_t>(k4a_image_get_device_timestamp_usec(color));
  EXPECT_LE(std::abs(apart), 100);
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  const auto age_ns = std::chrono::nanoseconds(now).count() -
                      static_cast<int64_t>(k4a_image_get_system_timestamp_nsec(color));
  EXPECT_GE(age_ns, 0);
  for (const k4a_image_t image : {color, depth, ir}) k4a_image_release(image);
}

TEST_F(K4aDevice, WaitsAsLongAsItIsTold) {
  const k4a_device_t device = open(kMiddle);
  k4a_capture_t capture = nullptr;
  EXPECT_EQ(k4a_device_get_capture(device, &capture, 0), K4A_WAIT_RESULT_FAILED) << "not started";
  ASSERT_EQ(start(device, both(K4A_WIRED_SYNC_MODE_SUBORDINATE)), K4A_RESULT_SUCCEEDED);
  EXPECT_EQ(k4a_device_get_capture(device, &capture, 0), K4A_WAIT_RESULT_TIMEOUT);
  EXPECT_EQ(k4a_device_get_capture(device, &capture, 30), K4A_WAIT_RESULT_TIMEOUT);
  EXPECT_EQ(capture, nullptr);
  EXPECT_EQ(k4a_device_get_capture(device, nullptr, 0), K4A_WAIT_RESULT_FAILED);

  for (const bool by_close : {false, true}) {
    k4a_device_stop_cameras(device);
    ASSERT_EQ(start(device, both(K4A_WIRED_SYNC_MODE_SUBORDINATE)), K4A_RESULT_SUCCEEDED);
    std::atomic<bool> waits{false};
    k4a_wait_result_t ended = K4A_WAIT_RESULT_SUCCEEDED;
    std::thread reader([&] {
      waits = true;
      ended = k4a_device_get_capture(device, &capture, -1);
    });
    while (!waits) std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    by_close ? close(device) : k4a_device_stop_cameras(device);
    reader.join();
    EXPECT_EQ(ended, K4A_WAIT_RESULT_FAILED);
  }
  EXPECT_EQ(k4a_device_get_capture(device, &capture, 0), K4A_WAIT_RESULT_FAILED) << "closed";
  open(kMiddle);
}

TEST_F(K4aDevice, KeepsTheLatestSevenCapturesForASlowReader) {
  const k4a_device_t device = open(kLeft);
  ASSERT_EQ(start(device, both(K4A_WIRED_SYNC_MODE_STANDALONE)), K4A_RESULT_SUCCEEDED);
  const auto first = color_stamps(device, 1);
  std::this_thread::sleep_for(std::chrono::milliseconds(700));
  const auto late = color_stamps(device, 7);
  ASSERT_EQ(late.size(), 7U);
  EXPECT_GT(late[0] - first[0], 300'000) << "the oldest were dropped";
  for (size_t i = 1; i < late.size(); ++i) EXPECT_GT(late[i], late[i - 1]);
}

TEST_F(K4aDevice, StartsAndStopsByTheTableOfStates) {
  const k4a_device_t device = open(kLeft);
  const auto config = both(K4A_WIRED_SYNC_MODE_STANDALONE);
  k4a_capture_t capture = nullptr;
  k4a_imu_sample_t sample{};
  const auto has_captures = [&] {
    const auto got = k4a_device_get_capture(device, &capture, 1000);
    if (got == K4A_WAIT_RESULT_SUCCEEDED) k4a_capture_release(capture);
    return got == K4A_WAIT_RESULT_SUCCEEDED;
  };
  const auto has_samples = [&] {
    return k4a_device_get_imu_sample(device, &sample, 1000) == K4A_WAIT_RESULT_SUCCEEDED;
  };
  // Never started.
  k4a_device_stop_cameras(device);
  k4a_device_stop_imu(device);
  EXPECT_EQ(k4a_device_start_imu(device), K4A_RESULT_FAILED);
  EXPECT_FALSE(has_samples());
  // Cameras on: a second start fails and stops them.
  ASSERT_EQ(start(device, config), K4A_RESULT_SUCCEEDED);
  EXPECT_TRUE(has_captures());
  EXPECT_FALSE(has_samples());
  EXPECT_EQ(start(device, config), K4A_RESULT_FAILED);
  EXPECT_FALSE(has_captures());
  // Cameras and IMU on: the same, and the IMU goes on.
  ASSERT_EQ(start(device, config), K4A_RESULT_SUCCEEDED);
  ASSERT_EQ(k4a_device_start_imu(device), K4A_RESULT_SUCCEEDED);
  EXPECT_EQ(k4a_device_start_imu(device), K4A_RESULT_FAILED);
  EXPECT_TRUE(has_captures());
  EXPECT_TRUE(has_samples());
  EXPECT_EQ(start(device, config), K4A_RESULT_FAILED);
  EXPECT_FALSE(has_captures());
  // Cameras stopped, IMU on.
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(has_samples()) << i;
  EXPECT_EQ(start(device, config), K4A_RESULT_FAILED);
  EXPECT_EQ(k4a_device_start_imu(device), K4A_RESULT_FAILED);
  k4a_device_stop_cameras(device);
  EXPECT_TRUE(has_samples());
  k4a_device_stop_imu(device);
  EXPECT_FALSE(has_samples());
  EXPECT_EQ(start(device, config), K4A_RESULT_SUCCEEDED);
  EXPECT_TRUE(has_captures());
}

TEST_F(K4aDevice, ReadsTheInertialUnitInOrder) {
  const k4a_device_t device = open(kLeft);
  ASSERT_EQ(start(device, both(K4A_WIRED_SYNC_MODE_STANDALONE)), K4A_RESULT_SUCCEEDED);
  EXPECT_EQ(k4a_device_get_imu_sample(device, nullptr, 0), K4A_WAIT_RESULT_FAILED);
  ASSERT_EQ(k4a_device_start_imu(device), K4A_RESULT_SUCCEEDED);
  uint64_t before = 0;
  for (int i = 0; i < 200; ++i) {
    k4a_imu_sample_t sample{};
    ASSERT_EQ(k4a_device_get_imu_sample(device, &sample, 1000), K4A_WAIT_RESULT_SUCCEEDED);
    if (i > 0) {
      EXPECT_NEAR(static_cast<double>(sample.acc_timestamp_usec - before), 601, 30);
    }
    before = sample.acc_timestamp_usec;
    const auto& a = sample.acc_sample.xyz;
    EXPECT_NEAR(std::sqrt(a.x * a.x + a.y * a.y + a.z * a.z), 9.81, 0.2);
    EXPECT_NEAR(static_cast<double>(sample.gyro_timestamp_usec),
                static_cast<double>(sample.acc_timestamp_usec), 300);
  }
}

TEST_F(K4aDevice, OfARigShareTheZeroOfTheMaster) {
  const k4a_device_t left = open(kLeft), middle = open(kMiddle), right = open(kRight);
  auto subordinate = both(K4A_WIRED_SYNC_MODE_SUBORDINATE);
  subordinate.subordinate_delay_off_master_usec = 500;
  ASSERT_EQ(start(middle, subordinate), K4A_RESULT_SUCCEEDED);
  subordinate.subordinate_delay_off_master_usec = 160;
  ASSERT_EQ(start(right, subordinate), K4A_RESULT_SUCCEEDED);
  // The middle one has a plug in Sync In.
  ASSERT_EQ(start(left, both(K4A_WIRED_SYNC_MODE_MASTER)), K4A_RESULT_SUCCEEDED);
  const auto master = color_stamps(left, 10);
  ASSERT_EQ(master.size(), 10U);
  const auto offset_of = [&](k4a_device_t device) {
    int64_t nearest = INT64_MAX;
    for (const int64_t stamp : color_stamps(device, 7)) {
      for (const int64_t other : master) {
        if (std::abs(stamp - other) < std::abs(nearest)) nearest = stamp - other;
      }
    }
    return nearest;
  };
  // The delay of the middle camera does not move the one behind it. Automatic exposure is alike.
  EXPECT_NEAR(static_cast<double>(offset_of(middle)), 500, 100);
  EXPECT_NEAR(static_cast<double>(offset_of(right)), 160, 100);
}

TEST_F(K4aDevice, ThatIsASubordinateAndStoppedHidesNoMaster) {
  const k4a_device_t left = open(kLeft), middle = open(kMiddle), right = open(kRight);
  ASSERT_EQ(start(middle, both(K4A_WIRED_SYNC_MODE_SUBORDINATE)), K4A_RESULT_SUCCEEDED);
  k4a_device_stop_cameras(middle);
  ASSERT_EQ(start(right, both(K4A_WIRED_SYNC_MODE_SUBORDINATE)), K4A_RESULT_SUCCEEDED);
  ASSERT_EQ(start(left, both(K4A_WIRED_SYNC_MODE_MASTER)), K4A_RESULT_SUCCEEDED);
  EXPECT_EQ(color_stamps(right, 3).size(), 3U);
}

/// A start that renders the pictures of half a minute first.
TEST_F(K4aDevice, LeavesALongStartWhenItIsStoppedOrClosed) {
  std::string rig = lt::read_file(rig_.folder() / "rig.toml");
  const std::string flat = "timing_only = true";
  rig.replace(rig.find(flat), flat.size(), "scene = \"room\", period_s = 30");
  lt::write_file(rig_.folder() / "long.toml", rig);
  setenv("LOCKSTEP_RIG", (rig_.folder() / "long.toml").c_str(), 1);
  setenv("XDG_CACHE_HOME", (rig_.folder() / "cache").c_str(), 1);
  const k4a_device_t left = open(kLeft);
  for (const bool closes : {false, true}) {
    std::atomic<bool> ended{false};
    std::thread starter([&] {
      EXPECT_EQ(start(left, both(K4A_WIRED_SYNC_MODE_STANDALONE)), K4A_RESULT_FAILED);
      ended = true;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    while (!ended) {
      if (closes && !open_.empty()) close(left);
      if (!closes) k4a_device_stop_cameras(left);
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    starter.join();
  }
  EXPECT_FALSE(std::filesystem::exists(rig_.folder() / "cache")) << "it was rendered to its end";
  unsetenv("XDG_CACHE_HOME");
}

TEST_F(K4aDevice, ThatIsFedPulsesDoesNotBecomeTheMaster) {
  const k4a_device_t middle = open(kMiddle);
  EXPECT_EQ(start(middle, both(K4A_WIRED_SYNC_MODE_MASTER)), K4A_RESULT_FAILED);
  EXPECT_EQ(start(middle, both(K4A_WIRED_SYNC_MODE_STANDALONE)), K4A_RESULT_SUCCEEDED);
}

TEST_F(K4aDevice, RefusesHandlesThatAreNone) {
  const k4a_device_t closed = open(kLeft);
  close(closed);
  for (const k4a_device_t device : {k4a_device_t{}, closed, reinterpret_cast<k4a_device_t>(0x99)}) {
    const auto config = both(K4A_WIRED_SYNC_MODE_STANDALONE);
    k4a_capture_t capture = nullptr;
    k4a_imu_sample_t sample;
    k4a_hardware_version_t version;
    k4a_calibration_t calibration;
    size_t size = 5;
    bool plugged = false;
    EXPECT_EQ(k4a_device_start_cameras(device, &config), K4A_RESULT_FAILED);
    EXPECT_EQ(k4a_device_get_capture(device, &capture, -1), K4A_WAIT_RESULT_FAILED);
    EXPECT_EQ(k4a_device_start_imu(device), K4A_RESULT_FAILED);
    EXPECT_EQ(k4a_device_get_imu_sample(device, &sample, -1), K4A_WAIT_RESULT_FAILED);
    EXPECT_EQ(k4a_device_get_serialnum(device, nullptr, &size), K4A_BUFFER_RESULT_FAILED);
    EXPECT_EQ(k4a_device_get_raw_calibration(device, nullptr, &size), K4A_BUFFER_RESULT_FAILED);
    EXPECT_EQ(k4a_device_get_version(device, &version), K4A_RESULT_FAILED);
    EXPECT_EQ(k4a_device_get_sync_jack(device, &plugged, nullptr), K4A_RESULT_FAILED);
    EXPECT_EQ(k4a_device_get_calibration(device, K4A_DEPTH_MODE_PASSIVE_IR,
                                         K4A_COLOR_RESOLUTION_OFF, &calibration),
              K4A_RESULT_FAILED);
    k4a_device_stop_cameras(device);
    k4a_device_stop_imu(device);
    k4a_device_close(device);
  }
}

TEST_F(K4aDevice, IsItsParentsInAForkedChild) {
  const k4a_device_t device = open(kLeft);
  const auto config = both(K4A_WIRED_SYNC_MODE_STANDALONE);
  ASSERT_EQ(k4a_device_start_cameras(device, &config), K4A_RESULT_SUCCEEDED);
  for (int i = 0; i < 20; ++i) {  // whatever the reading thread holds at that moment
    std::this_thread::sleep_for(std::chrono::microseconds(700 * i));
    const pid_t child = fork();
    if (child == 0) {
      k4a_capture_t capture = nullptr;
      const auto got = k4a_device_get_capture(device, &capture, 500);
      k4a_device_stop_cameras(device);
      k4a_device_close(device);
      _exit(got == K4A_WAIT_RESULT_FAILED ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  k4a_capture_t capture = nullptr;
  ASSERT_EQ(k4a_device_get_capture(device, &capture, 5000), K4A_WAIT_RESULT_SUCCEEDED);
  k4a_capture_release(capture);
}

}  // namespace
