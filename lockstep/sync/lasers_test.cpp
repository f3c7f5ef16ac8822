// SPDX-License-Identifier: MIT
#include "lockstep/sync/lasers.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace lockstep {
namespace {

/// Every microsecond of the period, looked at.
bool lit_together(const LaserTrain& a, const LaserTrain& b, int b_after_a, int period) {
  std::vector<uint8_t> lit(static_cast<size_t>(period), 0);
  const auto light = [&](const LaserTrain& train, double center, uint8_t bit) {
    for (int pulse = 0; pulse < train.pulses; ++pulse) {
      const auto start =
          static_cast<int>(center - train.duration_us() / 2 + pulse * train.pitch_us);
      for (int us = start; us < start + static_cast<int>(train.pulse_us); ++us)
        lit[static_cast<size_t>(((us % period) + period) % period)] |= bit;
    }
  };
  light(a, period * 4.0, 1);
  light(b, period * 4.0 + b_after_a, 2);
  return std::any_of(lit.begin(), lit.end(), [](uint8_t l) { return l == 3; });
}

RC_GTEST_PROP(CenteredGap, IsNegativeJustWhereTwoPulsesAreLitAtOnce, ()) {
  const auto mode = [] {
    return *rc::gen::element(DepthMode::nfov_unbinned, DepthMode::wfov_unbinned);
  };
  const LaserTrain a = laser_train(Family::azure_kinect, mode());
  const LaserTrain b = laser_train(Family::azure_kinect, mode());
  const int period = 66'668;  // whole microseconds, so that looking at each is exact
  const int apart = *rc::gen::inRange(-80'000, 80'000);
  // Trains are centred on half microseconds; both alike, or both at whole ones after truncation.
  const double gap = centered_gap_us(a, b, apart, period);
  RC_PRE(std::abs(gap) >= 1);
  RC_ASSERT((gap < 0) == lit_together(a, b, apart, period));
}

TEST(CenteredGap, OfThePublishedDelays) {
  const LaserTrain nfov = laser_train(Family::azure_kinect, DepthMode::nfov_unbinned);
  const double period = 1e6 / 30;
  EXPECT_NEAR(centered_gap_us(nfov, nfov, 160, period), 35, 1e-6);
  EXPECT_NEAR(centered_gap_us(nfov, nfov, 14 * kRegisterStepUs, period), 30.6, 0.1);
  EXPECT_NEAR(centered_gap_us(nfov, nfov, 0, period), -125, 1e-6);
  EXPECT_NEAR(centered_gap_us(nfov, nfov, 9 * 160, period), 10, 1e-6);  // the tenth camera
  EXPECT_GT(centered_gap_us(nfov, nfov, 14'040, period), 1000);
  EXPECT_NEAR(centered_gap_us(nfov, nfov, period + 160, period), 35, 1e-6);
}

}  // namespace
}  // namespace lockstep
