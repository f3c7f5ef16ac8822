// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "tests/conformance/device_kind.h"
#include "tests/conformance/kinds.h"

namespace lockstep::testing {

using std::chrono::milliseconds;

std::unique_ptr<Device> DeviceConformance::open() {
  auto device = rig_->source().open(rig_->serial());
  EXPECT_TRUE(device) << device.error().message;
  return device ? *std::move(device) : nullptr;
}

CapturePtr DeviceConformance::next(Device& device) {
  for (int tries = 0; tries < 500; ++tries) {
    auto read = device.next_capture(milliseconds(20));
    EXPECT_TRUE(read) << read.error().message;
    if (!read) return nullptr;
    if (auto* capture = std::get_if<CapturePtr>(&*read)) return *capture;
    if (std::get<ReadEnd>(*read) == ReadEnd::ended) return nullptr;
    rig_->pass(milliseconds(10));
  }
  return nullptr;
}

TEST_P(DeviceConformance, IsListedAndOpensOnceAtATime) {
  const auto infos = rig_->source().list();
  ASSERT_TRUE(infos);
  bool listed = false;
  for (const DeviceInfo& info : *infos) listed = listed || info.serial == rig_->serial();
  EXPECT_TRUE(listed);

  auto device = open();
  ASSERT_NE(device, nullptr);
  EXPECT_EQ(device->info().serial, rig_->serial());
  EXPECT_EQ(rig_->source().open(rig_->serial()).error().code, Errc::busy);
  device.reset();
  EXPECT_NE(open(), nullptr);
  EXPECT_EQ(rig_->source().open("no-such-camera").error().code, Errc::not_found);
}

TEST_P(DeviceConformance, GivesACalibrationThatIsJsonWithoutTrailingZeros) {
  const auto device = open();
  const auto blob = device->calibration_json();
  ASSERT_TRUE(blob) << blob.error().message;
  EXPECT_NE(blob->back(), '\0');
  EXPECT_FALSE(nlohmann::json::parse(*blob, nullptr, false).is_discarded());
}

TEST_P(DeviceConformance, KnowsWhetherItRuns) {
  const auto device = open();
  EXPECT_EQ(device->next_capture(Nanos{0}).error().code, Errc::bad_state);
  ASSERT_TRUE(device->start(rig_->config()));
  EXPECT_TRUE(device->running());
  EXPECT_EQ(device->start(rig_->config()).error().code, Errc::bad_state);
  device->stop();
  device->stop();
  EXPECT_FALSE(device->running());
}

TEST_P(DeviceConformance, RefusesWhatNoCameraCanDo) {
  const auto device = open();
  CameraConfig impossible = rig_->config();
  impossible.color_resolution = ColorResolution::off;
  impossible.depth_mode = DepthMode::off;
  EXPECT_EQ(device->start(impossible).error().code, Errc::invalid_argument);
  EXPECT_FALSE(device->running());
  EXPECT_TRUE(device->start(rig_->config()));
}

TEST_P(DeviceConformance, DeliversCapturesInOrderOfTime) {
  const auto device = open();
  ASSERT_TRUE(device->start(rig_->config()));
  std::optional<DeviceTime> last;
  for (int i = 0; i < 10; ++i) {
    const CapturePtr capture = next(*device);
    ASSERT_NE(capture, nullptr) << i;
    EXPECT_TRUE(capture->color || capture->depth || capture->ir);
    if (capture->depth && capture->ir) {
      EXPECT_EQ(capture->depth->stamp, capture->ir->stamp);
    }
    if (last) {
      EXPECT_LT(*last, capture->stamp());
    }
    last = capture->stamp();
  }
}

TEST_P(DeviceConformance, StartsAgainAfterAStop) {
  const auto device = open();
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE(device->start(rig_->config())) << round;
    EXPECT_NE(next(*device), nullptr) << round;
    device->stop();
  }
}

TEST_P(DeviceConformance, EndsAWaitingReadWhenAnotherThreadStopsIt) {
  const auto device = open();
  ASSERT_TRUE(device->start(rig_->config()));
  std::thread stopper([&device] {
    std::this_thread::sleep_for(milliseconds(30));
    device->stop();
  });
  // Reads until the stop shows: as an end in flight, or as a device that is idle again.
  while (true) {
    const auto read = device->next_capture(milliseconds(200));
    if (!read) {
      EXPECT_EQ(read.error().code, Errc::bad_state) << read.error().message;
      break;
    }
    const auto* end = std::get_if<ReadEnd>(&*read);
    if (end != nullptr && *end == ReadEnd::ended) break;
  }
  stopper.join();
  EXPECT_FALSE(device->running());
}

TEST_P(DeviceConformance, GivesImuSamplesInOrder) {
  if (!rig_->has_imu()) GTEST_SKIP() << "this kind has no IMU";
  const auto device = open();
  CameraConfig config = rig_->config();
  config.imu = true;
  ASSERT_TRUE(device->start(config));
  std::optional<DeviceTime> last;
  size_t samples = 0;
  for (int i = 0; i < 5; ++i) {
    ASSERT_NE(next(*device), nullptr);
    const auto imu = device->take_imu();
    ASSERT_TRUE(imu) << imu.error().message;
    for (const ImuSample& sample : *imu) {
      if (last) {
        EXPECT_LT(*last, sample.acceleration_stamp);
      }
      last = sample.acceleration_stamp;
      ++samples;
    }
  }
  EXPECT_GT(samples, 0u);
}

TEST_P(DeviceConformance, SaysThatItIsLostWhenItIsUnplugged) {
  rig_ = GetParam().make(true);
  if (rig_ == nullptr) GTEST_SKIP() << "this kind has no plug";
  const auto device = open();
  ASSERT_TRUE(device->start(rig_->config()));
  ASSERT_NE(next(*device), nullptr);
  for (int tries = 0; tries < 1000; ++tries) {
    const auto read = device->next_capture(milliseconds(20));
    if (!read) {
      EXPECT_EQ(read.error().code, Errc::device_lost);
      return;
    }
    rig_->pass(milliseconds(10));
  }
  FAIL() << "it was never noticed";
}

INSTANTIATE_TEST_SUITE_P(Virtual, DeviceConformance,
                         ::testing::Values(virtual_stepped(), virtual_real_time()), name_of_kind);
INSTANTIATE_TEST_SUITE_P(Playback, DeviceConformance,
                         ::testing::Values(played_fast(), played_real_time()), name_of_kind);

}  // namespace lockstep::testing
