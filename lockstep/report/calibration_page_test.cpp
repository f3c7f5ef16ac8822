// SPDX-License-Identifier: MIT
#include "lockstep/report/calibration_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lockstep/report/calibration_drawings.h"

namespace lockstep {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kCalibration = R"({"schema": 1, "kind": "lockstep-calibration",
 "origin": "camera", "simulated": true, "take": "a<b", "verdict": "weak",
 "cameras": [{"name": "left&", "rig_from_depth": {"rotation": [[1,0,0],[0,1,0],[0,0,1]],
   "translation_m": [0, 0, 0]}, "rig_from_depth_covariance": [[0,0,0,0,0,0],[0,0,0,0,0,0],
   [0,0,0,0,0,0],[0,0,0,0,0,0],[0,0,0,0,0,0],[0,0,0,0,0,0]], "depth_offset_m": 0.004,
   "depth": {"width_px": 640, "fx_px": 504}}],
 "board": {"squares_x": 9, "squares_y": 7, "square_m": 0.08, "square_by_depth": null},
 "ticks": {"looked_at": 3, "out_of_step": 0, "solved_with": 2, "held_out": 1, "alike": 0},
 "held_out": null, "pairs": [],
 "evidence": [{"camera": "left&", "color": {"views": 0, "rms_px": 0, "worst_view_px": 0,
   "coverage": 0}, "infrared": {"views": 2, "rms_px": 0.25, "worst_view_px": 0.5, "coverage": 0.5},
   "depth_rms_mm": 1.5, "nearest_m": 1, "farthest_m": 2, "most_tilt_deg": 30}],
 "advice": [{"level": "fail", "rule": "few-shared-ticks", "cameras": [],
   "message": "x < y share only 3 ticks", "mend": "show it"}]})";
constexpr const char* kShown = R"([{"camera": "left&", "sensor": "infrared", "tick": 2,
 "worst": true, "rms_px": 0.5, "corners": [[0, 10, 20, 11, 20]]}])";

TEST(CalibrationPage, ShowsWhatTheJsonSays) {
  const auto page = calibration_page_html(kCalibration, kShown, {{"abc", 640, 576}});
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_THAT(*page, HasSubstr("a&lt;b"));
  EXPECT_THAT(*page, HasSubstr("</span> <b>simulated</b></p>"));
  EXPECT_THAT(*page, Not(HasSubstr("x < y")));
  EXPECT_THAT(*page, HasSubstr("<b>Do:</b> show it"));
  EXPECT_THAT(*page, HasSubstr("+4.0"));
  EXPECT_THAT(*page, HasSubstr("0.250 px, 2 views, 50 %"));
  EXPECT_THAT(*page, HasSubstr("base64,YWJj\""));
  EXPECT_THAT(*page, HasSubstr("left&amp;, infrared, tick 2: 1 corners, 0.50 px, the worst one"));
}

/// Two level cameras, the second 3 m ahead of the first and 1 m to the right, looking back.
/// Rotations and places are JSON.
std::string two_cameras(const char* origin, const char* first, const char* first_at,
                        const char* second, const char* second_at) {
  const auto camera = [](const char* name, const char* rotation, const char* at) {
    return std::string(R"({"name": ")") + name + R"(", "rig_from_depth": {"rotation": )" +
           rotation + R"(, "translation_m": )" + at +
           R"(}, "depth": {"width_px": 640, "fx_px": 504}})";
  };
  return std::string(R"({"origin": ")") + origin + R"(", "pairs": [], "cameras": [)" +
         camera("a", first, first_at) + ", " + camera("b", second, second_at) + "]}";
}

TEST(CalibrationPage, LooksFromAboveWhateverFixesTheRigsFrame) {
  constexpr const char* kAhead = "[[1,0,0],[0,0,1],[0,-1,0]]";   // of z up: along y
  constexpr const char* kBack = "[[-1,0,0],[0,0,-1],[0,-1,0]]";  // the other way
  const std::string level =
      draw_rig_from_above(two_cameras("floor", kAhead, "[0,0,1.2]", kBack, "[1,3,1.2]"));
  EXPECT_EQ(draw_rig_from_above(two_cameras("board", kAhead, "[0,0,1.2]", kBack, "[1,3,1.2]")),
            level)
      << "of a board on the floor";
  // Of a board on the wall before the first camera: y up, z out of it.
  EXPECT_EQ(draw_rig_from_above(two_cameras("board", "[[1,0,0],[0,-1,0],[0,0,-1]]", "[0,0,4]",
                                            "[[-1,0,0],[0,-1,0],[0,0,1]]", "[1,0,1]")),
            level);
  EXPECT_EQ(draw_rig_from_above(two_cameras("camera", "[[1,0,0],[0,1,0],[0,0,1]]", "[0,0,0]",
                                            "[[-1,0,0],[0,1,0],[0,0,-1]]", "[1,0,3]")),
            level);
}

TEST(CalibrationPage, SaysWhereItsViewFromAboveIsNotByGravity) {
  EXPECT_THAT(*calibration_page_html(kCalibration, kShown, {{}}),
              HasSubstr("As the cameras stand: above is where the tops of their pictures point"));
  std::string on_floor = kCalibration;
  on_floor.replace(on_floor.find("\"camera\""), 8, "\"floor\"");
  EXPECT_THAT(*calibration_page_html(on_floor, kShown, {{}}),
              Not(HasSubstr("As the cameras stand")));
}

TEST(CalibrationPage, LeavesOutViewsWithoutAPicture) {
  const auto page = calibration_page_html(kCalibration, kShown, {{}});
  ASSERT_TRUE(page);
  EXPECT_THAT(*page, Not(HasSubstr("base64")));
}

TEST(CalibrationPage, RefusesWhatIsNoCalibration) {
  for (const char* json : {"", "{}", "[]", "{\"cameras\": 3}"}) {
    const auto page = calibration_page_html(json, "[]", {});
    ASSERT_FALSE(page) << json;
    EXPECT_EQ(page.error().code, Errc::unusable_input);
  }
}

}  // namespace
}  // namespace lockstep
