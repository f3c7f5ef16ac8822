// SPDX-License-Identifier: MIT
// `lockstep info --pictures`: a recording looked at without any other program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/program.h"
#include "tests/support/files.h"

namespace lockstep::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const fs::path kReal = data_file("real-recording/recording.mkv");

/// Signature, width, height, bits and colour type of a PNG file, "png 640x576 16 0".
std::string png_head(const fs::path& path) {
  const std::string file = read_file(path);
  if (file.size() < 26 || file.substr(1, 3) != "PNG") return "no png";
  const auto number = [&](size_t at) {
    unsigned value = 0;
    for (size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(file[at + i]);
    return std::to_string(value);
  };
  return "png " + number(16) + "x" + number(20) + " " + std::to_string(int{file[24]}) + " " +
         std::to_string(int{file[25]});
}

TEST(InfoPictures, WritesACaptureOfARealCamera) {
  const TempFolder folder;
  const Finished info = lockstep({"info", kReal, "--pictures", folder / "look"});
  EXPECT_EQ(info.status, 0) << info.err;
  EXPECT_THAT(info.out, AllOf(HasSubstr("modes: colour MJPG_720P"), HasSubstr("depth-16.png")));
  EXPECT_THAT(names_in(folder / "look"),
              ElementsAre("colour.jpg", "depth-16.png", "depth.png", "ir.png"));
  EXPECT_EQ(png_head(folder / "look" / "depth-16.png"), "png 640x576 16 0");
  EXPECT_EQ(png_head(folder / "look" / "depth.png"), "png 640x576 8 2");
  EXPECT_EQ(png_head(folder / "look" / "ir.png"), "png 640x576 8 2");
  const std::string jpeg = read_file(folder / "look" / "colour.jpg");
  EXPECT_GT(jpeg.size(), 10'000u);
  EXPECT_NE(read_file(kReal).find(jpeg), std::string::npos) << "colour is not what was recorded";
}

TEST(InfoPictures, WritesTheCaptureThatIsAskedFor) {
  const TempFolder folder;
  const fs::path file = data_file("vendor-written/colour-imu-30fps.mkv");
  ASSERT_EQ(lockstep({"info", file, "--pictures", folder / "first"}).status, 0);
  const Finished later = lockstep({"info", file, "--pictures", folder / "later", "--at", "0.1"});
  EXPECT_EQ(later.status, 0) << later.err;
  EXPECT_THAT(later.out, HasSubstr("0.100 s after the first image"));
  EXPECT_THAT(names_in(folder / "later"), ElementsAre("colour.jpg"));
  EXPECT_NE(read_file(folder / "first" / "colour.jpg"), read_file(folder / "later" / "colour.jpg"));
}

TEST(InfoPictures, NothingIsOverwritten) {
  const TempFolder folder;
  fs::create_directory(folder / "look");
  write_file(folder / "look" / "ir.png", "mine");
  const Finished info = lockstep({"info", kReal, "--pictures", folder / "look"});
  EXPECT_EQ(info.status, 2);
  EXPECT_THAT(info.err, HasSubstr("ir.png"));
  EXPECT_THAT(names_in(folder / "look"), ElementsAre("ir.png"));
  EXPECT_EQ(read_file(folder / "look" / "ir.png"), "mine");
}

TEST(InfoPictures, RefusesATimeThatTheRecordingDoesNotHave) {
  const TempFolder folder;
  for (const std::string at : {"99", "-1", "nan", "1e300"}) {
    const Finished info = lockstep({"info", kReal, "--pictures", folder / "look", "--at", at});
    EXPECT_EQ(info.status, 2) << at;
    EXPECT_THAT(info.err, HasSubstr("recording.mkv")) << at;
  }
  EXPECT_THAT(names_in(folder.path()), IsEmpty());
  EXPECT_EQ(lockstep({"info", kReal, "--at", "1"}).status, 2) << "--at alone means nothing";
}

}  // namespace
}  // namespace lockstep::testing
