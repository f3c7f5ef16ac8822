// SPDX-License-Identifier: MIT
// Boards in perspective, through a lens, found by the real program: ids and pixels against truth.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "lockstep/calibrate/detector.h"
#include "tests/detect/detect_program.h"
#include "tests/support/board_picture.h"

namespace lockstep::testing {
namespace {

constexpr double kCleanRms_px = 0.05;
constexpr double kCleanWorst_px = 0.15;

/// About the colour camera of an Azure Kinect at 720p, with such a lens, cut to its middle.
CameraModel color_camera() {
  CameraModel camera{960, 640, 607, 607, 478, 326};
  camera.k = {0.5, -2.6, 1.5, 0.38, -2.4, 1.42};
  camera.p1 = 0.0005;
  camera.p2 = -0.0002;
  return camera;
}

/// A board whose middle is `distance_m` ahead and `aside_m` to the right, turned about x, y and z.
struct View {
  double distance_m;
  double aside_m;
  Eigen::Vector3d turn_deg;
};

const View kFrontal = {1.5, 0, {0, 0, 0}};
const View kTilted = {1.6, 0.2, {25, 10, 5}};

BoardScene scene_of(const CameraModel& camera, const Board& board, const View& view) {
  BoardScene scene{camera, {}};
  const Eigen::Vector3d turn = view.turn_deg * M_PI / 180;
  scene.camera_from_board.rotation = rotation_about(Eigen::Vector3d::UnitX(), turn.x()) *
                                     rotation_about(Eigen::Vector3d::UnitY(), turn.y()) *
                                     rotation_about(Eigen::Vector3d::UnitZ(), turn.z());
  const Eigen::Vector3d middle(board.width_m() / 2, board.height_m() / 2, 0);
  scene.camera_from_board.translation =
      Eigen::Vector3d(view.aside_m, 0, view.distance_m) - scene.camera_from_board.rotation * middle;
  return scene;
}

GrayImage picture_of(const BoardScene& scene, const Board& board) {
  const auto pattern = BoardPattern::make(board);
  EXPECT_TRUE(pattern) << pattern.error().message;
  return picture_of(scene, *pattern);
}

class Corners : public ::testing::Test {
 protected:
  Detection look(const Board& board, GrayImage image, bool thorough = false) {
    const auto detection = detector_.detect({board, thorough, std::move(image)});
    EXPECT_TRUE(detection) << detection.error().message;
    EXPECT_TRUE(detector_.mishaps().empty());
    return detection ? *detection : Detection();
  }

  Detector detector_{{detect_program(), std::chrono::minutes(4)}};
};

/// `worst_px`: of one corner; that of all of them is the figure that counts.
void expect_true(const Detection& seen, const BoardScene& scene, const Board& board,
                 double worst_px = kCleanWorst_px) {
  const auto truth = true_corners(scene, board);
  double sum = 0, worst = 0;
  for (const DetectedCorner& corner : seen.corners) {
    const double error = (corner.pixel - truth[static_cast<size_t>(corner.id)]).norm();
    sum += error * error;
    worst = std::max(worst, error);
  }
  EXPECT_LT(std::sqrt(sum / static_cast<double>(seen.corners.size())), kCleanRms_px);
  EXPECT_LT(worst, worst_px);
}

void expect_all_true(const Detection& seen, const BoardScene& scene, const Board& board) {
  EXPECT_EQ(seen.corners.size(), static_cast<size_t>(board.corner_count()));
  EXPECT_EQ(seen.markers, board.marker_count());
  EXPECT_EQ(seen.foreign_markers, 0);
  EXPECT_EQ(seen.misplaced_markers, 0);
  expect_true(seen, scene, board);
}

TEST_F(Corners, OfCharucoBoardsAreWhereTheyAre) {
  const Board board;
  for (const View& view :
       {kFrontal, kTilted, View{1.8, -0.3, {-20, 35, 180}}, View{1.3, 0.1, {0, -45, 90}}}) {
    const BoardScene scene = scene_of(color_camera(), board, view);
    expect_all_true(look(board, picture_of(scene, board)), scene, board);
  }
}

TEST_F(Corners, OfBothLayoutsAndAnyDictionary) {
  for (const Board& board :
       {Board{BoardKind::charuco, 8, 6, 0.08, 0.06, "DICT_4X4_50", false},
        Board{BoardKind::charuco, 8, 6, 0.08, 0.06, "DICT_4X4_50", true},
        Board{BoardKind::charuco, 5, 4, 0.12, 0.08, "DICT_APRILTAG_36h11", true},
        Board{BoardKind::charuco, 6, 5, 0.12, 0.1, "DICT_7X7_50"}}) {
    const BoardScene scene = scene_of(color_camera(), board, kTilted);
    expect_all_true(look(board, picture_of(scene, board)), scene, board);
  }
}

TEST_F(Corners, OfChessboardsKeepTheirNumbersInAnyTurn) {
  for (const Board& board :
       {Board{BoardKind::chessboard, 9, 6, 0.08}, Board{BoardKind::chessboard, 6, 7, 0.08}}) {
    for (const Eigen::Vector3d& turn :
         {Eigen::Vector3d(20, 10, 0), Eigen::Vector3d(-20, 30, 90), Eigen::Vector3d(10, 20, 180),
          Eigen::Vector3d(0, -40, -90)}) {
      const BoardScene scene = scene_of(color_camera(), board, {1.5, 0, turn});
      expect_all_true(look(board, picture_of(scene, board)), scene, board);
    }
  }
}

TEST_F(Corners, AreFoundInNoise) {
  const Board board;
  const BoardScene scene = scene_of(color_camera(), board, kTilted);
  GrayImage image = picture_of(scene, board);
  std::mt19937 random(1);
  std::normal_distribution<double> noise(0, 4);
  for (uint8_t& sample : image.samples)
    sample = static_cast<uint8_t>(std::clamp(sample + noise(random), 0.0, 255.0));
  expect_all_true(look(board, image), scene, board);
}

// 60 mm at 3 m are 10 pixels of the depth camera: less than one and a half for each bit.
TEST_F(Corners, OfSmallMarkersAreFoundByALongerLook) {
  const Board board;
  const BoardScene scene =
      scene_of({640, 576, 504, 504, 322, 331}, board, {3.0, 0.1, {15, -20, 10}});
  const GrayImage image = picture_of(scene, board);
  const Detection glance = look(board, image), longer = look(board, image, true);
  EXPECT_GT(longer.corners.size(), glance.corners.size());
  EXPECT_GT(longer.corners.size(), 40u);
  expect_true(longer, scene, board, 0.3);
}

TEST_F(Corners, ThatAreHiddenAreLeftOut) {
  const Board board;
  const BoardScene scene = scene_of(color_camera(), board, kFrontal);
  GrayImage image = picture_of(scene, board);
  // A hand's width over the left third, its edge through a row of corners.
  const auto edge = static_cast<int>(std::lround(true_corners(scene, board)[2].x()));
  for (int y = 0; y < image.height_px; ++y)
    std::fill_n(image.samples.begin() + y * image.width_px, edge + 1, uint8_t{90});
  const Detection seen = look(board, image);
  EXPECT_GE(seen.corners.size(), 24u);
  for (const DetectedCorner& corner : seen.corners) EXPECT_GE(corner.id % board.corners_x(), 3);
  expect_true(seen, scene, board);
}

TEST_F(Corners, OfABoardThatLeavesTheImageAreFoundUpToItsEdge) {
  const Board board;
  const BoardScene scene = scene_of(color_camera(), board, {1.0, 0.5, {0, 20, 10}});
  const Detection seen = look(board, picture_of(scene, board));
  EXPECT_GT(seen.corners.size(), 15u);
  EXPECT_LT(seen.corners.size(), 48u);
  expect_true(seen, scene, board);
}

TEST_F(Corners, OfABoardThatIsThereTwiceAreNone) {
  const Board board{BoardKind::charuco, 5, 4};
  const GrayImage once =
      picture_of(scene_of({480, 400, 500, 500, 240, 200}, board, kFrontal), board);
  EXPECT_EQ(look(board, once).corners.size(), 12u);
  GrayImage twice{2 * once.width_px, once.height_px, {}};
  for (int y = 0; y < once.height_px; ++y) {
    const auto row = once.samples.begin() + y * once.width_px;
    for (int i = 0; i < 2; ++i) twice.samples.insert(twice.samples.end(), row, row + once.width_px);
  }
  const Detection seen = look(board, twice);
  EXPECT_TRUE(seen.corners.empty());
  EXPECT_EQ(seen.markers, 0);
}

TEST_F(Corners, AreNoneWhereThereIsNoBoard) {
  for (const BoardKind kind : {BoardKind::charuco, BoardKind::chessboard}) {
    const Board board{kind, 9, 6};
    GrayImage image{640, 480, std::vector<uint8_t>(640 * 480, 90)};
    const Detection seen = look(board, image);
    EXPECT_TRUE(seen.corners.empty());
    EXPECT_EQ(seen.markers, 0);
  }
}

TEST_F(Corners, OfAnotherBoardAreRecognisedAsSuch) {
  const Board shown;
  const GrayImage image = picture_of(scene_of(color_camera(), shown, kFrontal), shown);
  // Fewer squares: of the 31 markers that are shown the board has 17.
  const Detection foreign = look({BoardKind::charuco, 5, 7}, image);
  EXPECT_EQ(foreign.foreign_markers, 14);
  EXPECT_TRUE(foreign.corners.empty());
  EXPECT_GT(foreign.misplaced_markers, 0);
  // The same squares in other numbers.
  const Detection turned = look({BoardKind::charuco, 7, 9}, image);
  EXPECT_TRUE(turned.corners.empty());
  EXPECT_GT(turned.misplaced_markers, 20);
}

TEST_F(Corners, OfTheOtherLayoutAreRecognisedAsSuch) {
  const Board shown{BoardKind::charuco, 8, 6, 0.08, 0.06, "DICT_5X5_250", true};
  Board wanted = shown;
  wanted.legacy_layout = false;
  const Detection seen = look(wanted, picture_of(scene_of(color_camera(), shown, kFrontal), shown));
  EXPECT_TRUE(seen.corners.empty());
  EXPECT_GT(seen.misplaced_markers, 15);
}

}  // namespace
}  // namespace lockstep::testing
