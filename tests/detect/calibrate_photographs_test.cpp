// SPDX-License-Identifier: MIT
// `lockstep calibrate --intrinsics` and `--register` on photographs of a board whose cameras are
// known.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/Geometry>
#include <nlohmann/json.hpp>
#include <random>

#include "lockstep/codec/jpeg.h"
#include "lockstep/codec/png_file.h"
#include "lockstep/geometry/rig_calibration.h"
#include "tests/detect/detect_program.h"
#include "tests/support/board_picture.h"
#include "tests/support/files.h"

namespace lockstep::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

/// Without distortion, as the pictures are rendered.
CameraModel lens_of_test() {
  CameraModel lens{480, 360, 420, 424, 236.5, 184.25};
  lens.metric_radius = 3;
  return lens;
}

RigidTransform pose(double tilt_x, double tilt_y, double roll, const Eigen::Vector3d& place) {
  const Board board;
  const Eigen::Matrix3d turn = rotation_about({1, 0, 0}, tilt_x) *
                               rotation_about({0, 1, 0}, tilt_y) * rotation_about({0, 0, 1}, roll);
  return {turn, place - turn * Eigen::Vector3d(board.width_m() / 2, board.height_m() / 2, 0)};
}

/// Infrared is written as PNG of 16 bits, colour as JPEG.
void write_photograph(const fs::path& file, const RigidTransform& camera_from_board) {
  const GrayImage picture =
      picture_of({lens_of_test(), camera_from_board}, *BoardPattern::make(Board{}));
  if (file.extension() == ".png") {
    std::vector<uint16_t> samples;
    for (const uint8_t value : picture.samples)
      samples.push_back(static_cast<uint16_t>(value * value));
    write_file(file, *encode_png16(samples, picture.width_px, picture.height_px));
    return;
  }
  RgbPicture rgb(picture.width_px, picture.height_px);
  for (size_t i = 0; i < rgb.rgb.size(); ++i) rgb.rgb[i] = picture.samples[i / 3];
  const auto jpeg = encode_jpeg(rgb, 95);
  write_file(file, {reinterpret_cast<const char*>(jpeg->data()), jpeg->size()});
}

/// Of the photographs a.png and b.png, and lens.json, which is theirs.
void expect_doubts_of_another_lens(const TempFolder& folder) {
  auto zoomed = nlohmann::json::parse(read_file(folder / "lens.json"));
  zoomed["lens"]["fx_px"] = 1.04 * 420;
  write_file(folder / "zoomed.json", zoomed.dump());
  const Finished doubted =
      run_lockstep({"calibrate", "--register", folder / "a.png", folder / "b.png", "--lens",
                    folder / "zoomed.json", "--board", folder / "board.toml"});
  EXPECT_EQ(doubted.status, 0) << doubted.err;
  EXPECT_THAT(doubted.out, HasSubstr("see that each lens is that of its camera"));
}

TEST(CalibratePhotographs, SolvesALensAndRegistersTwoCameras) {
  const TempFolder folder;
  write_file(folder / "board.toml", kBoardFile);
  fs::create_directory(folder / "photographs");
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> unit(-1, 1);
  for (int i = 0; i < 16; ++i) {
    const double far_m = 1.3 + 0.4 * unit(random);
    write_photograph(
        folder / ("photographs/" + std::to_string(10 + i) + (i % 2 == 0 ? ".png" : ".JPG")),
        pose(0.6 * unit(random), 0.6 * unit(random), 0.4 * unit(random),
             {0.25 * far_m * unit(random), 0.2 * far_m * unit(random), far_m}));
  }
  const Finished solved =
      run_lockstep({"calibrate", "--intrinsics", folder / "photographs", "--board",
                    folder / "board.toml", "-o", folder / "lens.json"});
  ASSERT_EQ(solved.status, 0) << solved.err;
  EXPECT_THAT(solved.out, HasSubstr("16 photographs of 480 x 360 pixels"));
  const std::string json = read_file(folder / "lens.json");
  EXPECT_EQ(schema_problems(json, "lens"), "");
  const auto lens = parse_lens(json);
  ASSERT_TRUE(lens) << lens.error().message;
  EXPECT_NEAR(lens->fx_px, 420, 1.5);
  EXPECT_NEAR(lens->fy_px, 424, 1.5);
  EXPECT_NEAR(lens->cx_px, 236.5, 1.5);
  EXPECT_NEAR(lens->cy_px, 184.25, 1.5);
  EXPECT_LT(nlohmann::json::parse(json).at("held_out_rms_px").get<double>(), 0.1);

  // With fewer than ten none is held out, and it does not seem so.
  fs::create_directory(folder / "eight");
  for (int i = 10; i < 18; ++i) {
    const std::string name = std::to_string(i) + (i % 2 == 0 ? ".png" : ".JPG");
    fs::copy_file(folder / ("photographs/" + name), folder / ("eight/" + name));
  }
  const Finished of_eight = run_lockstep({"calibrate", "--intrinsics", folder / "eight", "--board",
                                          folder / "board.toml", "-o", folder / "new/eight.json"});
  ASSERT_EQ(of_eight.status, 0) << of_eight.err;
  EXPECT_THAT(of_eight.out, HasSubstr("none was held out"));
  const auto eight = nlohmann::json::parse(read_file(folder / "new/eight.json"));
  EXPECT_EQ(schema_problems(eight.dump(), "lens"), "");
  EXPECT_TRUE(eight.at("held_out_rms_px").is_null());
  fs::copy_file(folder / "eight/10.png", folder / "eight/again.png");
  const Finished doubled = run_lockstep({"calibrate", "--intrinsics", folder / "eight", "--board",
                                         folder / "board.toml", "-o", folder / "nine.json"});
  EXPECT_EQ(doubled.status, 0) << doubled.err;
  EXPECT_THAT(doubled.out, HasSubstr("8 of 9 photographs of 480 x 360 pixels"));
  EXPECT_THAT(doubled.out,
              HasSubstr("left out (the board stands where it stood before): again.png"));

  const RigidTransform a_from_board = pose(0.4, 0.1, 0, {0, 0, 1.5});
  const RigidTransform b_from_a{rotation_about({0, 1, 0}, 0.25), {-0.4, 0.05, 0.1}};
  write_photograph(folder / "a.png", a_from_board);
  write_photograph(folder / "b.png", b_from_a * a_from_board);
  const Finished pair =
      run_lockstep({"calibrate", "--register", folder / "a.png", folder / "b.png", "--lens",
                    folder / "lens.json", "--board", folder / "board.toml", "--json"});
  ASSERT_EQ(pair.status, 0) << pair.err;
  EXPECT_EQ(schema_problems(pair.out, "registration"), "");
  const auto found = nlohmann::json::parse(pair.out).at("b_from_a").at("translation_m");
  for (size_t i = 0; i < 3; ++i)
    EXPECT_NEAR(found.at(i).get<double>(), b_from_a.translation[static_cast<int>(i)], 0.006) << i;
  const Finished words =
      run_lockstep({"calibrate", "--register", folder / "a.png", folder / "b.png", "--lens",
                    folder / "lens.json", folder / "lens.json", "--board", folder / "board.toml"});
  EXPECT_THAT(words.out, HasSubstr("in front of that of"));
  EXPECT_THAT(words.out, HasSubstr("-o FILE keeps it as b_from_a"));
  EXPECT_THAT(words.out, ::testing::Not(HasSubstr("advice")));
  expect_doubts_of_another_lens(folder);
}

TEST(CalibratePhotographs, SaysWhatIsWrong) {
  const TempFolder folder;
  write_file(folder / "board.toml", kBoardFile);
  fs::create_directory(folder / "photographs");
  const auto solve = [&] {
    return run_lockstep({"calibrate", "--intrinsics", folder / "photographs", "--board",
                         folder / "board.toml", "-o", folder / "lens.json"});
  };
  Finished refused = solve();
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err, HasSubstr("no photograph (.png, .jpg) is in it"));
  write_photograph(folder / "photographs/1.png", pose(0.4, 0.1, 0, {0, 0, 1.5}));
  refused = solve();
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err, HasSubstr("in 1 of 1 photographs"));
  std::string other = kBoardFile;
  other.replace(other.find("9x7"), 3, "7x9");
  write_file(folder / "other.toml", other);
  refused = run_lockstep({"calibrate", "--intrinsics", folder / "photographs", "--board",
                          folder / "other.toml", "-o", folder / "lens.json"});
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err, HasSubstr("this is another board"));
  write_file(folder / "photographs/2.jpg", "no photograph at all");
  refused = solve();
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err, HasSubstr("in 1 of 1 photographs"));
  EXPECT_THAT(refused.err, HasSubstr("warning: left out: "));
  EXPECT_THAT(refused.err, HasSubstr("2.jpg: this JPEG can't be decoded"));
  EXPECT_FALSE(fs::exists(folder / "lens.json"));
  EXPECT_EQ(run_lockstep({"calibrate", "--board", folder / "board.toml"}).status, 2) << "of what?";
  EXPECT_EQ(run_lockstep({"calibrate", "--register", "a.png", "b.png", "--board", "b.toml"}).status,
            2)
      << "without lenses";
  write_file(folder / "wrong.json", "{}");
  refused = run_lockstep({"calibrate", "--register", folder / "photographs/1.png",
                          folder / "photographs/1.png", "--lens", folder / "wrong.json", "--board",
                          folder / "board.toml"});
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err, HasSubstr("this is no lens"));

  // All parallel, at one distance: Ceres meets what it would log.
  fs::create_directory(folder / "parallel");
  for (int i = 0; i < 7; ++i) {
    write_photograph(folder / ("parallel/" + std::to_string(i) + ".png"),
                     pose(0, 0, 0.1 * i, {0.03 * i - 0.1, 0.02 * i - 0.05, 1.5}));
  }
  refused = run_lockstep({"calibrate", "--intrinsics", folder / "parallel", "--board",
                          folder / "board.toml", "-o", folder / "lens.json"});
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err, ::testing::StartsWith("lockstep: "));
  EXPECT_FALSE(fs::exists(folder / "lens.json"));
}

}  // namespace
}  // namespace lockstep::testing
