// SPDX-License-Identifier: MIT
#include "lockstep/report/plan_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kPlan =
    R"({"schema":1,"rig":"<corner>","virtual":true,"frame_rate":30,"source":"a","external_source":false,
"settle_before_master_s":0,"cameras":[
{"name":"a","serial":"virtual-0001","family":"azure-kinect","config":{"color_mode":"MJPG_720P","depth_mode":"NFOV_UNBINNED","frame_rate":30,
"wired_sync":"MASTER","depth_delay_us":0,"subordinate_delay_us":0},"start_order":1,"hops":0,"color_delay_us":0,"depth_delay_us":0,
"depth_offset_us":0,"first_pulse_us":31135.8,"laser":{"pulses":9,"pulse_us":125,"pitch_us":1575}},
{"name":"b","serial":"virtual-0002","family":"azure-kinect","config":{"color_mode":"OFF","depth_mode":"NFOV_UNBINNED","frame_rate":30,
"wired_sync":"SUBORDINATE","depth_delay_us":0,"subordinate_delay_us":167,"exposure_us":8330},"start_order":0,"hops":0,"color_delay_us":166.7,
"depth_delay_us":0,"depth_offset_us":166.7,"first_pulse_us":31302.5,"laser":{"pulses":9,"pulse_us":125,"pitch_us":1575}}],
"gaps":[{"a":"a","b":"b","gap_us":41.7,"may_overlap":true}],
"dark_gap":{"least_us":30,"aimed_us":40},
"load":[{"what":"disk","megabytes_per_s":100,"limit_megabytes_per_s":0,"cameras":["a","b"]}],
"wiring":[{"from":"a Sync Out","to":"b Sync In","part":"cable, 3 m","remark":"","from_node":"a","to_node":"b"}],
"wiring_notes":["tip = signal"],
"findings":[{"severity":"warning","rule":"long-link","where":"rig.toml:3","message":"too <long>","mend":"shorten it"}]})";

TEST(PlanPage, ShowsWhatThePlanSays) {
  const auto page = plan_page_html(kPlan);
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_THAT(*page, AllOf(HasSubstr("&lt;corner&gt;: the plan"),
                           HasSubstr("the plan holds, with 1 warning"),
                           HasSubstr("too &lt;long&gt;"), HasSubstr("Mend: shorten it"),
                           HasSubstr("rig.toml:3"), HasSubstr("tip = signal"), HasSubstr("41.7 µs"),
                           HasSubstr("30 µs are needed, 40 aimed for")));
  EXPECT_THAT(
      *page, AllOf(HasSubstr("Cable graph"), HasSubstr("b: pulse 9 at"), HasSubstr(">3 m</text>")));
  EXPECT_THAT(*page,
              AllOf(Not(HasSubstr("http")), Not(HasSubstr("<script")), Not(HasSubstr("<corner>"))));
}

TEST(PlanPage, DrawsEveryPulseOfEveryCameraInTheFrame) {
  const auto page = plan_page_html(kPlan);
  ASSERT_TRUE(page);
  size_t pulses = 0;
  for (size_t at = page->find(": pulse "); at != std::string::npos;
       at = page->find(": pulse ", at + 1))
    ++pulses;
  EXPECT_EQ(pulses, 2u * 9 + 2)
      << "nine of each camera in the frame, one of each in the enlarged pitch";
}

TEST(PlanPage, SaysWhatALineCarriesOnlyWhereThatIsKnown) {
  EXPECT_THAT(*plan_page_html(kPlan), Not(HasSubstr("carries about")));
  std::string limited = kPlan;
  const std::string none = "\"limit_megabytes_per_s\":0";
  limited.replace(limited.find(none), none.size(), "\"limit_megabytes_per_s\":350");
  EXPECT_THAT(*plan_page_html(limited), AllOf(HasSubstr("carries about"), HasSubstr("350 MB/s")));
}

TEST(PlanPage, RefusesWhatIsNoPlan) {
  for (const char* bad : {"", "[]", "{}", R"({"rig":"x"})"}) {
    const auto page = plan_page_html(bad);
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().code, Errc::unusable_input);
  }
}

}  // namespace
}  // namespace lockstep
