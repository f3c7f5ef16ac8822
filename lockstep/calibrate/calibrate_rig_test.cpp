// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/calibrate_rig.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "lockstep/calibrate/calibration_report_json.h"
#include "tests/support/synthetic_boards.h"

namespace lockstep {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using testing::SyntheticErrors;
using testing::SyntheticRig;

constexpr double kSharpPx = 1.3;

BoardEvidence evidence_of(const SyntheticRig& rig) {
  BoardEvidence evidence;
  evidence.cameras = rig.factory;
  evidence.board = rig.board;
  for (size_t i = 0; i < rig.factory.size(); ++i)
    evidence.serials.push_back("virtual-000" + std::to_string(i + 1));
  for (const BoardView& view : rig.views) evidence.sightings.push_back({view, kSharpPx, 10, 0, 0});
  return evidence;
}

/// Four cameras on a circle that saw the board between each two neighbours.
SyntheticRig circle(int ticks_each = 24, uint64_t seed = 4) {
  SyntheticRig rig(seed, SyntheticErrors{});
  rig.stand_on_circle(4, 2.5);
  rig.show_to_neighbours_on_circle(ticks_each);
  return rig;
}

std::string refusal(const BoardEvidence& evidence) {
  const auto report = calibrate_rig(evidence);
  EXPECT_FALSE(report);
  if (report) return {};
  EXPECT_EQ(report.error().code, Errc::unusable_input);
  return report.error().message;
}

const Advice* find(const CalibrationReport& report, const std::string& rule) {
  const auto found = std::find_if(report.advice.begin(), report.advice.end(),
                                  [&](const Advice& one) { return one.rule == rule; });
  return found == report.advice.end() ? nullptr : &*found;
}

TEST(CalibrateRig, SaysHowGoodItIs) {
  const SyntheticRig rig = circle();
  const auto report = calibrate_rig(evidence_of(rig));
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(report->passes()) << report->advice.front().message;
  ASSERT_EQ(report->calibration.cameras.size(), 4u);
  EXPECT_EQ(report->calibration.cameras[2].serial, "virtual-0003");
  for (size_t i = 1; i < 4; ++i) {
    const Eigen::Vector3d off = report->calibration.cameras[i].rig_from_depth.translation -
                                rig.rig_from_depth(i).translation;
    EXPECT_LT(off.norm(), 0.004) << i;
  }
  EXPECT_GE(report->held_out_ticks, 8);
  EXPECT_GT(report->held_out.all.mm, 0.1);
  EXPECT_LT(report->held_out.all.mm, 3);
  EXPECT_NEAR(report->square_by_depth.ratio, 1, 0.003);
  EXPECT_GE(report->pairs.size(), 4u);
  for (const CameraEvidence& camera : report->cameras) {
    EXPECT_GT(camera.color.views, 5);
    EXPECT_NEAR(camera.color.rms_px, 0.14, 0.04) << "a tenth of a pixel along each axis";
    EXPECT_GT(camera.most_tilt_deg, 30);
  }
  EXPECT_EQ(report->shown.size(), 16u) << "the fullest and the worst of every sensor";
  EXPECT_TRUE(parse_rig_calibration(calibration_report_to_json(*report)));
}

TEST(CalibrateRig, RefusesWhenNobodySawTheBoard) {
  BoardEvidence evidence = evidence_of(circle(2));
  for (BoardSighting& seen : evidence.sightings) seen.view.corners.clear();
  EXPECT_THAT(refusal(evidence), HasSubstr("no camera saw the board"));
}

TEST(CalibrateRig, NamesCamerasThatNeverSawIt) {
  BoardEvidence evidence = evidence_of(circle(4));
  std::erase_if(evidence.sightings, [](const BoardSighting& s) { return s.view.camera == 2; });
  EXPECT_THAT(refusal(evidence), AllOf(HasSubstr("'cam2' never saw the board"),
                                       ::testing::Not(HasSubstr("one camera only"))));
  std::erase_if(evidence.sightings, [](const BoardSighting& s) { return s.view.camera != 1; });
  EXPECT_THAT(refusal(evidence),
              AllOf(HasSubstr("one camera only"), HasSubstr("'cam0', 'cam2' and 'cam3'")));
}

TEST(CalibrateRig, NamesGroupsThatShareNoTick) {
  BoardEvidence evidence = evidence_of(circle(5));
  std::erase_if(evidence.sightings, [](const BoardSighting& seen) {
    const bool first_pair = seen.view.tick < 5 && seen.view.camera < 2;
    const bool last_pair = seen.view.tick >= 10 && seen.view.tick < 15 && seen.view.camera >= 2;
    return !first_pair && !last_pair;
  });
  EXPECT_THAT(refusal(evidence), HasSubstr("'cam0' and 'cam1'; 'cam2' and 'cam3'"));
}

TEST(CalibrateRig, FindsAWrongSizeByDepth) {
  BoardEvidence evidence = evidence_of(circle(4));
  evidence.board.square_m = 0.060;
  evidence.board.marker_m = 0.045;
  EXPECT_THAT(refusal(evidence), AllOf(HasSubstr("squares of 60.0 mm"),
                                       ::testing::ContainsRegex("measure (79|80)\\.[0-9] mm")));
}

TEST(CalibrateRig, FindsABoardThatWasFittedToThePage) {
  BoardEvidence evidence = evidence_of(circle(12));
  evidence.board.square_m = 0.0816;
  EXPECT_THAT(refusal(evidence), AllOf(HasSubstr("squares of 81.6 mm"),
                                       ::testing::ContainsRegex("measure (79.9|80.[01]) mm")));
}

TEST(CalibrateRig, NotesSidesOfTheBoardThatNobodySaw) {
  const SyntheticRig rig = circle();
  BoardEvidence evidence = evidence_of(rig);
  const auto whole = calibrate_rig(evidence);
  ASSERT_TRUE(whole) << whole.error().message;
  EXPECT_EQ(find(*whole, "corners-hardly-seen"), nullptr);
  evidence.board.squares_y += 1;
  evidence.sightings[5].view.corners.push_back({evidence.board.corner_count() - 1, {40, 30}, {}});
  const auto report = calibrate_rig(evidence);
  ASSERT_TRUE(report) << report.error().message;
  const Advice* advice = find(*report, "corners-hardly-seen");
  ASSERT_NE(advice, nullptr);
  EXPECT_THAT(advice->message, HasSubstr("the last row"));
  EXPECT_THAT(advice->mend, HasSubstr("the board file says 9 x 8"));
}

TEST(CalibrateRig, AdvisesOnceOfAllImagesThatShowedTheBoardInTheirMiddle) {
  const SyntheticRig rig = circle();
  BoardEvidence evidence = evidence_of(rig);
  for (BoardSighting& seen : evidence.sightings) {
    const CameraToSolve& camera = evidence.cameras[static_cast<size_t>(seen.view.camera)];
    const auto& lens = seen.view.sensor == BoardSensor::color ? camera.color : camera.depth;
    std::erase_if(seen.view.corners, [&](const SeenCorner& corner) {
      return std::abs(corner.pixel.x() - lens.cx_px) > lens.width_px / 7.0 ||
             std::abs(corner.pixel.y() - lens.cy_px) > lens.height_px / 7.0;
    });
  }
  const auto report = calibrate_rig(evidence);
  ASSERT_TRUE(report) << report.error().message;
  const Advice* advice = find(*report, "low-coverage");
  ASSERT_NE(advice, nullptr);
  EXPECT_EQ(advice->cameras.size(), 4u);
  EXPECT_THAT(advice->message,
              ContainsRegex("the board was seen in .*'s colour image, .*'s infrared image only"));
  EXPECT_EQ(find({.advice = {advice + 1, &report->advice.back() + 1}}, "low-coverage"), nullptr);
}

TEST(CalibrateRig, DoubtsABoardThatIsALittleTooSmall) {
  BoardEvidence evidence = evidence_of(circle(12));
  evidence.board.square_m = 0.0794;
  const auto report = calibrate_rig(evidence);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_FALSE(report->passes());
  ASSERT_NE(find(*report, "board-size"), nullptr);
  EXPECT_THAT(find(*report, "board-size")->message, HasSubstr("the board file says 79.40 mm"));
}

TEST(CalibrateRig, TakesOffsetsOfDepthForNoOtherBoard) {
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    SyntheticErrors errors;
    errors.depth_bias_m = 0.01;
    SyntheticRig rig(seed, errors);
    rig.stand_on_circle(4, 2.5);
    rig.show_to_neighbours_on_circle(12);
    const auto report = calibrate_rig(evidence_of(rig));
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(find(*report, "board-size"), nullptr) << find(*report, "board-size")->message;
  }
}

TEST(CalibrateRig, FindsAnotherBoardByItsMarkers) {
  BoardEvidence evidence = evidence_of(circle(2));
  for (BoardSighting& seen : evidence.sightings) seen.foreign_markers = 20;
  EXPECT_THAT(refusal(evidence), HasSubstr("markers of DICT_5X5_250 were seen that it does not"));
  for (BoardSighting& seen : evidence.sightings) {
    seen.foreign_markers = 0;
    seen.misplaced_markers = 20;
  }
  EXPECT_THAT(refusal(evidence), HasSubstr("not where a board of 9 x 7 squares"));
}

TEST(CalibrateRig, SaysThatMarkersWereSeenBesideThoseOfTheBoard) {
  BoardEvidence evidence = evidence_of(circle(2));
  const auto told = calibrate_rig(evidence);
  ASSERT_TRUE(told) << told.error().message;
  EXPECT_EQ(find(*told, "foreign-markers"), nullptr);
  for (BoardSighting& seen : evidence.sightings) seen.foreign_markers = seen.markers / 6;
  const auto report = calibrate_rig(evidence);
  ASSERT_TRUE(report) << report.error().message;
  ASSERT_NE(find(*report, "foreign-markers"), nullptr);
  EXPECT_THAT(find(*report, "foreign-markers")->mend, HasSubstr("9 x 7"));
}

TEST(CalibrateRig, DoubtsABoardThatMakesAllCamerasMeasureTooFarAlike) {
  SyntheticErrors errors;
  errors.depth_bias_m = 0;
  SyntheticRig rig(4, errors);
  rig.stand_on_circle(4, 2.5);
  rig.show_to_neighbours_on_circle(4);
  BoardEvidence evidence = evidence_of(rig);
  const auto told = calibrate_rig(evidence);
  ASSERT_TRUE(told) << told.error().message;
  EXPECT_EQ(find(*told, "alike-depth-offsets"), nullptr);
  for (BoardSighting& seen : evidence.sightings) {
    for (SeenCorner& corner : seen.view.corners) {
      if (corner.depth_m) *corner.depth_m += 0.008;
    }
  }
  for (const double off_m : {0.008, -0.016}) {
    const auto report = calibrate_rig(evidence);
    ASSERT_TRUE(report) << report.error().message;
    const Advice* const advice = find(*report, "alike-depth-offsets");
    ASSERT_NE(advice, nullptr) << off_m;
    EXPECT_THAT(advice->message, HasSubstr(off_m > 0 ? "mm too far" : "mm too near"));
    EXPECT_THAT(advice->message, HasSubstr(off_m > 0 ? "% larger" : "% smaller"));
    for (BoardSighting& seen : evidence.sightings) {
      for (SeenCorner& corner : seen.view.corners) {
        if (corner.depth_m) *corner.depth_m -= 0.016;
      }
    }
  }
}

TEST(CalibrateRig, LeavesOutBlurredViews) {
  BoardEvidence evidence = evidence_of(circle());
  int blurred = 0;
  for (size_t i = 0; i < evidence.sightings.size(); i += 10, ++blurred) {
    evidence.sightings[i].edge_width_px = 7;
    for (SeenCorner& corner : evidence.sightings[i].view.corners) corner.pixel.x() += 5;
  }
  const auto report = calibrate_rig(evidence);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->left_out.blurred, blurred);
  ASSERT_NE(find(*report, "blurred-views"), nullptr);
  EXPECT_TRUE(report->passes());
}

TEST(CalibrateRig, SaysWhatWasLeftOutWhereACameraIsNotJoinedForIt) {
  BoardEvidence evidence = evidence_of(circle(4));
  const size_t before = evidence.sightings.size();
  for (size_t i = 0; i < before; ++i) {
    if (evidence.sightings[i].view.camera != 2) continue;
    // Sharp only where nobody else saw the board.
    for (const int64_t alone : {1000, 2000}) {
      evidence.sightings.push_back(evidence.sightings[i]);
      evidence.sightings.back().view.tick += alone;
      evidence.sightings.back().edge_width_px = 1.5;
    }
    evidence.sightings[i].edge_width_px = 7;
  }
  EXPECT_THAT(refusal(evidence), AllOf(HasSubstr("none of the images that count shows the board to "
                                                 "'cam2' together with"),
                                       HasSubstr(" for being blurred")));
}

TEST(CalibrateRig, CountsABoardThatStandsStillOnce) {
  BoardEvidence evidence = evidence_of(circle());
  const size_t before = evidence.sightings.size();
  for (size_t i = 0; i < before; ++i) {
    if (evidence.sightings[i].view.tick != 3) continue;
    for (int64_t again = 0; again < 20; ++again) {
      evidence.sightings.push_back(evidence.sightings[i]);
      evidence.sightings.back().view.tick = 1000 + again;
    }
  }
  const auto report = calibrate_rig(evidence);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->left_out.alike_ticks, 20);
  EXPECT_NE(find(*report, "alike-views"), nullptr);
}

TEST(CalibrateRig, LeavesOutAViewThatContradictsAllOthers) {
  BoardEvidence evidence = evidence_of(circle());
  const std::vector<BoardView> used = select_views(evidence.sightings).solve;
  const auto wrong = std::find_if(used.begin(), used.end(), [](const BoardView& view) {
    return view.sensor == BoardSensor::color && view.corners.size() > 30;
  });
  ASSERT_NE(wrong, used.end());
  for (BoardSighting& seen : evidence.sightings) {
    const bool same = seen.view.tick == wrong->tick && seen.view.camera == wrong->camera &&
                      seen.view.sensor == wrong->sensor;
    for (SeenCorner& corner : seen.view.corners)
      corner.pixel += same ? Eigen::Vector2d(14, 9) : Eigen::Vector2d(0, 0);
  }
  const auto report = calibrate_rig(evidence);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_GE(report->left_out.contradicting, 1);
  EXPECT_LE(report->left_out.contradicting, 4);
  EXPECT_NE(find(*report, "contradicting-views"), nullptr);
}

/// A second board, at one tick that the solve never sees.
TEST(CalibrateRig, LeavesOutAHeldOutViewThatContradictsAllOthers) {
  for (const int ticks_each : {24, 8}) {  // with 8, a camera has three held-out ticks or fewer
    BoardEvidence evidence = evidence_of(circle(ticks_each));
    const HeldOutError before = calibrate_rig(evidence)->held_out;
    const int64_t tick = select_views(evidence.sightings).held_out.front().tick;
    const int camera = select_views(evidence.sightings).held_out.front().camera;
    for (BoardSighting& seen : evidence.sightings) {
      if (seen.view.tick != tick || seen.view.camera != camera) continue;
      for (SeenCorner& corner : seen.view.corners) {
        corner.pixel += Eigen::Vector2d(90, 40);
        if (corner.depth_m) *corner.depth_m += 0.4;
      }
    }
    const auto report = calibrate_rig(evidence);
    ASSERT_TRUE(report) << ticks_each << report.error().message;
    EXPECT_GE(report->left_out.contradicting, 1);
    EXPECT_NE(find(*report, "contradicting-views"), nullptr);
    EXPECT_NEAR(report->held_out.all.mm, before.all.mm, 0.3) << ticks_each;
    EXPECT_GT(report->held_out.all.corners, 0);
  }
}

/// Where everything begins, the neighbour has the board behind itself and sees it all the same: a
/// residual that cannot be computed.
TEST(CalibrateRig, LeavesOutAViewOfABoardThatWouldHaveToBeBehindTheCamera) {
  const SyntheticRig rig = circle();
  BoardEvidence evidence = evidence_of(rig);
  const std::vector<BoardView> used = select_views(evidence.sightings).solve;
  const auto seen_whole_at = [&](int64_t tick) {
    return std::count_if(used.begin(), used.end(), [&](const BoardView& view) {
      return view.tick == tick && view.camera < 2 && view.corners.size() == 48;
    });
  };
  const auto whole = std::find_if(used.begin(), used.end(), [&](const BoardView& view) {
    return seen_whole_at(view.tick) == 4;
  });
  ASSERT_NE(whole, used.end());
  const int64_t tick = whole->tick;
  const RigidTransform behind_other{rotation_about(Eigen::Vector3d::UnitX(), 0.7), {2.9, -0.3, 5}};
  std::erase_if(evidence.sightings, [&](const BoardSighting& seen) {
    return seen.view.tick == tick && seen.view.camera > 1;
  });
  int wrong = 0;
  for (BoardSighting& seen : evidence.sightings) {
    if (seen.view.tick != tick) continue;
    // One row places no board, so that the other camera alone says where it is to begin with.
    if (seen.view.camera == 1)
      std::erase_if(seen.view.corners, [](const SeenCorner& corner) { return corner.id > 7; });
    if (seen.view.camera == 1) ++wrong;
    if (seen.view.camera != 0) continue;
    const CameraToSolve& optics = rig.truth[0].optics;
    seen.view.corners.clear();
    for (int id = 0; id < rig.board.corner_count(); ++id) {
      const Eigen::Vector3d in_depth = behind_other * rig.board.corner(id);
      const bool color = seen.view.sensor == BoardSensor::color;
      const auto pixel = color ? project(optics.color, optics.color_from_depth * in_depth)
                               : project(optics.depth, in_depth);
      ASSERT_TRUE(pixel);
      seen.view.corners.push_back({id, *pixel, std::nullopt});
    }
  }
  ASSERT_EQ(wrong, 2);
  const auto report = calibrate_rig(evidence);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->left_out.contradicting, wrong);
  for (size_t i = 1; i < 4; ++i) {
    const Eigen::Vector3d off = report->calibration.cameras[i].rig_from_depth.translation -
                                rig.rig_from_depth(i).translation;
    EXPECT_LT(off.norm(), 0.004) << i;
  }
}

/// A board that is carried about without being turned.
BoardEvidence without_tilt(bool one_distance) {
  SyntheticRig rig(2, SyntheticErrors{});
  rig.stand_in_line(2, 0.6);
  rig.show_untilted(25, {0.3, 2.0, 1.1}, {0.3, 0, 1.1}, one_distance);
  return evidence_of(rig);
}

TEST(CalibrateRig, RecognisesABoardThatIsAlwaysParallel) {
  const auto report = calibrate_rig(without_tilt(false));
  ASSERT_TRUE(report) << report.error().message;
  const Advice* advice = find(*report, "always-parallel");
  ASSERT_NE(advice, nullptr);
  EXPECT_EQ(advice->level, AdviceLevel::fail);
  EXPECT_EQ(find(*report, "one-distance"), nullptr);
  EXPECT_EQ(verdict_of(*report), "weak");
}

TEST(CalibrateRig, RecognisesOneDistance) {
  const auto report = calibrate_rig(without_tilt(true));
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_NE(find(*report, "one-distance"), nullptr);
}

TEST(CalibrateRig, AdvisesWhereTwoCamerasShareFewTicks) {
  BoardEvidence evidence = evidence_of(circle());
  // Of what camera 3 saw, three ticks with camera 2 alone are left.
  std::erase_if(evidence.sightings, [](const BoardSighting& seen) {
    const bool kept = seen.view.tick >= 48 && seen.view.tick < 56;
    return seen.view.camera == 3 && !kept;
  });
  std::erase_if(evidence.sightings, [](const BoardSighting& seen) {
    return seen.view.tick >= 48 && seen.view.tick < 56 && seen.view.camera < 2;
  });
  const auto report = calibrate_rig(evidence);
  ASSERT_TRUE(report) << report.error().message;
  const Advice* advice = find(*report, "few-shared-ticks");
  ASSERT_NE(advice, nullptr);
  EXPECT_THAT(advice->message, ContainsRegex("cam2 and cam3 share only [1-8] tick"));
  EXPECT_THAT(advice->mend, HasSubstr("show the board between them"));
  EXPECT_NE(verdict_of(*report), "good");
}

TEST(CalibrateRig, WritesNoPosesThatHeldOutTicksRefute) {
  SyntheticRig rig(2, SyntheticErrors{});
  rig.stand_in_line(2, 1.0);
  rig.show_to_neighbours_in_line(30, 1.8);
  // Half way through the second camera was knocked over.
  for (BoardView& view : rig.views) {
    if (view.camera != 1 || view.tick < 15) continue;
    for (SeenCorner& corner : view.corners) corner.pixel += Eigen::Vector2d(90, 40);
  }
  EXPECT_THAT(refusal(evidence_of(rig)),
              AllOf(HasSubstr("'cam1'"), HasSubstr("Was a camera moved")));
}

}  // namespace
}  // namespace lockstep
