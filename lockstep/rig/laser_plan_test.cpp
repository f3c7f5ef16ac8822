// SPDX-License-Identifier: MIT
#include "lockstep/rig/laser_plan.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <set>

#include "lockstep/time/tick.h"

namespace lockstep {
namespace {

constexpr LaserTrain kNarrow{9, 125, 1575};
constexpr double kPeriod30 = 1e6 / 30;

Rig chain(int count, DepthMode mode = DepthMode::nfov_unbinned, FrameRate rate = FrameRate::fps30) {
  Rig rig;
  rig.frame_rate = rate;
  rig.world = RigWorld{};
  for (int i = 0; i < count; ++i) {
    RigCamera camera;
    camera.name = fmt::format("c{}", i);
    camera.serial = fmt::format("virtual-{:04}", i + 1);
    camera.config.depth_mode = mode;
    camera.config.frame_rate = rate;
    camera.config.exposure = Micros(8330);
    camera.config.powerline = Powerline::hz60;
    rig.cameras.push_back(camera);
    if (i > 0)
      rig.cables.push_back({{fmt::format("c{}", i - 1), "out"}, {camera.name, "in"}, 2.0, {}});
  }
  return rig;
}

bool has_rule(const Plan& plan, std::string_view rule) {
  return std::any_of(plan.findings.begin(), plan.findings.end(),
                     [&](const PlanFinding& f) { return f.rule == rule; });
}

// The oracle: paint every pulse of both cameras over several frames in steps of 1/9 us (all our
// times are multiples of that) and look for the closest edges.
double laid_out_gap(const LaserTrain& a, double a_start, const LaserTrain& b, double b_start,
                    double period) {
  std::vector<std::pair<double, double>> of_b;
  for (int frame = -2; frame <= 2; ++frame) {
    for (int j = 0; j < b.pulses; ++j)
      of_b.emplace_back(b_start + frame * period + j * b.pitch_us, b.pulse_us);
  }
  double smallest = 1e18;
  for (int i = 0; i < a.pulses; ++i) {
    const double start = a_start + i * a.pitch_us;
    for (const auto& [other, width] : of_b) {
      smallest = std::min(smallest,
                          other >= start ? other - (start + a.pulse_us) : start - (other + width));
    }
  }
  return smallest;
}

RC_GTEST_PROP(DarkGap, AgreesWithLayingOutEveryPulse, ()) {
  const auto train = rc::gen::element(kNarrow, LaserTrain{9, 125, 2515}, LaserTrain{9, 125, 1475});
  const LaserTrain a = *train;
  const LaserTrain b = *train;
  const double period = frame_period_us(*rc::gen::element(15, 25, 30));
  const double a_start = *rc::gen::inRange(0, static_cast<int>(period));
  const double b_start = *rc::gen::inRange(0, static_cast<int>(period));
  RC_ASSERT(std::abs(dark_gap_us(a, a_start, b, b_start, period) -
                     laid_out_gap(a, a_start, b, b_start, period)) < 1e-6);
}

TEST(DarkGap, KnownFigures) {
  EXPECT_NEAR(dark_gap_us(kNarrow, 0, kNarrow, 155.556, kPeriod30), 30.556, 0.01);
  EXPECT_NEAR(dark_gap_us(kNarrow, 0, kNarrow, 166.667, kPeriod30), 41.667, 0.01);
  EXPECT_NEAR(dark_gap_us(kNarrow, 0, kNarrow, 0, kPeriod30), -125, 1e-9);
  // The tenth camera at 160 us steps comes 10 us before the next pulse of the first.
  EXPECT_NEAR(dark_gap_us(kNarrow, 0, kNarrow, 1440, kPeriod30), 10, 1e-6);
  // A second block at 12 800 us would start 40 us after the last pulse of the first block's second
  // camera.
  EXPECT_NEAR(dark_gap_us(kNarrow, 160, kNarrow, 12800, kPeriod30), 40 - 125, 1e-6);
  EXPECT_GT(dark_gap_us(kNarrow, 0, kNarrow, 14040, kPeriod30), 35);
  EXPECT_TRUE(std::isinf(dark_gap_us({}, 0, kNarrow, 0, kPeriod30)));
}

TEST(LaserPlan, NineNarrowCamerasFitAtTheAimedGap) {
  const Plan plan = make_plan(chain(9));
  EXPECT_GE(plan.gaps.front().gap_us, kAimedDarkGapUs);
  EXPECT_EQ(plan.cameras[1].config.subordinate_delay_off_master, Micros(167));
  EXPECT_EQ(plan.cameras[2].config.subordinate_delay_off_master, Micros(334));
  EXPECT_EQ(plan.cameras[3].config.subordinate_delay_off_master, Micros(500));
  EXPECT_LT(plan.cameras[8].color_delay_us, 1575);
  EXPECT_FALSE(has_rule(plan, "tight-lasers"));
  EXPECT_FALSE(plan.has_errors());
}

TEST(LaserPlan, TheTenthIsTightWithANote) {
  const Plan plan = make_plan(chain(10));
  EXPECT_NEAR(plan.gaps.front().gap_us, 30.556, 0.01);
  EXPECT_LT(plan.cameras[9].color_delay_us, 1575);
  EXPECT_TRUE(has_rule(plan, "tight-lasers"));
  EXPECT_FALSE(has_rule(plan, "laser-gap-tight")) << "nobody gave a delay";
  EXPECT_FALSE(plan.has_errors());
}

TEST(LaserPlan, TheEleventhGoesToASecondBlockAndSaysSo) {
  const Plan plan = make_plan(chain(11));
  EXPECT_GE(plan.gaps.front().gap_us, kAimedDarkGapUs);
  EXPECT_TRUE(has_rule(plan, "second-block"));
  EXPECT_FALSE(plan.has_errors());
}

TEST(LaserPlan, WhatDoesNotFitIsAnError) {
  const Plan plan = make_plan(chain(20));
  EXPECT_TRUE(has_rule(plan, "no-laser-slot"));
  EXPECT_FALSE(has_rule(plan, "lasers-meet")) << "one cause, one error";
  EXPECT_THAT(plan.findings[0].mend, ::testing::Not(::testing::HasSubstr("delay")))
      << "nobody gave a delay";
}

TEST(LaserPlan, FifteenWideUnbinnedCamerasFit) {
  const Plan plan = make_plan(chain(15, DepthMode::wfov_unbinned, FrameRate::fps15));
  EXPECT_FALSE(has_rule(plan, "tight-lasers"));
  EXPECT_FALSE(has_rule(plan, "second-block"));
  EXPECT_GE(plan.gaps.front().gap_us, kAimedDarkGapUs);
  EXPECT_FALSE(plan.has_errors());
}

TEST(LaserPlan, CamerasThatNeverOverlapShareAPhase) {
  Rig rig = chain(4);
  rig.lasers.never_overlap = {{"c0", "c1"}, {"c2", "c3"}};
  const Plan plan = make_plan(rig);
  std::set<int64_t> delays;
  for (const PlannedCamera& camera : plan.cameras)
    delays.insert(camera.config.subordinate_delay_off_master.count());
  EXPECT_EQ(delays, (std::set<int64_t>{0, 167}));
  EXPECT_FALSE(plan.has_errors());
  EXPECT_FALSE(plan.gaps.front().may_overlap);
  EXPECT_LT(plan.gaps.front().gap_us, 0);
}

TEST(LaserPlan, DepthOnlyKeepsColorsTogether) {
  Rig rig = chain(3);
  rig.lasers.stagger = LaserStagger::depth_only;
  const Plan plan = make_plan(rig);
  for (const PlannedCamera& camera : plan.cameras)
    EXPECT_EQ(camera.color_delay_us, 0) << camera.name;
  EXPECT_NEAR(plan.cameras[2].depth_delay_us, 333.33, 0.01);
  EXPECT_GE(plan.gaps.front().gap_us, kAimedDarkGapUs);
}

TEST(LaserPlan, GivenDelaysStayAndOthersMoveAround) {
  Rig rig = chain(3);
  rig.cameras[2].has_subordinate_delay = true;
  rig.cameras[2].config.subordinate_delay_off_master = Micros(160);
  const Plan plan = make_plan(rig);
  EXPECT_EQ(plan.cameras[2].config.subordinate_delay_off_master, Micros(160));
  EXPECT_NEAR(plan.cameras[1].color_delay_us, 333.33, 0.01);
  EXPECT_TRUE(has_rule(plan, "laser-gap-tight"))
      << "155.6 us from the master is accepted with a note";
  EXPECT_FALSE(plan.has_errors());
}

TEST(LaserPlan, PassiveIrDisturbsNobody) {
  const Plan plan = make_plan(chain(3, DepthMode::passive_ir));
  EXPECT_TRUE(plan.gaps.empty());
  EXPECT_EQ(plan.cameras[2].color_delay_us, 0);
}

RC_GTEST_PROP(LaserPlanProperty, ColorOffMovesNoLaser, ()) {
  Rig rig = chain(*rc::gen::inRange(2, 9), DepthMode::nfov_unbinned,
                  *rc::gen::element(FrameRate::fps5, FrameRate::fps15, FrameRate::fps30));
  const auto exposure = *rc::gen::element(500, 8000, 8330, 16670);
  for (size_t i = 0; i < rig.cameras.size(); ++i) {
    rig.cameras[i].config.exposure = Micros(exposure);
    rig.cameras[i].has_subordinate_delay = i > 0;
    rig.cameras[i].config.subordinate_delay_off_master = Micros(160 * static_cast<int>(i));
  }
  const Plan with = make_plan(rig);
  for (size_t i = 1; i < rig.cameras.size(); ++i) {
    if (*rc::gen::arbitrary<bool>()) rig.cameras[i].config.color_resolution = ColorResolution::off;
  }
  const Plan without = make_plan(rig);
  RC_ASSERT(with.gaps.size() == without.gaps.size());
  for (const LaserGap& gap : with.gaps) {
    const auto same = std::find_if(without.gaps.begin(), without.gaps.end(),
                                   [&](const LaserGap& g) { return g.a == gap.a && g.b == gap.b; });
    RC_ASSERT(std::abs(same->gap_us - gap.gap_us) < 1e-6);
  }
}

RC_GTEST_PROP(LaserPlanProperty, WhatThePlannerChoosesIsNeverTooClose, ()) {
  const auto mode = *rc::gen::element(DepthMode::nfov_unbinned, DepthMode::wfov_2x2binned,
                                      DepthMode::wfov_unbinned);
  const auto rate = mode == DepthMode::wfov_unbinned
                        ? FrameRate::fps15
                        : *rc::gen::element(FrameRate::fps5, FrameRate::fps15, FrameRate::fps30);
  Rig rig = chain(*rc::gen::inRange(2, 15), mode, rate);
  rig.lasers.stagger = *rc::gen::element(LaserStagger::whole_camera, LaserStagger::depth_only);
  const Family family = *rc::gen::element(Family::azure_kinect, Family::femto_bolt);
  for (RigCamera& camera : rig.cameras) camera.family = family;
  const auto pairs = *rc::gen::container<std::vector<std::pair<size_t, size_t>>>(
      3, rc::gen::pair(rc::gen::inRange<size_t>(0, rig.cameras.size()),
                       rc::gen::inRange<size_t>(0, rig.cameras.size())));
  for (const auto& [a, b] : pairs)
    rig.lasers.never_overlap.push_back({rig.cameras[a].name, rig.cameras[b].name});
  const Plan plan = make_plan(rig);
  if (has_rule(plan, "no-laser-slot")) return;
  const double period = frame_period_us(frames_per_second(rate));
  for (const LaserGap& gap : plan.gaps) {
    if (!gap.may_overlap) continue;
    const PlannedCamera& a = *plan.find(gap.a);
    const PlannedCamera& b = *plan.find(gap.b);
    RC_ASSERT(gap.gap_us >= kLeastDarkGapUs);
    RC_ASSERT(laid_out_gap(a.laser, a.first_pulse_us, b.laser, b.first_pulse_us, period) >=
              kLeastDarkGapUs - 1e-6);
  }
  for (const PlannedCamera& camera : plan.cameras) {
    RC_ASSERT(check_config(camera.family, camera.config).outcome != ConfigCheck::Outcome::invalid);
  }
}

}  // namespace
}  // namespace lockstep
