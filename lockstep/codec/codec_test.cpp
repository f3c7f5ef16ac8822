// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <algorithm>
#include <cstdlib>
#include <memory>
#include <span>
#include <vector>

#include "lockstep/codec/color_convert.h"
#include "lockstep/codec/color_picture.h"
#include "lockstep/codec/depth_coloring.h"
#include "lockstep/codec/jpeg.h"
#include "lockstep/codec/png_file.h"
#include "tests/support/png_picture.h"

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

TEST(Png, KeepsEverySampleOf16Bits) {
  std::vector<uint16_t> samples(30 * 20);
  for (size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<uint16_t>(i * 109);
  const auto png = encode_png16(samples, 30, 20);
  ASSERT_TRUE(png.ok());
  EXPECT_EQ(testing::decode_png<uint16_t>(*png).samples, samples);
}

TEST(Png, KeepsEverySampleOf8BitsAndOfColour) {
  std::vector<uint8_t> samples(30 * 20);
  for (size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<uint8_t>(i);
  const auto gray = testing::decode_png<uint8_t>(encode_png8(samples, 30, 20).value());
  EXPECT_EQ(gray.channels, 1);
  EXPECT_EQ(gray.samples, samples);
  const RgbPicture picture = gradient(30, 20);
  const auto color = testing::decode_png<uint8_t>(encode_png(picture).value());
  EXPECT_EQ(color.channels, 3);
  EXPECT_EQ(color.samples, picture.rgb);
}

Image color_image(PixelFormat format, int width_px, int height_px, int stride_bytes,
                  const std::vector<uint8_t>& bytes) {
  Image image;
  image.format = format;
  image.width_px = width_px;
  image.height_px = height_px;
  image.stride_bytes = stride_bytes;
  auto owner = std::make_shared<std::vector<uint8_t>>(bytes);
  const auto span = std::as_bytes(std::span(*owner));
  image.bytes = ImageBytes(std::move(owner), span);
  return image;
}

// Black, white, and the red whose BT.601 code is (76, 85, 255).
const std::vector<uint8_t> kBlackWhite = {0, 0, 0, 255, 255, 255};

TEST(ColorPicture, TakesEveryFormatOfTheCameras) {
  const auto yuy2 =
      color_picture(color_image(PixelFormat::yuy2, 2, 2, 4, {0, 128, 255, 128, 76, 85, 76, 255}));
  ASSERT_TRUE(yuy2.ok()) << yuy2.error().message;
  EXPECT_EQ(std::vector<uint8_t>(yuy2->rgb.begin(), yuy2->rgb.begin() + 6), kBlackWhite);
  EXPECT_NEAR(yuy2->rgb[6], 255, 2);
  EXPECT_NEAR(yuy2->rgb[7], 0, 2);
  EXPECT_NEAR(yuy2->rgb[8], 0, 2);

  const auto nv12 =
      color_picture(color_image(PixelFormat::nv12, 2, 2, 3, {0, 255, 0, 255, 0, 0, 128, 128, 0}));
  ASSERT_TRUE(nv12.ok()) << nv12.error().message;
  EXPECT_EQ(nv12->rgb, (std::vector<uint8_t>{0, 0, 0, 255, 255, 255, 255, 255, 255, 0, 0, 0}));

  const auto bgra =
      color_picture(color_image(PixelFormat::bgra32, 1, 2, 4, {1, 2, 3, 255, 4, 5, 6, 255}));
  ASSERT_TRUE(bgra.ok()) << bgra.error().message;
  EXPECT_EQ(bgra->rgb, (std::vector<uint8_t>{3, 2, 1, 6, 5, 4}));
}

TEST(ColorPicture, IsTheSameAsBgra) {
  const RgbPicture picture = gradient(32, 16);
  const auto jpeg = encode_jpeg(picture, 95);
  ASSERT_TRUE(jpeg);
  std::vector<uint8_t> bytes(jpeg->size());
  std::transform(jpeg->begin(), jpeg->end(), bytes.begin(),
                 [](std::byte byte) { return static_cast<uint8_t>(byte); });
  for (const Image& image :
       {color_image(PixelFormat::mjpg, 32, 16, 0, bytes),
        color_image(PixelFormat::bgra32, 1, 2, 4, {1, 2, 3, 255, 4, 5, 6, 255}),
        color_image(PixelFormat::yuy2, 2, 2, 4, {0, 128, 255, 128, 76, 85, 76, 255})}) {
    const auto rgb = color_picture(image);
    const auto bgra = color_bgra(image);
    ASSERT_TRUE(rgb && bgra);
    ASSERT_EQ(bgra->size() * 3, rgb->rgb.size() * 4);
    for (size_t i = 0; i < rgb->rgb.size(); ++i)
      ASSERT_NEAR((*bgra)[i / 3 * 4 + 2 - i % 3], rgb->rgb[i], 16) << i;  // a JPEG is decoded fast
    EXPECT_EQ(bgra->back(), 255);
  }
  EXPECT_FALSE(color_bgra(color_image(PixelFormat::mjpg, 64, 16, 0, bytes))) << "another size";
}

TEST(ColorPicture, RefusesBytesThatAreNotThatImage) {
  const std::vector<uint8_t> few(7);
  for (const PixelFormat format : {PixelFormat::nv12, PixelFormat::yuy2, PixelFormat::bgra32}) {
    EXPECT_EQ(color_picture(color_image(format, 4, 2, 0, few)).error().code, Errc::unusable_input);
  }
  EXPECT_EQ(color_picture(color_image(PixelFormat::mjpg, 4, 2, 0, few)).error().code,
            Errc::unusable_input);
  EXPECT_EQ(color_picture(color_image(PixelFormat::depth16, 1, 1, 2, few)).error().code,
            Errc::invalid_argument);
  // An odd size has no whole chroma, and a stride below the width no whole row.
  EXPECT_FALSE(color_picture(color_image(PixelFormat::yuy2, 1, 2, 2, few)).ok());
  EXPECT_FALSE(color_picture(color_image(PixelFormat::bgra32, 4, 1, 4, few)).ok());
}

TEST(Png, BrightnessComesBack) {
  std::vector<uint16_t> samples(12);
  for (size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<uint16_t>(i * 5000);
  const auto file = encode_png16(samples, 4, 3);
  ASSERT_TRUE(file);
  const auto back = decode_png_brightness(std::as_bytes(std::span(*file)));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->width_px, 4);
  EXPECT_EQ(back->height_px, 3);
  EXPECT_TRUE(std::is_sorted(back->samples.begin(), back->samples.end()));
  EXPECT_GT(back->samples.back(), 20000);
  const std::string cut = file->substr(0, file->size() - 20);
  EXPECT_FALSE(decode_png_brightness(std::as_bytes(std::span(cut))));
  EXPECT_FALSE(decode_png_brightness({}));
}

}  // namespace
/// 16 x 2 pixels of one colour, blue, green and red.
Image bgra_of(uint8_t blue, uint8_t green, uint8_t red) {
  auto bytes = std::make_shared<std::vector<uint8_t>>();
  for (int i = 0; i < 32; ++i) bytes->insert(bytes->end(), {blue, green, red, 7});
  Image image;
  image.format = PixelFormat::bgra32;
  image.width_px = 16;
  image.height_px = 2;
  image.stride_bytes = 64;
  const auto view = std::as_bytes(std::span(*bytes));
  image.bytes = ImageBytes(std::move(bytes), view);
  return image;
}

TEST(ColorConvert, TakesYuvAsBt601OfLimitedRange) {
  const struct {
    uint8_t bgr[3];
    int y, u, v;
  } colors[] = {{{0, 0, 0}, 16, 128, 128},   {{255, 255, 255}, 235, 128, 128},
                {{255, 0, 0}, 41, 240, 110}, {{0, 255, 0}, 145, 54, 34},
                {{0, 0, 255}, 81, 90, 240},  {{128, 128, 128}, 126, 128, 128}};
  for (const auto& color : colors) {
    const Image bgra = bgra_of(color.bgr[0], color.bgr[1], color.bgr[2]);
    const auto nv12 = convert_color(bgra, PixelFormat::nv12);
    const auto yuy2 = convert_color(bgra, PixelFormat::yuy2);
    ASSERT_TRUE(nv12 && yuy2);
    const auto at = [](const Image& image, size_t i) {
      return static_cast<int>(image.bytes.get()[i]);
    };
    EXPECT_EQ(nv12->bytes.get().size(), 48U);
    EXPECT_EQ(nv12->stride_bytes, 16);
    EXPECT_EQ(yuy2->bytes.get().size(), 64U);
    EXPECT_EQ(yuy2->stride_bytes, 32);
    for (const auto& [got, wanted] : {std::pair{at(*nv12, 31), color.y},
                                      {at(*nv12, 32), color.u},
                                      {at(*nv12, 47), color.v},
                                      {at(*yuy2, 60), color.y},
                                      {at(*yuy2, 61), color.u},
                                      {at(*yuy2, 63), color.v}})
      EXPECT_NEAR(got, wanted, 1);
    for (const auto& yuv : {nv12, yuy2}) {
      const auto back = convert_color(*yuv, PixelFormat::bgra32);
      ASSERT_TRUE(back);
      for (size_t i = 0; i < 3; ++i) EXPECT_NEAR(at(*back, 124 + i), color.bgr[i], 3);
      EXPECT_EQ(at(*back, 127), 255);
    }
  }
}

TEST(ColorBytes, AreWhatACameraGives) {
  // Black, white and the red, green and blue of full range.
  const struct {
    uint8_t rgb[3];
    int y, u, v;
  } colors[] = {{{0, 0, 0}, 0, 128, 128},
                {{255, 255, 255}, 255, 128, 128},
                {{255, 0, 0}, 76, 85, 255},
                {{0, 255, 0}, 150, 44, 21},
                {{0, 0, 255}, 29, 255, 107}};
  for (const auto& color : colors) {
    RgbPicture picture(4, 2);
    for (size_t i = 0; i < picture.rgb.size(); ++i) picture.rgb[i] = color.rgb[i % 3];
    const auto nv12 = color_bytes(picture, PixelFormat::nv12);
    const auto yuy2 = color_bytes(picture, PixelFormat::yuy2);
    const auto bgra = color_bytes(picture, PixelFormat::bgra32);
    ASSERT_EQ(nv12.size(), 12U);
    ASSERT_EQ(yuy2.size(), 16U);
    ASSERT_EQ(bgra.size(), 32U);
    EXPECT_EQ(std::vector<int>(nv12.end() - 3, nv12.end()),
              (std::vector<int>{color.v, color.u, color.v}));
    EXPECT_EQ(std::vector<int>(yuy2.begin(), yuy2.begin() + 4),
              (std::vector<int>{color.y, color.u, color.y, color.v}));
    EXPECT_EQ(nv12[0], color.y);
    EXPECT_EQ(std::vector<int>(bgra.end() - 4, bgra.end()),
              (std::vector<int>{color.rgb[2], color.rgb[1], color.rgb[0], 255}));
    for (const auto& [format, bytes] :
         {std::pair(PixelFormat::nv12, nv12), {PixelFormat::yuy2, yuy2}}) {
      const int stride = format == PixelFormat::nv12 ? 4 : 8;
      const auto back = color_picture(color_image(format, 4, 2, stride, bytes));
      ASSERT_TRUE(back);
      for (size_t i = 0; i < picture.rgb.size(); ++i) EXPECT_NEAR(back->rgb[i], picture.rgb[i], 2);
    }
  }
  EXPECT_TRUE(color_bytes(RgbPicture(4, 2), PixelFormat::depth16).empty());
}

TEST(ColorConvert, RefusesWhatIsNoImageOfItsSize) {
  Image image = bgra_of(1, 2, 3);
  image.height_px = 4;
  EXPECT_EQ(convert_color(image, PixelFormat::nv12).error().code, Errc::unusable_input);
  image.height_px = 1;
  EXPECT_EQ(convert_color(image, PixelFormat::nv12).error().code, Errc::unsupported);
  EXPECT_EQ(convert_color(image, PixelFormat::mjpg).error().code, Errc::unsupported);
  RgbPicture picture(32, 16);
  const auto jpeg = encode_jpeg(picture, 90);
  ASSERT_TRUE(jpeg);
  image.format = PixelFormat::mjpg;
  image.bytes = ImageBytes(nullptr, *jpeg);
  image.height_px = 2;
  EXPECT_EQ(convert_color(image, PixelFormat::bgra32).error().code, Errc::unusable_input);
}

}  // namespace lockstep
