// SPDX-License-Identifier: MIT
#include "lockstep/device/device.h"

#include <gmock/gmock.h>

namespace lockstep {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// Counts what reaches the hooks.
class CountingDevice : public Device {
 public:
  CountingDevice() : Device({.serial = "000000000112"}) {}
  ~CountingDevice() override { stop(); }

  int starts = 0;
  int stops = 0;
  bool refuse = false;
  bool stop_while_reading = false;
  CameraConfig last;

 private:
  Result<std::string> do_calibration_json() override { return std::string("{}\0\0", 4); }
  Result<SyncJacks> do_read_jacks() override { return SyncJacks{}; }
  Result<void> do_start(const CameraConfig& config) override {
    last = config;
    ++starts;
    if (refuse) return Error{Errc::device_lost, "gone"};
    return {};
  }
  void do_stop() override { ++stops; }
  Result<std::variant<CapturePtr, ReadEnd>> do_next_capture(Nanos) override {
    if (stop_while_reading) {
      stop();
      return Error{Errc::io, "the handle was closed"};
    }
    return std::variant<CapturePtr, ReadEnd>(ReadEnd::timeout);
  }
  Result<std::vector<ImuSample>> do_take_imu() override { return std::vector<ImuSample>{}; }
};

TEST(Device, NamesFunctionAndStatesWhenCalledInTheWrongOrder) {
  CountingDevice device;
  const auto read = device.next_capture(Nanos{0});
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Errc::bad_state);
  EXPECT_THAT(read.error().message, AllOf(HasSubstr("000000000112"), HasSubstr("next_capture()"),
                                          HasSubstr("idle"), HasSubstr("running")));
  EXPECT_EQ(device.take_imu().error().code, Errc::bad_state);

  ASSERT_TRUE(device.start({}));
  EXPECT_THAT(device.start({}).error().message, AllOf(HasSubstr("start()"), HasSubstr("stop()")));
  EXPECT_EQ(device.starts, 1);
}

TEST(Device, StopsOnceAndOnlyWhenRunning) {
  CountingDevice device;
  device.stop();
  EXPECT_EQ(device.stops, 0);
  ASSERT_TRUE(device.start({}));
  device.stop();
  device.stop();
  EXPECT_EQ(device.stops, 1);
  EXPECT_FALSE(device.running());
}

TEST(Device, StaysIdleWhenTheHookRefuses) {
  CountingDevice device;
  device.refuse = true;
  EXPECT_EQ(device.start({}).error().code, Errc::device_lost);
  EXPECT_FALSE(device.running());
}

TEST(Device, RefusesAConfigurationThatTheFamilyCannotDoBeforeTheHookSeesIt) {
  CountingDevice device;
  CameraConfig config;
  config.color_resolution = ColorResolution::off;
  config.depth_mode = DepthMode::off;
  EXPECT_EQ(device.start(config).error().code, Errc::invalid_argument);
  EXPECT_EQ(device.starts, 0);
}

TEST(Device, AStopDuringAReadIsAnEndNotAFailure) {
  CountingDevice device;
  ASSERT_TRUE(device.start({}));
  device.stop_while_reading = true;
  const auto read = device.next_capture(Nanos{0});
  ASSERT_TRUE(read);
  EXPECT_EQ(std::get<ReadEnd>(*read), ReadEnd::ended);
}

TEST(Device, GivesTheCalibrationWithoutItsTrailingZeros) {
  CountingDevice device;
  EXPECT_EQ(*device.calibration_json(), "{}");
}

}  // namespace
}  // namespace lockstep
