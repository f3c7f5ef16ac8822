// SPDX-License-Identifier: MIT
// That the full-rate program sees what it looks for.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "bench/full_rate/judge.h"

namespace lockstep::full_rate {
namespace {

using ::testing::HasSubstr;

constexpr double kDelayUs = 500;

/// A camera at 30 fps whose colour is so far after the pulses, and its depth after the colour.
Camera camera(double color_us, double depth_us = 0) {
  Camera made;
  for (int tick = 5; tick < 105; ++tick) {
    const double stamp_us = tick * 1e6 / 30 + color_us;
    made.color_us.push_back(std::llround(stamp_us));
    made.depth_us.push_back(std::llround(stamp_us + depth_us));
    made.late_us.push_back(1000 * tick);
  }
  made.processor_s = 1;
  return made;
}

Camera without(Camera made, size_t capture) {
  const auto at = static_cast<ptrdiff_t>(capture);
  made.color_us.erase(made.color_us.begin() + at);
  made.depth_us.erase(made.depth_us.begin() + at);
  return made;
}

Outcome judged(const Camera& master, const Camera& subordinate) {
  return judge(*mode_of("NV12_720P+NFOV_UNBINNED"), {master, subordinate}, kDelayUs);
}

TEST(FullRate, HasEveryModeOfTheCamera) {
  const auto all = all_modes();
  const auto with_color =
      std::count_if(all.begin(), all.end(), [](const Mode& mode) { return mode.color_on(); });
  EXPECT_EQ(all.size(), 89U);
  EXPECT_EQ(with_color, 84);
  EXPECT_EQ(mode_of("BGRA_3072P+OFF")->frames_per_second(), 15);
  EXPECT_EQ(mode_of("MJPG_720P+WFOV_UNBINNED")->frames_per_second(), 15);
  EXPECT_EQ(mode_of("OFF+PASSIVE_IR")->frames_per_second(), 30);
  EXPECT_FALSE(mode_of("NV12_1080P+OFF"));
}

TEST(FullRate, OfCamerasInStepIsFine) {
  const Outcome outcome = judged(camera(0), camera(kDelayUs + 20, -30));
  EXPECT_EQ(outcome.problem, "");
  EXPECT_EQ(outcome.captures, 180);
  EXPECT_NEAR(outcome.color_us, 20, 1);
  EXPECT_NEAR(outcome.depth_us, -30, 1);
  EXPECT_NEAR(outcome.late_ms, 104, 0.1);
  EXPECT_NEAR(outcome.processors, 0.6, 0.01);
}

TEST(FullRate, SeesAFrameThatIsLostAfterTheFirstTen) {
  EXPECT_EQ(judged(without(camera(0), 5), camera(kDelayUs)).problem, "");
  const Outcome outcome = judged(camera(0), without(without(camera(kDelayUs), 50), 50));
  EXPECT_EQ(outcome.lost, 4) << "two of either stream";
  EXPECT_THAT(outcome.problem, HasSubstr("lost"));
  Camera twice = camera(0);
  twice.color_us[60] = twice.color_us[59] + 22;
  EXPECT_GT(judged(twice, camera(kDelayUs)).lost, 0);
}

TEST(FullRate, SeesStampsThatAreOffThePlan) {
  EXPECT_THAT(judged(camera(0), camera(kDelayUs + 101)).problem, HasSubstr("colour is off by 101"));
  EXPECT_THAT(judged(camera(0), camera(kDelayUs, -101)).problem, HasSubstr("depth is off"));
  EXPECT_THAT(judged(camera(0), camera(kDelayUs + 16'000)).problem, HasSubstr("colour is off"));
  Camera astray = camera(kDelayUs);
  for (size_t i : {40, 41}) astray.color_us[i] += 111;
  EXPECT_EQ(judged(camera(0), astray).problem, "");
  astray.color_us[42] += 111;
  EXPECT_THAT(judged(camera(0), astray).problem, HasSubstr("3 ticks in a row"));
}

TEST(FullRate, TakesACameraThatFailsAtItsWord) {
  EXPECT_THAT(judged(camera(0), read_camera("does not start\n")).problem,
              HasSubstr("does not start"));
  EXPECT_THAT(judged(camera(0), read_camera("started\n1 2 3\n")).problem,
              HasSubstr("without a word"));
  const Camera read = read_camera("started\n1 2 3\n4 5 6\nend 7 0.5\n");
  EXPECT_EQ(read.failure, "");
  EXPECT_EQ(read.color_us, (std::vector<int64_t>{1, 4}));
  EXPECT_THAT(judged(camera(0), read).problem, HasSubstr("7 images"));
}

}  // namespace
}  // namespace lockstep::full_rate
