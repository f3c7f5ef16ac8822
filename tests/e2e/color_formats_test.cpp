// SPDX-License-Identifier: MIT
// Takes in every colour format that a rig file can name.
#include <gmock/gmock.h>

#include "tests/e2e/simulated_take.h"
#include "tests/support/independent_reader.h"

namespace lockstep::testing {
namespace {

using ::testing::HasSubstr;

/// A colour mode, and how its track's bitmap header begins (docs/recording-format.md).
struct ColorTrack {
  const char* mode;
  std::string header;
  size_t image_bytes;
};

std::string little_endian(uint32_t value) {
  std::string bytes;
  for (int i = 0; i < 4; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xff);
  return bytes;
}

std::string bitmap_header(uint32_t bits, const std::string& fourcc, uint32_t image_bytes) {
  return little_endian(40) + little_endian(1280) + little_endian(720) +
         little_endian(1 | bits << 16) + fourcc + little_endian(image_bytes);
}

TEST(ColorFormats, OfARigFileAreRecordedShownAndProved) {
  const ColorTrack tracks[] = {{"MJPG_720P", bitmap_header(24, "MJPG", 0), 64},
                               {"NV12_720P", bitmap_header(12, "NV12", 1'382'400), 1'382'400},
                               {"YUY2_720P", bitmap_header(16, "YUY2", 1'843'200), 1'843'200},
                               {"BGRA_720P", bitmap_header(32, "BGRA", 3'686'400), 3'686'400}};
  for (const ColorTrack& track : tracks) {
    const TempFolder folder;
    write_file(folder / "rig.toml", replaced(timing_rig(), "MJPG_720P", track.mode));
    const auto take = folder / "take";
    const Finished made = simulate(folder / "rig.toml", take, 0.5);
    ASSERT_EQ(made.status, 0) << made.out << made.err;
    const Finished info = lockstep({"info", take / "middle.mkv"});
    EXPECT_THAT(info.out, HasSubstr(std::string("colour ") + track.mode));
    const std::string file = read_file(take / "middle.mkv");
    EXPECT_NE(file.find(track.header), std::string::npos) << track.mode;
    const IndependentWalk walk = walk_independently(file);
    EXPECT_EQ(walk.error, "");
    EXPECT_EQ(walk.tags.at("K4A_COLOR_MODE"), track.mode);
    EXPECT_GT(file.size(), 15 * track.image_bytes);
    const Finished pictures =
        lockstep({"info", take / "middle.mkv", "--pictures", folder / "look"});
    // What timing-only cameras call a JPEG holds no picture, and a depth image of 8 x 4 fits none.
    if (std::string_view(track.mode) != "MJPG_720P") {
      EXPECT_TRUE(std::filesystem::exists(folder / "look" / "colour.jpg")) << pictures.err;
    }
  }
}

}  // namespace
}  // namespace lockstep::testing
