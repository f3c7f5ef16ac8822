// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/lens_solver.h"

#include <gmock/gmock.h>

#include <Eigen/Geometry>
#include <array>
#include <random>

#include "lockstep/geometry/calibration.h"
#include "tests/support/files.h"

namespace lockstep {
namespace {

using ::testing::HasSubstr;

CameraModel real_lens() {
  return parse_calibration(testing::read_file(testing::factory_calibration_file()))
      ->color_camera(ColorResolution::p1080);
}

/// Boards all over the image of a lens, tilted by up to `tilt_rad`.
std::vector<BoardPhoto> photos_by(const CameraModel& lens, const Board& board, int count,
                                  double tilt_rad, double noise_px, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> unit(-1, 1);
  std::normal_distribution<double> noise(0, noise_px);
  std::vector<BoardPhoto> photos;
  for (int i = 0; i < count; ++i) {
    // Drawn one by one: in which order arguments are evaluated is each compiler's own matter.
    std::array<double, 6> drawn{};
    for (double& value : drawn) value = unit(random);
    const Eigen::Matrix3d turn = rotation_about({1, 0, 0}, tilt_rad * drawn[0]) *
                                 rotation_about({0, 1, 0}, tilt_rad * drawn[1]) *
                                 rotation_about({0, 0, 1}, 0.5 * drawn[2]);
    const Eigen::Vector3d middle(board.width_m() / 2, board.height_m() / 2, 0);
    const double far_m = 0.9 + 0.4 * drawn[3];
    const Eigen::Vector3d place(0.55 * far_m * drawn[4], 0.3 * far_m * drawn[5], far_m);
    const RigidTransform pose{turn, place - turn * middle};
    BoardPhoto photo{"photo " + std::to_string(i), {}};
    for (int id = 0; id < board.corner_count(); ++id) {
      const auto pixel = project(lens, pose * board.corner(id));
      if (!pixel || pixel->x() < 0 || pixel->y() < 0 || pixel->x() > lens.width_px - 1 ||
          pixel->y() > lens.height_px - 1)
        continue;
      const double noise_x = noise(random);
      const double noise_y = noise(random);
      photo.corners.push_back({id, *pixel + Eigen::Vector2d(noise_x, noise_y), std::nullopt});
    }
    photos.push_back(std::move(photo));
  }
  return photos;
}

TEST(LensSolver, FindsTheLensOfARealCamera) {
  const CameraModel truth = real_lens();
  const Board board;
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    const auto solved = solve_lens(truth.width_px, truth.height_px, board,
                                   photos_by(truth, board, 40, 0.6, 0.05, seed));
    ASSERT_TRUE(solved) << solved.error().message;
    EXPECT_NEAR(solved->lens.fx_px / truth.fx_px, 1, 0.002);
    EXPECT_NEAR(solved->lens.fy_px / truth.fy_px, 1, 0.002);
    EXPECT_NEAR(solved->lens.cx_px, truth.cx_px, 1.5);
    EXPECT_NEAR(solved->lens.cy_px, truth.cy_px, 1.5);
    EXPECT_NEAR(solved->rms_px, 0.07, 0.02);
    ASSERT_TRUE(solved->held_out_rms_px);
    EXPECT_LT(*solved->held_out_rms_px, 0.12);
    EXPECT_GT(solved->coverage, 0.8);
    // The same pixels all over the image, whichever coefficients say so.
    for (double x = -0.6; x <= 0.6; x += 0.2) {
      for (double y = -0.35; y <= 0.36; y += 0.175) {
        const auto a = project_ray(truth, {x, y});
        const auto b = project_ray(solved->lens, {x, y});
        ASSERT_TRUE(a && b) << x << " " << y;
        // Lens and pose share a small turn of the camera.
        EXPECT_LT((*a - *b).norm(), 2.5) << x << " " << y;
      }
    }
    const auto held =
        std::count_if(solved->photos.begin(), solved->photos.end(),
                      [](const PhotoResidual& photo) { return photo.use == PhotoUse::held_out; });
    EXPECT_EQ(held, 7);
  }
}

TEST(LensSolver, CountsNoPhotographThatItDidNotUse) {
  const Board board;
  auto photos = photos_by(real_lens(), board, 9, 0.6, 0.05, 1);
  const auto before = solve_lens(1920, 1080, board, photos);
  ASSERT_TRUE(before) << before.error().message;
  EXPECT_FALSE(before->held_out_rms_px) << "the first to be held out is the tenth";
  // Enough corners for a pose, and too few to be solved with: here of another place altogether.
  BoardPhoto few = photos.front();
  few.corners.resize(5);
  for (SeenCorner& corner : few.corners) corner.pixel.x() += corner.id % 2 * 40;
  photos.push_back(few);
  photos.push_back({"empty", {}, 0});
  // Nothing new, and nothing that could be held out: the board stands where it stood before.
  BoardPhoto again = photos[2];
  for (SeenCorner& corner : again.corners) corner.pixel.y() += 0.3;
  photos.push_back(again);
  for (BoardPhoto& photo : photos) photo.edge_width_px = 1.4;
  BoardPhoto blurred = photos[3];
  for (SeenCorner& corner : blurred.corners) corner.pixel.x() += 30;
  blurred.edge_width_px = 3.5;
  photos.push_back(blurred);
  const auto after = solve_lens(1920, 1080, board, photos);
  ASSERT_TRUE(after) << after.error().message;
  EXPECT_EQ(after->rms_px, before->rms_px);
  EXPECT_FALSE(after->photos[9].rms_px);
  EXPECT_FALSE(after->photos[10].rms_px);
  const PhotoUse uses[] = {PhotoUse::few_corners, PhotoUse::few_corners, PhotoUse::alike,
                           PhotoUse::blurred};
  for (size_t i = 0; i < 4; ++i) EXPECT_EQ(after->photos[9 + i].use, uses[i]) << i;
  EXPECT_TRUE(after->photos[0].rms_px);
  EXPECT_FALSE(after->held_out_rms_px);
}

TEST(LensSolver, LeavesOutThePhotographOfAnotherCamera) {
  const Board board;
  struct Case {
    size_t foreign;
    uint64_t seed;
  };
  // One that is solved with; one that bends the lens until many come out badly; and one that is
  // held out, among others where the lens of the rest is off by three tenths of a pixel.
  for (const Case each : {Case{3, 1}, Case{3, 31}, Case{9, 5}}) {
    auto photos = photos_by(real_lens(), board, 20, 0.6, 0.05, each.seed);
    CameraModel other = real_lens();
    other.fx_px *= 1.03;
    other.fy_px *= 1.03;
    other.cx_px += 12;
    other.k[0] += 0.1;
    photos[each.foreign] = photos_by(other, board, 20, 0.6, 0.05, each.seed + 10)[each.foreign];
    const auto solved = solve_lens(1920, 1080, board, photos);
    ASSERT_TRUE(solved) << solved.error().message;
    for (size_t i = 0; i < photos.size(); ++i) {
      EXPECT_EQ(solved->photos[i].use == PhotoUse::contradicting, i == each.foreign)
          << i << " of seed " << each.seed;
    }
    EXPECT_NEAR(solved->rms_px, 0.07, 0.02);
    EXPECT_NEAR(solved->lens.fx_px, real_lens().fx_px, 6);
  }
}

TEST(LensSolver, RefusesTooFewPhotographs) {
  const Board board;
  auto photos = photos_by(real_lens(), board, 12, 0.6, 0.05, 1);
  for (size_t i = 5; i < photos.size(); ++i) photos[i].corners.resize(3);
  const auto solved = solve_lens(1920, 1080, board, photos);
  ASSERT_FALSE(solved);
  EXPECT_THAT(solved.error().message, HasSubstr("in 5 of 12 photographs"));
}

TEST(LensSolver, RefusesBoardsThatAreAllParallel) {
  const Board board;
  const auto solved =
      solve_lens(1920, 1080, board, photos_by(real_lens(), board, 15, 0.01, 0.05, 1));
  ASSERT_FALSE(solved);
  EXPECT_THAT(solved.error().message, HasSubstr("leaves the focal length open"));
}

TEST(LensSolver, RefusesCornersThatNoLensExplains) {
  const Board board;
  auto photos = photos_by(real_lens(), board, 15, 0.6, 0.05, 1);
  for (BoardPhoto& photo : photos) {
    for (SeenCorner& corner : photo.corners) corner.pixel.x() += corner.id % 3 * 25;
  }
  const auto solved = solve_lens(1920, 1080, board, photos);
  ASSERT_FALSE(solved);
  EXPECT_THAT(solved.error().message, HasSubstr("no lens explains these photographs"));
}

TEST(RegisterPair, FindsHowTwoCamerasStand) {
  const CameraModel lens = real_lens();
  const Board board;
  const RigidTransform b_from_a{rotation_about({0, 1, 0}, 0.3), {-0.5, 0.02, 0.1}};
  const RigidTransform a_from_board{rotation_about({1, 0, 0}, 0.4), {-0.3, -0.25, 1.5}};
  const auto seen = [&](const RigidTransform& camera_from_board, const char* name) {
    BoardPhoto photo{name, {}};
    for (int id = 0; id < board.corner_count(); ++id) {
      if (const auto pixel = project(lens, camera_from_board * board.corner(id)))
        photo.corners.push_back({id, *pixel, std::nullopt});
    }
    return photo;
  };
  const BoardPhoto a = seen(a_from_board, "a.png");
  const BoardPhoto b = seen(b_from_a * a_from_board, "b.png");
  const auto pair = register_pair(lens, a, lens, b, board);
  ASSERT_TRUE(pair) << pair.error().message;
  EXPECT_LT((pair->b_from_a.translation - b_from_a.translation).norm(), 1e-5);
  EXPECT_LT((pair->b_from_a.rotation - b_from_a.rotation).norm(), 1e-5);
  EXPECT_LT(pair->rms_a_px, 1e-3);
  const auto nothing = register_pair(lens, {"empty.png", {}}, lens, b, board);
  ASSERT_FALSE(nothing);
  EXPECT_THAT(nothing.error().message, HasSubstr("empty.png shows 0 corners"));
  CameraModel other = lens;
  other.fx_px *= 2;
  const auto stretched = register_pair(lens, a, other, b, board);
  ASSERT_FALSE(stretched);
  EXPECT_THAT(stretched.error().message, HasSubstr("no place of the board explains b.png"));
}

}  // namespace
}  // namespace lockstep
