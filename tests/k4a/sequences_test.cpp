// SPDX-License-Identifier: MIT
// Random calls on several devices from many threads, in virtual time. Cables: 0 -> 1 -> 2.
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <k4a/k4a.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/k4a/device_model.h"
#include "tests/k4a/stepped_world.h"

namespace lockstep::testing {
namespace {

constexpr int kCameras = 3;

int sequences() {
  return std::getenv("LOCKSTEP_NIGHTLY") != nullptr ? 10'000 : 500;
}

class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}
  int below(int count) { return std::uniform_int_distribution<int>(0, count - 1)(engine_); }
  bool once_in(int count) { return below(count) == 0; }

 private:
  std::mt19937_64 engine_;
};

/// Cameras of one rig have one rate: what one does whose pulses have another is not known.
k4a_device_configuration_t any_config(Random& random, k4a_fps_t fps) {
  k4a_device_configuration_t config = K4A_DEVICE_CONFIG_INIT_DISABLE_ALL;
  if (!random.once_in(4)) config.color_resolution = K4A_COLOR_RESOLUTION_720P;
  if (!random.once_in(4)) config.depth_mode = K4A_DEPTH_MODE_NFOV_2X2BINNED;
  if (random.once_in(20)) config.depth_mode = K4A_DEPTH_MODE_WFOV_UNBINNED;
  config.camera_fps = fps;
  config.synchronized_images_only = random.once_in(2);
  config.wired_sync_mode = static_cast<k4a_wired_sync_mode_t>(random.below(3));
  if (random.once_in(20)) config.subordinate_delay_off_master_usec = 500;
  return config;
}

/// Whether the camera of this place in the chain takes it while nothing of it runs.
bool is_taken(const k4a_device_configuration_t& config, int camera) {
  const bool color = config.color_resolution != K4A_COLOR_RESOLUTION_OFF;
  const bool depth = config.depth_mode != K4A_DEPTH_MODE_OFF;
  const bool master = config.wired_sync_mode == K4A_WIRED_SYNC_MODE_MASTER;
  const bool subordinate = config.wired_sync_mode == K4A_WIRED_SYNC_MODE_SUBORDINATE;
  const bool both_or_no_need = (color && depth) || !config.synchronized_images_only;
  const bool too_fast = config.depth_mode == K4A_DEPTH_MODE_WFOV_UNBINNED &&
                        config.camera_fps == K4A_FRAMES_PER_SECOND_30;
  return (color || depth) && both_or_no_need && !too_fast && (!master || (color && camera == 0)) &&
         (!subordinate || camera > 0) &&
         (subordinate || config.subordinate_delay_off_master_usec == 0);
}

/// What is wrong with a capture that came at `now`; empty: nothing. Releases it.
std::string fault_of(k4a_capture_t capture, const DeviceState& state, HostTime now) {
  const bool wants_color = state.config.color_resolution != K4A_COLOR_RESOLUTION_OFF;
  const bool wants_depth = state.config.depth_mode != K4A_DEPTH_MODE_OFF;
  // Depth alone goes on counting since the camera got its power, or colour zeroed its clock.
  const bool zeroed =
      wants_color || state.config.wired_sync_mode == K4A_WIRED_SYNC_MODE_SUBORDINATE;
  const Nanos counted = zeroed ? now - state.started : now.time_since_epoch();
  const auto latest_us = std::chrono::floor<Micros>(counted).count() + 2000;
  std::string fault;
  int images = 0;
  const auto look = [&](k4a_image_t image, bool wanted, const char* name) {
    if (image == nullptr && !state.config.synchronized_images_only) return;
    if ((image != nullptr) != wanted) fault += std::string(name) + " is there or not; ";
    if (image == nullptr) return;
    ++images;
    const uint64_t stamp_us = k4a_image_get_device_timestamp_usec(image);
    if (stamp_us > static_cast<uint64_t>(latest_us)) {
      fault += fmt::format("{} is of a run before: {} us, and not until {} us (fps {}, sync {}); ",
                           name, stamp_us, latest_us, static_cast<int>(state.config.camera_fps),
                           static_cast<int>(state.config.wired_sync_mode));
    }
    k4a_image_release(image);
  };
  look(k4a_capture_get_color_image(capture), wants_color, "colour");
  look(k4a_capture_get_depth_image(capture), wants_depth, "depth");
  look(k4a_capture_get_ir_image(capture), wants_depth, "IR");
  k4a_capture_release(capture);
  return images == 0 ? fault + "it is empty" : fault;
}

/// Devices and what the model says of them, used by the threads of one sequence.
class Sequence {
 public:
  explicit Sequence(uint64_t seed)
      : seed_(seed), fps_(seed % 3 == 0 ? K4A_FRAMES_PER_SECOND_15 : K4A_FRAMES_PER_SECOND_30) {}

  /// One thread opens, starts, stops and closes each device; others read them meanwhile.
  void run() {
    std::vector<std::thread> readers, owners;
    for (int i = 0; i < kCameras; ++i) {
      readers.emplace_back([this, i] { read(Random(seed_ * 100 + static_cast<uint64_t>(i))); });
      owners.emplace_back(
          [this, i] { own(i, Random(seed_ * 100 + 50 + static_cast<uint64_t>(i))); });
    }
    for (std::thread& owner : owners) owner.join();
    done_ = true;
    for (std::thread& reader : readers) reader.join();
  }

 private:
  void own(int camera, Random random) {
    for (int i = 0; i < 12; ++i) change(camera, random);
    close(camera);
  }

  void change(int camera, Random& random) {
    DeviceModel& model = models_[static_cast<size_t>(camera)];
    DeviceState next = model.state();
    const k4a_device_t device = next.handle;
    if (device == nullptr) return open(camera);
    switch (random.below(10)) {
      case 0:
        return close(camera);
      case 1:
        return open(camera);
      case 2:
        next.cameras = false;
        model.begin(next);
        k4a_device_stop_cameras(device);
        return model.settle();
      case 3:
        next.imu = false;
        model.begin(next);
        k4a_device_stop_imu(device);
        return model.settle();
      case 4:
      case 5:
        return start_imu(camera);
      case 6:
        return wait(device, camera, random.below(60), random);
      default:
        return start_cameras(camera, any_config(random, fps_));
    }
  }

  void open(int camera) {
    DeviceModel& model = models_[static_cast<size_t>(camera)];
    const bool busy = model.state().handle != nullptr;
    k4a_device_t device = nullptr;
    const k4a_result_t opened = k4a_device_open(static_cast<uint32_t>(camera), &device);
    ASSERT_EQ(opened, busy ? K4A_RESULT_FAILED : K4A_RESULT_SUCCEEDED);
    if (busy) return;
    DeviceState next;
    next.handle = device;
    model.begin(next);
    model.settle();
  }

  void close(int camera) {
    DeviceModel& model = models_[static_cast<size_t>(camera)];
    const k4a_device_t device = model.state().handle;
    model.begin({});
    k4a_device_close(device);
    model.settle();
  }

  void start_cameras(int camera, const k4a_device_configuration_t& config) {
    DeviceModel& model = models_[static_cast<size_t>(camera)];
    const DeviceState before = model.state();
    DeviceState next = before;
    next.cameras = !before.cameras && !before.imu && is_taken(config, camera);
    if (next.cameras) {
      next.config = config;
      next.started = world_.now();
    }
    model.begin(next);
    EXPECT_EQ(k4a_device_start_cameras(before.handle, &config),
              next.cameras ? K4A_RESULT_SUCCEEDED : K4A_RESULT_FAILED);
    model.settle();
  }

  void start_imu(int camera) {
    DeviceModel& model = models_[static_cast<size_t>(camera)];
    const DeviceState before = model.state();
    DeviceState next = before;
    const bool starts = before.cameras && !before.imu;
    next.imu = before.imu || starts;
    model.begin(next);
    EXPECT_EQ(k4a_device_start_imu(before.handle),
              starts ? K4A_RESULT_SUCCEEDED : K4A_RESULT_FAILED);
    model.settle();
  }

  void read(Random random) {
    while (!done_) {
      const int camera = random.below(kCameras);
      const k4a_device_t device = models_[static_cast<size_t>(camera)].state().handle;
      const int timeouts_ms[] = {0, 5, 100, -1};
      wait(device, camera, timeouts_ms[random.below(4)], random);
    }
  }

  /// Waits for a capture or a sample, which must end as some state says that it was in meanwhile.
  void wait(k4a_device_t device, int camera, int timeout_ms, Random& random) {
    const DeviceModel& model = models_[static_cast<size_t>(camera)];
    const bool wants_capture = !random.once_in(3);
    const size_t mark = model.mark();
    const HostTime until = world_.now() + std::chrono::milliseconds(timeout_ms);
    k4a_capture_t capture = nullptr;
    k4a_imu_sample_t sample;
    const k4a_wait_result_t result = wants_capture
                                         ? k4a_device_get_capture(device, &capture, timeout_ms)
                                         : k4a_device_get_imu_sample(device, &sample, timeout_ms);
    const HostTime now = world_.now();
    const std::vector<DeviceState> states = model.since(mark);
    const auto gives = [&](const DeviceState& state) {
      return wants_capture ? state.gives_captures(device) : state.gives_samples(device);
    };
    const bool could = std::any_of(states.begin(), states.end(), gives);
    const bool could_not = !std::all_of(states.begin(), states.end(), gives);
    EXPECT_TRUE(result == K4A_WAIT_RESULT_FAILED ? could_not : could) << "result " << result;
    if (result == K4A_WAIT_RESULT_TIMEOUT) {
      EXPECT_GE(timeout_ms, 0);
      EXPECT_GE(now, until);
    }
    if (capture == nullptr) return;
    if (states.size() > 1) return k4a_capture_release(capture);
    EXPECT_EQ(fault_of(capture, states.front(), now), "");
  }

  const uint64_t seed_;
  const k4a_fps_t fps_;
  SteppedWorld world_{kCameras};
  std::array<DeviceModel, kCameras> models_;
  std::atomic<bool> done_{false};
};

TEST(K4aSequences, EndAsTheTableOfStatesSays) {
  setenv("K4A_ENABLE_LOG_TO_STDOUT", "0", 1);
  for (int i = 0; i < sequences(); ++i) {
    Sequence(static_cast<uint64_t>(i)).run();
    ASSERT_FALSE(HasFailure()) << "sequence " << i;
  }
}

/// Any thread does anything to any device, also what programs should not.
class Brawl {
 public:
  explicit Brawl(uint64_t seed) : seed_(seed) {}

  void run() {
    std::vector<std::thread> threads;
    for (uint64_t i = 0; i < 4; ++i) {
      ++busy_;
      threads.emplace_back([this, i] {
        Random random(seed_ * 10 + i);
        for (int call = 0; call < 25; ++call) call_any(random);
        --busy_;
      });
    }
    while (calls_ < 60 && busy_ > 0) pause();
    // Whoever waits for ever ends with its device.
    while (busy_ > 0) close_all();
    for (std::thread& thread : threads) thread.join();
    close_all();
  }

  /// All devices work as if nothing had been.
  void check() {
    for (uint32_t i = 0; i < kCameras; ++i) {
      k4a_device_t device = nullptr;
      ASSERT_EQ(k4a_device_open(i, &device), K4A_RESULT_SUCCEEDED);
      k4a_device_configuration_t config = K4A_DEVICE_CONFIG_INIT_DISABLE_ALL;
      config.color_resolution = K4A_COLOR_RESOLUTION_720P;
      ASSERT_EQ(k4a_device_start_cameras(device, &config), K4A_RESULT_SUCCEEDED);
      ASSERT_EQ(k4a_device_start_imu(device), K4A_RESULT_SUCCEEDED);
      k4a_capture_t capture = nullptr;
      ASSERT_EQ(k4a_device_get_capture(device, &capture, -1), K4A_WAIT_RESULT_SUCCEEDED);
      k4a_capture_release(capture);
      k4a_imu_sample_t sample;
      ASSERT_EQ(k4a_device_get_imu_sample(device, &sample, -1), K4A_WAIT_RESULT_SUCCEEDED);
      k4a_device_close(device);
    }
  }

 private:
  void call_any(Random& random) {
    ++calls_;
    const k4a_device_t device = slots_[static_cast<size_t>(random.below(kSlots))];
    const auto config =
        any_config(random, random.once_in(3) ? K4A_FRAMES_PER_SECOND_15 : K4A_FRAMES_PER_SECOND_30);
    k4a_capture_t capture = nullptr;
    k4a_imu_sample_t sample;
    const int timeout_ms = random.once_in(4) ? -1 : random.below(100);
    switch (random.below(8)) {
      case 0:
      case 1:
        return open_any(random);
      case 2:
        return k4a_device_close(device);
      case 3:
        k4a_device_start_cameras(device, &config);
        return;
      case 4:
        return k4a_device_stop_cameras(device);
      case 5:
        k4a_device_start_imu(device);
        return;
      case 6:
        if (random.once_in(2)) return k4a_device_stop_imu(device);
        k4a_device_get_imu_sample(device, &sample, timeout_ms);
        return;
      default:
        if (k4a_device_get_capture(device, &capture, timeout_ms) == K4A_WAIT_RESULT_SUCCEEDED)
          k4a_capture_release(capture);
    }
  }

  void open_any(Random& random) {
    k4a_device_t device = nullptr;
    if (k4a_device_open(static_cast<uint32_t>(random.below(kCameras)), &device) !=
        K4A_RESULT_SUCCEEDED)
      return;
    const k4a_device_t before = slots_[static_cast<size_t>(random.below(kSlots))].exchange(device);
    k4a_device_close(before);
  }

  void close_all() {
    for (auto& slot : slots_) k4a_device_close(slot.exchange(nullptr));
    pause();
  }

  /// Leaves the processor to the threads that are watched.
  static void pause() { std::this_thread::sleep_for(std::chrono::microseconds(100)); }

  static constexpr int kSlots = 4;
  const uint64_t seed_;
  SteppedWorld world_{kCameras};
  std::array<std::atomic<k4a_device_t>, kSlots> slots_{};
  std::atomic<int> calls_{0}, busy_{0};
};

TEST(K4aSequences, LeaveWorkingDevicesBehindWhoeverRaces) {
  setenv("K4A_ENABLE_LOG_TO_STDOUT", "0", 1);
  for (int i = 0; i < sequences() / 5; ++i) {
    Brawl brawl(static_cast<uint64_t>(i));
    brawl.run();
    brawl.check();
    ASSERT_FALSE(HasFailure()) << "sequence " << i;
  }
}

}  // namespace
}  // namespace lockstep::testing
