// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "lockstep/rig/plan.h"
#include "lockstep/rig/rig_file.h"
#include "tests/support/files.h"
#include "tests/support/program.h"

namespace lockstep {
namespace {

using ::testing::HasSubstr;

Plan demo_plan() {
  const auto rig = parse_rig(demo_rig_toml(), "demo");
  EXPECT_TRUE(rig) << rig.error().message;
  return make_plan(*rig);
}

CameraConfig any_config() {
  CameraConfig config;
  config.color_format =
      *rc::gen::element(ColorFormat::mjpg, ColorFormat::nv12, ColorFormat::bgra32);
  config.color_resolution = *rc::gen::element(ColorResolution::p720, ColorResolution::p3072);
  config.depth_mode = static_cast<DepthMode>(*rc::gen::inRange(0, 6));
  config.frame_rate = static_cast<FrameRate>(*rc::gen::inRange(0, 4));
  config.wired_sync = static_cast<WiredSync>(*rc::gen::inRange(0, 3));
  config.depth_delay_off_color = Micros(*rc::gen::inRange(-40000, 40000));
  config.subordinate_delay_off_master = Micros(*rc::gen::inRange(0, 40000));
  config.imu = *rc::gen::arbitrary<bool>();
  if (*rc::gen::arbitrary<bool>()) config.exposure = Micros(*rc::gen::inRange(1, 100000));
  if (*rc::gen::arbitrary<bool>()) config.gain = *rc::gen::inRange(0, 256);
  if (*rc::gen::arbitrary<bool>()) config.white_balance_k = *rc::gen::inRange(2500, 12500);
  if (*rc::gen::arbitrary<bool>())
    config.powerline = *rc::gen::element(Powerline::hz50, Powerline::hz60);
  return config;
}

RC_GTEST_PROP(PlanJson, ReadsBackWhatItWrote, ()) {
  Plan plan = demo_plan();
  for (PlannedCamera& camera : plan.cameras) {
    camera.config = any_config();
    camera.color_delay_us = *rc::gen::inRange(0, 300000) / 9.0;
    camera.first_pulse_us = *rc::gen::inRange(0, 300000) / 7.0;
    camera.family = *rc::gen::element(Family::azure_kinect, Family::femto_mega);
    camera.clock_disciplined = *rc::gen::arbitrary<bool>();
  }
  plan.rig_name = "quote \" backslash \\ line\n";
  plan.findings.push_back({Severity::warning, "a-rule", "x:1", "message", "mend"});
  const std::string json = plan_to_json(plan);
  const auto read = plan_from_json(json);
  RC_ASSERT(static_cast<bool>(read));
  RC_ASSERT(plan_to_json(*read) == json);
  for (size_t i = 0; i < plan.cameras.size(); ++i) {
    RC_ASSERT(read->cameras[i].config == plan.cameras[i].config);
    RC_ASSERT(read->cameras[i].first_pulse_us == plan.cameras[i].first_pulse_us);
    RC_ASSERT(read->cameras[i].clock_disciplined == plan.cameras[i].clock_disciplined);
  }
}

TEST(PlanAsJson, KeepsToItsSchema) {
  for (const auto& entry :
       std::filesystem::directory_iterator(testing::source_file("examples/rigs"))) {
    const auto rig = read_rig_file(entry.path());
    ASSERT_TRUE(rig) << rig.error().message;
    EXPECT_EQ(testing::schema_problems(plan_to_json(make_plan(*rig)), "plan"), "") << entry.path();
  }
}

TEST(PlanAsJson, RefusesWhatIsNoPlan) {
  const std::string good = plan_to_json(demo_plan());
  ASSERT_TRUE(plan_from_json(good));
  const auto changed = [&](std::string_view from, std::string_view to) {
    std::string bad = good;
    const size_t at = bad.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return bad.replace(at, from.size(), to);
  };
  for (const std::string& bad :
       {std::string(), std::string("[]"), std::string("{}"),
        changed("\"schema\": 1", "\"schema\": 2"), changed("NFOV_UNBINNED", "NFOV"),
        changed("azure-kinect", "kinect"), changed("disciplined", "wild"),
        changed("\"cameras\"", "\"kameras\""),
        changed("\"frame_rate\": 30", "\"frame_rate\": 31")}) {
    const auto plan = plan_from_json(bad);
    ASSERT_FALSE(plan) << bad;
    EXPECT_EQ(plan.error().code, Errc::unusable_input);
    EXPECT_THAT(plan.error().message, HasSubstr("not the JSON of a plan"));
  }
}

}  // namespace
}  // namespace lockstep
