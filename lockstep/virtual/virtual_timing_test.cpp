// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "lockstep/sensor/timing.h"
#include "tests/support/virtual_rigs.h"

namespace lockstep {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::chain_rig;
using testing::Driver;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::plan_as_declared;
using ::testing::SizeIs;
using testing::stamps_us;

const double kPeriodUs = frame_period_us(30);

int64_t tick_of(int64_t stamp_us, double phase_us) {
  return std::llround((static_cast<double>(stamp_us) - phase_us) / kPeriodUs);
}

/// Mean of stamp - k * T over stamps, for a phase known to within half a period.
double offset_us(const std::vector<int64_t>& stamps, double phase_us) {
  double sum = 0;
  for (const int64_t stamp : stamps) {
    sum += static_cast<double>(stamp) - static_cast<double>(tick_of(stamp, phase_us)) * kPeriodUs;
  }
  return sum / static_cast<double>(stamps.size());
}

/// What the register's rounding down takes from a stamp on average.
constexpr double kFloorUs = kRegisterStepUs / 2 + 0.5;
constexpr double kExposureUs = 8330;

TEST(VirtualTiming, StampsAreThePlanWithinWhatJitterLeaves) {
  Rig rig = chain_rig(3);
  rig.cameras[2].config.depth_delay_off_color = Micros(320);
  Driver driver(rig);
  driver.start_all();
  driver.pass(seconds(40));
  for (size_t i = 0; i < 3; ++i) {
    const double delay = realised_delay_us(Family::azure_kinect, Micros(static_cast<int>(i) * 167));
    const double depth = i == 2 ? realised_delay_us(Family::azure_kinect, Micros(320)) : 0;
    const double phase = delay + kExposureUs / 2;
    const auto& captures = driver.captures[i];
    ASSERT_GT(captures.size(), 1100U);
    EXPECT_NEAR(offset_us(stamps_us(captures, true), phase), phase - kFloorUs, 1.2) << i;
    EXPECT_NEAR(offset_us(stamps_us(captures, false), phase), phase + depth - kFloorUs, 1.2) << i;
  }
}

TEST(VirtualTiming, EveryStampIsOnTheRegistersGridAndRises) {
  Driver driver(chain_rig(2));
  driver.start_all();
  driver.pass(seconds(5));
  for (const auto& captures : driver.captures) {
    const auto stamps = stamps_us(captures, true);
    EXPECT_TRUE(std::is_sorted(stamps.begin(), stamps.end()));
    for (const int64_t stamp : stamps) {
      EXPECT_EQ((stamp * 9 + 99) / 100 * 100 / 9, stamp) << stamp;
    }
  }
}

TEST(VirtualTiming, WithoutJitterEveryStampIsTheTickToTheMicrosecond) {
  Rig rig = chain_rig(2, 1000);
  rig.world->stamp_jitter_us = 0;
  rig.world->q = 0;
  Driver driver(rig);
  driver.start_all();
  driver.pass(seconds(600));
  const auto stamps = stamps_us(driver.captures[1], true);
  ASSERT_GT(stamps.size(), 17'000U);
  const int64_t first = tick_of(stamps.front(), 1000);
  for (size_t i = 0; i < stamps.size(); ++i) {
    // T is 3000 steps of the register, and 1000 us are 90.
    const int64_t steps = (first + static_cast<int64_t>(i)) * 3000 + 90;
    ASSERT_EQ(stamps[i], steps * 100 / 9) << i;
  }
}

TEST(VirtualTiming, AFemtoDelaysItsColourInsteadOfHurryingItsDepth) {
  Rig rig = chain_rig(2, 1000, Family::femto_bolt);
  rig.world->stamp_jitter_us = 0;
  rig.cameras[1].config.depth_delay_off_color = Micros(-500);
  const RealisedDelays delays = realised_delays(Family::femto_bolt, rig.cameras[1].config);
  EXPECT_EQ(delays.color_us, 1500);
  Driver driver(rig);
  driver.start_all();
  driver.pass(seconds(3));
  const auto& captures = driver.captures[1];
  ASSERT_GT(captures.size(), 50U);
  for (const auto& capture : captures) {
    if (!capture->color || !capture->ir) continue;
    const Nanos apart = since(capture->ir->stamp, capture->color->stamp);
    EXPECT_NEAR(static_cast<double>(apart.count()), 500e3, 13e3);
  }
}

TEST(VirtualTiming, BothStampMeaningsDifferByHalfAnExposureOnBothStreams) {
  std::map<StampMeaning, std::pair<double, double>> offsets;
  for (const auto meaning : {StampMeaning::center_of_exposure, StampMeaning::start_of_frame}) {
    Rig rig = chain_rig(2);
    rig.world->stamp_meaning = meaning;
    Driver driver(rig);
    driver.start_all();
    driver.pass(seconds(10));
    offsets[meaning] = {offset_us(stamps_us(driver.captures[1], true), 2000),
                        offset_us(stamps_us(driver.captures[1], false), 2000)};
  }
  const auto& center = offsets[StampMeaning::center_of_exposure];
  const auto& start = offsets[StampMeaning::start_of_frame];
  EXPECT_NEAR(center.first - start.first, kExposureUs / 2, 0.6);
  EXPECT_NEAR(center.second - start.second, kExposureUs / 2, 0.6);
}

TEST(VirtualTiming, BothPacesGiveTheSameStamps) {
  const Rig rig = chain_rig(2);
  Driver fast(rig);
  fast.start_all();
  fast.pass(seconds(2));
  Driver real(rig, VirtualRigOptions{});
  real.start_all(milliseconds(1));
  real.pass(milliseconds(700));
  for (size_t i = 0; i < 2; ++i) {
    auto expected = stamps_us(fast.captures[i], false);
    const auto got = stamps_us(real.captures[i], false);
    ASSERT_GE(got.size(), 3U);
    ASSERT_GE(expected.size(), got.size());
    expected.resize(got.size());
    EXPECT_EQ(got, expected);
  }
}

TEST(VirtualTiming, FirstStampsFollowTheFirmware) {
  for (const char* firmware : {"1.6.102", "1.6.107", "1.6.108", "1.6.110"}) {
    Rig rig = chain_rig(2);
    rig.world->firmware = firmware;
    Driver driver(rig);
    driver.start_all();
    driver.pass(seconds(1));
    const double figure = first_frame_us(Family::azure_kinect, firmware);
    const auto sub = stamps_us(driver.captures[1], true);
    ASSERT_FALSE(sub.empty());
    EXPECT_NEAR(static_cast<double>(sub[0]), figure, kPeriodUs / 2 + 200) << firmware;
    // The master's first two captures have depth and no colour.
    EXPECT_FALSE(driver.captures[0][0]->color.has_value());
    EXPECT_FALSE(driver.captures[0][1]->color.has_value());
    EXPECT_TRUE(driver.captures[0][2]->color.has_value());
  }
}

TEST(VirtualTiming, ASubordinateIsSilentUntilTheMasterStarts) {
  Driver driver(chain_rig(2));
  driver.start(1);
  driver.pass(seconds(30));
  EXPECT_THAT(driver.captures[1], IsEmpty());
  driver.start(0);
  driver.pass(seconds(1));
  EXPECT_THAT(driver.captures[1], ::testing::Not(IsEmpty()));
  EXPECT_TRUE(driver.captures[1][0]->depth.has_value());
}

TEST(VirtualTiming, AMinuteWithoutPulsesTakesDepthUntilTheNextStart) {
  Driver driver(chain_rig(2));
  driver.start(1);
  driver.pass(seconds(61));
  driver.start(0);
  driver.pass(seconds(1));
  EXPECT_THAT(stamps_us(driver.captures[1], true), ::testing::Not(IsEmpty()));
  EXPECT_THAT(stamps_us(driver.captures[1], false), IsEmpty());
  driver.devices[1]->stop();
  driver.start(1);
  driver.pass(seconds(1));
  EXPECT_THAT(stamps_us(driver.captures[1], false), ::testing::Not(IsEmpty()));
}

TEST(VirtualTiming, StartedAfterTheMasterTheClocksHaveNoCommonZero) {
  Driver driver(chain_rig(2));
  driver.start(0);
  driver.pass(milliseconds(5010));
  driver.start(1);
  driver.pass(seconds(2));
  // Both last captures are of about the same instant, yet the stamps are seconds apart.
  const auto master = driver.captures[0].back()->stamp().us();
  const auto sub = driver.captures[1].back()->stamp().us();
  EXPECT_NEAR(static_cast<double>(master - sub), 5.01e6, 1e5);
}

TEST(VirtualTiming, JacksDecideWhoMayStart) {
  Rig rig = chain_rig(2);
  rig.cables.clear();
  auto source = *VirtualRig::create(rig, plan_as_declared(rig),
                                    {VirtualRigOptions::Pace::as_fast_as_possible});
  auto master = *source->open("virtual-0000");
  auto sub = *source->open("virtual-0001");
  auto refused = master->start(rig.cameras[0].config);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("nothing is in \"Sync Out\""));
  refused = sub->start(rig.cameras[1].config);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("nothing is in \"Sync In\""));
}

TEST(VirtualTiming, APlugInTheMastersSyncInIsRefused) {
  Rig rig = chain_rig(3);
  rig.cameras[1].config.wired_sync = WiredSync::master;
  rig.cameras[1].config.subordinate_delay_off_master = Micros(0);
  auto source = *VirtualRig::create(rig, plan_as_declared(rig),
                                    {VirtualRigOptions::Pace::as_fast_as_possible});
  auto device = *source->open("virtual-0001");
  const auto refused = device->start(rig.cameras[1].config);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Errc::invalid_argument);
  EXPECT_THAT(refused.error().message, HasSubstr("plug in its \"Sync In\""));
}

TEST(VirtualTiming, FemtoDoesNotFeelItsJacksAndRunsFree) {
  Driver driver(chain_rig(2, 167, Family::femto_bolt));
  EXPECT_EQ(driver.devices[0]->read_jacks().value(), SyncJacks{});
  driver.start_all();
  driver.pass(seconds(20));
  const auto stamps = stamps_us(driver.captures[0], true);
  ASSERT_GT(stamps.size(), 500U);
  const double fps = 1e6 * static_cast<double>(stamps.size() - 1) /
                     static_cast<double>(stamps.back() - stamps.front());
  EXPECT_GT(fps, 30.013);
  EXPECT_LT(fps, 30.142);
}

TEST(VirtualTiming, AFreeClockShowsItsRate) {
  Rig rig = chain_rig(2);
  rig.world->clock = ClockModel::free_running;
  rig.world->clock_rate_spread_ppm = 50;
  Driver driver(rig);
  driver.start_all();
  driver.pass(seconds(100));
  const auto stamps = stamps_us(driver.captures[1], true);
  const double ticks = static_cast<double>(
      std::llround(static_cast<double>(stamps.back() - stamps.front()) / kPeriodUs));
  const double ppm =
      (static_cast<double>(stamps.back() - stamps.front()) / (ticks * kPeriodUs) - 1) * 1e6;
  const std::string truth = driver.source->truth_json();
  const auto at = truth.find("\"rate_ppm\"", truth.find("\"cam1\""));
  EXPECT_NEAR(ppm, std::stod(truth.substr(truth.find(':', at) + 1)), 0.6);
}

TEST(VirtualTiming, AClockThatFollowsTheHostIsFreeOfThePulses) {
  Rig rig = chain_rig(2);
  rig.cameras[1].clock = DeviceClockMode::follow_host;
  EXPECT_THAT(Driver(rig).source->truth_json(), HasSubstr(R"("clock": "free-running")"));
  rig.cameras[1].clock = DeviceClockMode::reset;
  EXPECT_THAT(Driver(rig).source->truth_json(), HasSubstr(R"("clock": "disciplined")"));
}

/// Starts the only camera for a second; the stamps of its depth.
std::vector<int64_t> second_of_depth_us(Driver& driver, CameraConfig config,
                                        ColorResolution color) {
  config.color_resolution = color;
  driver.captures[0].clear();
  EXPECT_TRUE(driver.devices[0]->start(config));
  driver.pass(seconds(1));
  driver.devices[0]->stop();
  return stamps_us(driver.captures[0], false);
}

TEST(VirtualTiming, DepthAloneGoesOnCountingSinceTheLastZero) {
  Rig rig = chain_rig(1);
  rig.world->clock_rate_spread_ppm = 0;
  rig.world->clock_rate_common_ppm = 0;
  const CameraConfig config = rig.cameras[0].config;
  Driver driver(rig);  // a thousand seconds after the cameras got their power
  const auto first = second_of_depth_us(driver, config, ColorResolution::off);
  ASSERT_FALSE(first.empty());
  EXPECT_NEAR(static_cast<double>(first.front()), 1000e6 + 250e3, 100e3);
  driver.pass(seconds(9));
  const auto zeroed = second_of_depth_us(driver, config, ColorResolution::p720);
  ASSERT_FALSE(zeroed.empty());
  EXPECT_LT(zeroed.front(), 400'000);
  driver.pass(seconds(4));
  driver.devices[0].reset();  // it keeps its power
  driver.devices[0] = *driver.source->open(rig.cameras[0].serial);
  const auto later = second_of_depth_us(driver, config, ColorResolution::off);
  ASSERT_FALSE(later.empty());
  EXPECT_EQ(later.front() - zeroed.front() - (first.front() - 1000'000'000 - zeroed.front()),
            5'000'000);
}

TEST(VirtualTiming, InertialSamplesOfDepthAloneAreOnItsClock) {
  Rig rig = chain_rig(1);
  rig.world->clock_rate_spread_ppm = 0;
  rig.world->clock_rate_common_ppm = 0;
  rig.cameras[0].config.color_resolution = ColorResolution::off;
  rig.cameras[0].config.imu = true;
  Driver driver(rig);
  driver.start(0);
  driver.pass(seconds(2));
  ASSERT_GT(driver.imu[0].size(), 3000U);
  EXPECT_NEAR(static_cast<double>(driver.imu[0].front().acceleration_stamp.us()), 1000e6, 100e3);
  EXPECT_NEAR(static_cast<double>(driver.imu[0].back().acceleration_stamp.us()), 1002e6, 100e3);
}

TEST(VirtualTiming, AClockSetToTheHostsIsSetAnewEveryMinute) {
  Rig rig = chain_rig(2, 167, Family::femto_bolt);
  rig.world->clock_rate_spread_ppm = 50;
  for (RigCamera& camera : rig.cameras) camera.clock = DeviceClockMode::follow_host;
  Driver driver(rig);
  driver.start_all();
  driver.pass(seconds(130));
  for (const auto& captures : driver.captures) {
    for (const auto& capture : captures) {
      if (!capture->ir) continue;
      // Both clocks show the host's time, and leave it by 50 us in a second.
      const int64_t host_us = capture->ir->arrival->time_since_epoch().count() / 1000;
      ASSERT_NEAR(static_cast<double>(host_us - capture->ir->stamp.us()), 75e3, 30e3);
    }
    const auto stamps = stamps_us(captures, false);
    ASSERT_GT(stamps.size(), 3000U);
    EXPECT_NEAR(static_cast<double>(stamps.front()), 1000.6e6, 0.6e6);
  }
}

TEST(VirtualTiming, PulsesOfAnotherRateAreCountedAsTheyCome) {
  Rig rig = chain_rig(2);
  rig.cameras[0].config.frame_rate = FrameRate::fps15;
  Driver driver(rig);
  driver.start_all();
  driver.pass(seconds(10));
  const auto fed = stamps_us(driver.captures[1], true);
  ASSERT_GT(fed.size(), 100U);
  EXPECT_NEAR(static_cast<double>(fed.back() - fed.front()) / static_cast<double>(fed.size() - 1),
              frame_period_us(15), 2);
}

TEST(VirtualTiming, ColourThatIsAdjustedWhileItRunsIsSeenFromTheNextFrames) {
  Rig rig = chain_rig(1);
  rig.cameras[0].config.gain = 100;
  Driver driver(rig);
  driver.start(0);
  driver.pass(seconds(2));
  CameraConfig config = rig.cameras[0].config;
  config.exposure = Micros(2500);
  config.gain = 200;
  config.white_balance_k = 3000;
  driver.devices[0]->adjust_color(config);
  const size_t before = driver.captures[0].size();
  driver.pass(seconds(1));
  const Image& old = *driver.captures[0][before - 1]->color;
  EXPECT_EQ(old.exposure, Micros(8330));
  EXPECT_EQ(old.gain, 100);
  const Image& now = *driver.captures[0].back()->color;
  EXPECT_EQ(now.exposure, Micros(2500));
  EXPECT_EQ(now.gain, 200);
  EXPECT_EQ(now.white_balance_k, 3000);
  const auto changed = std::find_if(driver.captures[0].begin(), driver.captures[0].end(),
                                    [](const CapturePtr& c) { return c->color->gain == 200; });
  EXPECT_NEAR(
      static_cast<double>(changed - driver.captures[0].begin()) - static_cast<double>(before), 2, 2)
      << "frames that were under way";
}

TEST(VirtualTiming, ACameraIsListedAsItIsOpened) {
  const Driver driver(chain_rig(2));
  const auto listed = driver.source->list();
  ASSERT_TRUE(listed);
  ASSERT_THAT(*listed, SizeIs(2));
  const DeviceInfo& opened = driver.devices[1]->info();
  EXPECT_EQ(listed->at(1).serial, opened.serial);
  EXPECT_EQ(listed->at(1).color_firmware, opened.color_firmware);
  EXPECT_EQ(listed->at(1).depth_firmware, opened.depth_firmware);
  EXPECT_NE(opened.depth_firmware, "");
}

TEST(VirtualTiming, AReaderThatSleepsLosesTheOldestAndIsTold) {
  Driver driver(chain_rig(2));
  driver.start_all();
  driver.pass(seconds(1));
  driver.captures[1].clear();
  SessionClock& clock = driver.source->clock();
  clock.sleep_until(clock.now() + seconds(1));
  driver.read(1);
  ASSERT_THAT(driver.captures[1], SizeIs(7));
  EXPECT_NEAR(static_cast<double>(driver.captures[1][0]->dropped_before), 23, 1);
}

TEST(VirtualTiming, ImuKeepsTheCamerasClockAndFeelsGravity) {
  Rig rig = chain_rig(2);
  for (auto& camera : rig.cameras) camera.config.imu = true;
  Driver driver(rig);
  driver.start_all();
  driver.pass(seconds(2));
  const auto& samples = driver.imu[1];
  EXPECT_NEAR(static_cast<double>(samples.size()), 2 * 1664, 60);
  double sum = 0;
  for (size_t i = 0; i < samples.size(); ++i) {
    if (i > 0) {
      EXPECT_NEAR(
          static_cast<double>(
              since(samples[i - 1].acceleration_stamp, samples[i].acceleration_stamp).count()),
          601e3, 16e3);
    }
    const auto* a = samples[i].acceleration_mps2;
    sum += std::sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2]);
  }
  EXPECT_NEAR(sum / static_cast<double>(samples.size()), 9.81, 0.01);
}

TEST(VirtualTiming, AGeneratorStartsOnceEveryoneIsArmed) {
  Rig rig = chain_rig(2);
  RigBox generator;
  generator.name = "lockit";
  generator.kind = BoxKind::generator;
  rig.boxes.push_back(generator);
  rig.cables.insert(rig.cables.begin(), {{"lockit", "pin3"}, {"cam0", "in"}, 1, {}});
  rig.cameras[0].config.wired_sync = WiredSync::subordinate;
  Driver driver(rig);
  driver.start(1);
  driver.pass(seconds(3));
  EXPECT_THAT(driver.captures[1], IsEmpty());
  driver.start(0);
  driver.pass(seconds(3));
  EXPECT_GT(driver.captures[0].size(), 40U);
  EXPECT_GT(driver.captures[1].size(), 40U);
}

TEST(VirtualTiming, OpeningTwiceIsBusyAndAStrangerIsNotFound) {
  Driver driver(chain_rig(2));
  EXPECT_EQ(driver.source->open("virtual-0001").error().code, Errc::busy);
  EXPECT_EQ(driver.source->open("000123450112").error().code, Errc::not_found);
  driver.devices.clear();
  EXPECT_TRUE(driver.source->open("virtual-0001").ok());
}

}  // namespace
}  // namespace lockstep
