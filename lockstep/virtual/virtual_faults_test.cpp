// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "tests/support/virtual_rigs.h"

namespace lockstep {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::chain_rig;
using testing::Driver;
using ::testing::IsEmpty;
using testing::stamps_us;

const double kPeriodUs = frame_period_us(30);

Driver driven(FaultKind kind, double at_s, double value, int64_t count, int cameras, Nanos length) {
  Rig rig = chain_rig(cameras);
  rig.world->faults.push_back({"cam1", kind, at_s, value, count, {}});
  Driver driver(rig);
  driver.start_all();
  driver.pass(length);
  return driver;
}

double phase_us(int64_t stamp_us) {
  return std::remainder(static_cast<double>(stamp_us), kPeriodUs);
}

/// Mean phase of the stamps in [from_s, to_s).
double mean_phase_us(const std::vector<int64_t>& stamps, double from_s, double to_s) {
  double sum = 0;
  int count = 0;
  for (const int64_t stamp : stamps) {
    if (static_cast<double>(stamp) < from_s * 1e6 || static_cast<double>(stamp) >= to_s * 1e6)
      continue;
    sum += phase_us(stamp);
    ++count;
  }
  return sum / count;
}

/// Ticks on which a stream has stamps, and how many.
std::multiset<int64_t> ticks(const std::vector<int64_t>& stamps) {
  std::multiset<int64_t> all;
  for (const int64_t stamp : stamps) {
    all.insert(std::llround((static_cast<double>(stamp) - 4000) / kPeriodUs));
  }
  return all;
}

TEST(VirtualFaults, DelayMovesBothStreamsFromItsInstant) {
  const Driver driver = driven(FaultKind::delay, 5, 150, 1, 2, seconds(10));
  for (const bool color : {true, false}) {
    const auto stamps = stamps_us(driver.captures[1], color);
    EXPECT_NEAR(mean_phase_us(stamps, 5, 10) - mean_phase_us(stamps, 0, 4.9), 150, 5) << color;
  }
}

TEST(VirtualFaults, DepthDelayMovesDepthAlone) {
  const Driver driver = driven(FaultKind::depth_delay, 5, 150, 1, 2, seconds(10));
  const auto color = stamps_us(driver.captures[1], true);
  const auto depth = stamps_us(driver.captures[1], false);
  EXPECT_NEAR(mean_phase_us(color, 5, 10) - mean_phase_us(color, 0, 4.9), 0, 5);
  EXPECT_NEAR(mean_phase_us(depth, 5, 10) - mean_phase_us(depth, 0, 4.9), 150, 5);
}

TEST(VirtualFaults, LostTicksAreMissing) {
  const Driver driver = driven(FaultKind::lose_tick, 2, 0, 3, 2, seconds(4));
  for (const bool color : {true, false}) {
    const auto seen = ticks(stamps_us(driver.captures[1], color));
    for (const int64_t tick : {60, 61, 62}) EXPECT_EQ(seen.count(tick), 0U);
    EXPECT_EQ(seen.count(59), 1U);
    EXPECT_EQ(seen.count(63), 1U);
  }
}

TEST(VirtualFaults, DuplicatedTicksComeTwice) {
  const Driver driver = driven(FaultKind::duplicate_tick, 2, 0, 1, 2, seconds(4));
  const auto stamps = stamps_us(driver.captures[1], true);
  EXPECT_TRUE(std::is_sorted(stamps.begin(), stamps.end()));
  const auto seen = ticks(stamps);
  EXPECT_EQ(seen.count(60), 2U);
  EXPECT_EQ(seen.size(), std::set<int64_t>(seen.begin(), seen.end()).size() + 1);
}

TEST(VirtualFaults, ARestartedSubordinateBeginsAgainFromZero) {
  const Driver driver = driven(FaultKind::restart, 3, 0, 1, 3, seconds(8));
  const auto stamps = stamps_us(driver.captures[1], true);
  const auto back = std::adjacent_find(stamps.begin(), stamps.end(), std::greater<>());
  ASSERT_NE(back, stamps.end());
  EXPECT_NEAR(static_cast<double>(*back), 3e6, 5e4);
  EXPECT_LT(*(back + 1), 300'000);
  // Nobody else notices.
  const auto below = stamps_us(driver.captures[2], true);
  EXPECT_TRUE(std::is_sorted(below.begin(), below.end()));
}

TEST(VirtualFaults, ARestartedMasterStopsThePulsesForAWhile) {
  Rig rig = chain_rig(3);
  rig.world->faults.push_back({"cam0", FaultKind::restart, 3, 0, 1, {}});
  Driver driver(rig);
  driver.start_all();
  const HostTime began = driver.source->clock().now();
  driver.pass(milliseconds(3400));
  // One that is started while the master is dark waits for the first pulse that comes again, a
  // second after the last, which zeroes its clock.
  driver.devices[2]->stop();
  driver.captures[2].clear();
  driver.start(2);
  driver.pass(milliseconds(4600));
  const auto master = stamps_us(driver.captures[0], true);
  EXPECT_FALSE(std::is_sorted(master.begin(), master.end()));
  // A subordinate that ran goes on by its own crystal.
  const auto sub = stamps_us(driver.captures[1], true);
  EXPECT_TRUE(std::is_sorted(sub.begin(), sub.end()));
  EXPECT_GT(sub.back(), 7'000'000);
  ASSERT_FALSE(driver.captures[2].empty());
  const Image& first = *driver.captures[2].front()->color;
  const Nanos zero = *first.arrival - began - Nanos(first.stamp.ns());
  EXPECT_GE(zero, seconds(4));
  EXPECT_LE(zero, milliseconds(4200)) << "with the way of an image to the host";
}

TEST(VirtualFaults, CapturesThatWaitedWhileColourCameAloneAreWhole) {
  Rig rig = chain_rig(2);
  for (RigCamera& camera : rig.cameras) camera.config.synchronized_images_only = true;
  rig.world->faults.push_back({"cam1", FaultKind::restart, 3, 0, 1, {}});
  Driver driver(rig);
  driver.start_all();
  driver.pass(milliseconds(2900));
  driver.captures[1].clear();
  // Nobody reads from here on. Who waits more than a minute for a pulse has its depth turned off.
  SessionClock& clock = driver.source->clock();
  clock.sleep_until(clock.now() + milliseconds(300));
  driver.devices[0]->stop();
  clock.sleep_until(clock.now() + seconds(70));
  driver.start(0);
  clock.sleep_until(clock.now() + seconds(5));
  driver.read(1);
  ASSERT_GE(driver.captures[1].size(), 2U);
  for (const auto& capture : driver.captures[1]) {
    ASSERT_TRUE(capture->color && capture->ir);
    EXPECT_NEAR(static_cast<double>(capture->color->stamp.us()), 2.9e6, 2e5);
    EXPECT_EQ(capture->color->exposure, Micros(8330));
    EXPECT_NEAR(static_cast<double>((*capture->color->arrival - *capture->ir->arrival).count()), 0,
                5e7);
  }
}

TEST(VirtualFaults, AnUnpluggedCameraIsLost) {
  Driver driver = driven(FaultKind::unplug, 2, 0, 1, 2, seconds(4));
  EXPECT_TRUE(driver.lost[1]);
  EXPECT_LT(stamps_us(driver.captures[1], true).back(), 2'000'000);
  EXPECT_EQ(driver.devices[1]->next_capture(Nanos(0)).error().code, Errc::device_lost);
  EXPECT_GT(stamps_us(driver.captures[0], true).back(), 3'500'000);
}

/// Slope of host arrival against stamps, ppm, by the earliest arrivals of the two ends.
double arrival_rate_ppm(const std::vector<CapturePtr>& captures, double from_s) {
  std::vector<std::pair<double, double>> points;  // stamp, arrival
  for (const auto& capture : captures) {
    if (!capture->color || static_cast<double>(capture->color->stamp.us()) < from_s * 1e6) continue;
    points.emplace_back(
        static_cast<double>(capture->color->stamp.us()),
        static_cast<double>(capture->color->arrival->time_since_epoch().count()) * 1e-3);
  }
  const auto earliest = [&](size_t from, size_t to) {
    return *std::min_element(
        points.begin() + static_cast<ptrdiff_t>(from), points.begin() + static_cast<ptrdiff_t>(to),
        [](const auto& a, const auto& b) {
          return a.second - a.first * (1 + 380e-6) < b.second - b.first * (1 + 380e-6);
        });
  };
  const auto first = earliest(0, points.size() / 4);
  const auto last = earliest(points.size() * 3 / 4, points.size());
  return ((last.second - first.second) / (last.first - first.first) - 1) * 1e6;
}

TEST(VirtualFaults, APulledCableShowsInArrivalOnly) {
  Rig rig = chain_rig(3);
  rig.world->clock_rate_spread_ppm = 400;
  rig.world->faults.push_back({"cam1", FaultKind::cable_pull, 5, 0, 1, {}});
  Driver driver(rig);
  driver.start_all();
  driver.pass(seconds(65));
  const double line = arrival_rate_ppm(driver.captures[0], 6);
  for (const size_t camera : {1U, 2U}) {
    // Stamps go on as if nothing had happened, on this camera and on those behind it.
    const auto stamps = stamps_us(driver.captures[camera], true);
    EXPECT_NEAR(mean_phase_us(stamps, 50, 60), mean_phase_us(stamps, 0, 5), 5);
    EXPECT_GT(std::abs(arrival_rate_ppm(driver.captures[camera], 6) - line), 20) << camera;
  }
}

TEST(VirtualFaults, ALooseCableNeverBringsAPulse) {
  const Driver driver = driven(FaultKind::cable_loose, 0, 0, 1, 2, seconds(3));
  EXPECT_THAT(driver.captures[1], IsEmpty());
  EXPECT_FALSE(driver.captures[0].empty());
}

TEST(VirtualFaults, SlowUsbDelaysArrivalAndNotStamps) {
  const Driver driver = driven(FaultKind::slow_usb, 2, 200'000, 1, 2, seconds(5));
  const auto latency_us = [&](const CapturePtr& capture, const CapturePtr& master) {
    return static_cast<double>((*capture->color->arrival - *master->color->arrival).count()) *
               1e-3 -
           static_cast<double>(since(master->color->stamp, capture->color->stamp).count()) * 1e-3;
  };
  const auto find = [](const std::vector<CapturePtr>& captures, int64_t from_us) {
    return *std::find_if(captures.begin(), captures.end(), [&](const CapturePtr& capture) {
      return capture->color && capture->color->stamp.us() >= from_us;
    });
  };
  const auto at = [&](int64_t us) {
    return latency_us(find(driver.captures[1], us), find(driver.captures[0], us));
  };
  EXPECT_NEAR(at(3'000'000) - at(1'000'000), 200'000, 30'000);
}

TEST(VirtualFaults, ChangedExposureMovesTheCentreAndIsReported) {
  const Driver driver = driven(FaultKind::exposure, 3, 16'670, 1, 2, seconds(6));
  const auto stamps = stamps_us(driver.captures[1], true);
  EXPECT_NEAR(mean_phase_us(stamps, 3, 6) - mean_phase_us(stamps, 0, 2.9), (16'670 - 8'330) / 2.0,
              5);
  EXPECT_EQ(driver.captures[1].front()->color->exposure, Micros(8'330));
  EXPECT_EQ(driver.captures[1].back()->color->exposure, Micros(16'670));
}

TEST(VirtualFaults, NumbersBeyondReasonDoNoHarm) {
  for (size_t i = 0; i < kFaultKindNames.size(); ++i) {
    const auto kind = static_cast<FaultKind>(i);
    for (const double value : {1e300, -1e300}) {
      for (const double at_s : {0.0, 1e300}) {
        const Driver driver = driven(kind, at_s, value, INT64_MAX, 2, milliseconds(600));
        EXPECT_FALSE(driver.captures[0].empty()) << to_string(kind);
      }
    }
  }
}

}  // namespace
}  // namespace lockstep
