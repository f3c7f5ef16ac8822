// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <cstdlib>

#include "lockstep/codec/depth_coloring.h"
#include "lockstep/codec/jpeg.h"
#include "lockstep/codec/png_file.h"

namespace lockstep {
namespace {

RgbPicture gradient(int width, int height) {
  RgbPicture picture(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      uint8_t* pixel = picture.row(y) + 3 * x;
      pixel[0] = static_cast<uint8_t>(x * 255 / width);
      pixel[1] = static_cast<uint8_t>(y * 255 / height);
      pixel[2] = 128;
    }
  }
  return picture;
}

TEST(Jpeg, DecodesWhatItEncodes) {
  const RgbPicture picture = gradient(160, 90);
  const auto jpeg = encode_jpeg(picture, 95);
  ASSERT_TRUE(jpeg.ok());
  EXPECT_LT(jpeg->size(), picture.rgb.size() / 2);
  const auto back = decode_jpeg(*jpeg);
  ASSERT_TRUE(back.ok());
  ASSERT_EQ(back->rgb.size(), picture.rgb.size());
  for (size_t i = 0; i < picture.rgb.size(); ++i) {
    ASSERT_LE(std::abs(back->rgb[i] - picture.rgb[i]), 12) << i;
  }
}

TEST(Jpeg, RefusesWhatIsCut) {
  const auto jpeg = encode_jpeg(gradient(64, 64), 90);
  ASSERT_TRUE(jpeg.ok());
  for (size_t length = 0; length + 2 < jpeg->size(); length += 7) {
    const auto cut = decode_jpeg(std::span(*jpeg).first(length));
    ASSERT_FALSE(cut.ok()) << length;
    EXPECT_EQ(cut.error().code, Errc::unusable_input);
  }
}

TEST(Png, HasTheSignatureAndRefusesAWrongCount) {
  const auto png = encode_png(gradient(20, 10));
  ASSERT_TRUE(png.ok());
  EXPECT_EQ(png->substr(0, 8), "\x89PNG\r\n\x1a\n");
  const std::vector<uint16_t> samples(12, 1000);
  EXPECT_TRUE(encode_png16(samples, 4, 3).ok());
  EXPECT_FALSE(encode_png16(samples, 4, 4).ok());
}

TEST(DepthColoring, NearIsBlueFarIsRedNothingIsBlack) {
  const std::vector<uint16_t> depth = {0, 500, 2250, 4000, 9000};
  const RgbPicture picture =
      color_depth(depth, 5, 1, depth_display_range(DepthMode::nfov_unbinned));
  const std::vector<uint8_t> expected = {0, 0, 0, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 0, 0};
  EXPECT_EQ(picture.rgb, expected);
}

}  // namespace
}  // namespace lockstep
