// SPDX-License-Identifier: MIT
#include "lockstep/time/line_fit.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <vector>

#include "lockstep/time/clock_map.h"

namespace lockstep {
namespace {

/// Normal equations written out, in long double.
std::pair<double, double> plain_fit(const std::vector<double>& x, const std::vector<double>& y) {
  long double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    n += 1;
    sx += x[i];
    sy += y[i];
    sxx += static_cast<long double>(x[i]) * x[i];
    sxy += static_cast<long double>(x[i]) * y[i];
  }
  const long double slope = (n * sxy - sx * sy) / (n * sxx - sx * sx);
  return {static_cast<double>((sy - slope * sx) / n), static_cast<double>(slope)};
}

RC_GTEST_PROP(LineFit, AgreesWithTheNormalEquations, ()) {
  const auto count = *rc::gen::inRange<size_t>(3, 200);
  std::vector<double> x, y;
  for (size_t i = 0; i < count; ++i) {
    x.push_back(static_cast<double>(i) / 30);
    y.push_back(*rc::gen::inRange(-20'000, 20'000) / 100.0);
  }
  const auto [intercept, slope] = plain_fit(x, y);
  const LineFit fit = fit_line(x, y, 1.5);
  RC_ASSERT(std::abs(fit.slope - slope) < 1e-6);
  RC_ASSERT(std::abs(fit.value - (intercept + 1.5 * slope)) < 1e-6);
  RC_ASSERT(std::abs(fit.at(0) - intercept) < 1e-6);
}

TEST(LineFit, StandardErrorsMatchTheScatterOfManyFits) {
  constexpr int kRuns = 400, kPoints = 100;
  uint64_t state = 1;
  const auto uniform = [&] {  // variance 1/12
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<double>(state >> 11) * 0x1p-53 - 0.5;
  };
  double sum_value = 0, sum_slope = 0, se_value = 0, se_slope = 0;
  for (int run = 0; run < kRuns; ++run) {
    std::vector<double> x, y;
    for (int i = 0; i < kPoints; ++i) {
      x.push_back(i);
      y.push_back(uniform());
    }
    const LineFit fit = fit_line(x, y, 0);
    sum_value += fit.value * fit.value;
    sum_slope += fit.slope * fit.slope;
    se_value += fit.value_se / kRuns;
    se_slope += fit.slope_se / kRuns;
  }
  EXPECT_NEAR(std::sqrt(sum_value / kRuns) / se_value, 1, 0.12);
  EXPECT_NEAR(std::sqrt(sum_slope / kRuns) / se_slope, 1, 0.12);
}

TEST(LineFit, TheRobustFitDoesNotHearAFewWildPoints) {
  std::vector<double> x, y;
  for (int i = 0; i < 100; ++i) {
    x.push_back(i);
    y.push_back(5 + 0.25 * i + (i % 3 - 1));
  }
  y[10] = 4000;
  y[90] = -9000;
  const LineFit fit = fit_line_robust(x, y, 50, 5);
  EXPECT_EQ(fit.rejected, 2u);
  EXPECT_NEAR(fit.slope, 0.25, 0.01);
  EXPECT_NEAR(fit.value, 17.5, 0.3);
}

TEST(LineFit, OfAFewPointsItIsTheMedianWithoutARate) {
  const std::vector<double> x = {0, 1, 2}, y = {67, 67, 77};
  const LineFit fit = fit_line_robust(x, y, 1, 22);
  EXPECT_EQ(fit.value, 67);
  EXPECT_EQ(fit.slope, 0);
  EXPECT_GT(fit.slope_se, 0.3);
}

TEST(LineFit, OfNothingIsZero) {
  EXPECT_EQ(fit_line({}, {}, 0).value, 0);
  EXPECT_EQ(fit_line_robust({}, {}, 0, 1).used, 0u);
  EXPECT_EQ(median({}), 0);
}

RC_GTEST_PROP(ClockMap, GoesThereAndBack, ()) {
  const int fps = *rc::gen::element(5, 15, 30);
  const double ppm = *rc::gen::inRange(-6000, 6000);
  const double offset_us = *rc::gen::inRange(-1'000'000, 1'000'000);
  std::vector<TickStamp> stamps;
  for (int64_t tick = 100; tick < 400; ++tick) {
    const double rig_us =
        static_cast<double>(rig_time(Tick{tick}, fps).time_since_epoch().count()) / 1e3;
    stamps.push_back(
        {tick, DeviceTime(Nanos(std::llround((offset_us + rig_us * (1 + ppm * 1e-6)) * 1e3)))});
  }
  const ClockMap map = fit_clock_map(stamps, fps);
  RC_ASSERT(std::abs(map.rate_ppm - ppm) < 0.01);
  for (const TickStamp& s : {stamps.front(), stamps[77], stamps.back()}) {
    const RigTime rig = map.rig(s.stamp);
    RC_ASSERT(std::abs((rig - rig_time(Tick{s.tick}, fps)).count()) < 100);
    RC_ASSERT(std::abs(since(s.stamp, map.device(rig)).count()) < 100);
  }
}

}  // namespace
}  // namespace lockstep
