// SPDX-License-Identifier: MIT
// Colour in every format that a camera gives.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "lockstep/codec/color_picture.h"
#include "lockstep/frame/image_shape.h"
#include "lockstep/virtual/color_noise.h"
#include "lockstep/virtual/color_rows.h"
#include "lockstep/virtual/rendered_pictures.h"
#include "tests/support/files.h"
#include "tests/support/virtual_rigs.h"

namespace lockstep {
namespace {

using testing::chain_rig;
using testing::Driver;
using testing::TempFolder;

constexpr ColorFormat kFormats[] = {ColorFormat::mjpg, ColorFormat::nv12, ColorFormat::yuy2,
                                    ColorFormat::bgra32};

/// One camera whose world is soon rendered: three pictures.
Rig small_rig(ColorFormat format) {
  Rig rig = chain_rig(1);
  rig.world->timing_only = false;
  rig.world->period_s = 0.1;
  rig.cameras[0].config.color_format = format;
  rig.cameras[0].config.depth_mode = DepthMode::off;
  return rig;
}

std::vector<CapturePtr> captures_of(const Rig& rig, const TempFolder& cache) {
  VirtualRigOptions options;
  options.pace = VirtualRigOptions::Pace::as_fast_as_possible;
  options.cache_folder = cache.path();
  Driver driver(rig, options);
  driver.start_all();
  driver.pass(std::chrono::milliseconds(500));
  EXPECT_GE(driver.captures[0].size(), 5U);
  return driver.captures[0];
}

void expect_layout(const Image& image, const CameraConfig& config) {
  const ImageShape shape = color_shape(config);
  EXPECT_EQ(image.format, shape.format);
  EXPECT_EQ(image.width_px, shape.width_px);
  EXPECT_EQ(image.height_px, shape.height_px);
  EXPECT_EQ(image.stride_bytes, shape.row_bytes());
  if (shape.format == PixelFormat::mjpg) return;
  EXPECT_EQ(image.bytes.get().size(), shape.image_bytes());
}

double mean_difference(const RgbPicture& a, const RgbPicture& b) {
  EXPECT_EQ(a.rgb.size(), b.rgb.size());
  int64_t sum = 0;
  for (size_t i = 0; i < a.rgb.size(); ++i) sum += std::abs(a.rgb[i] - b.rgb[i]);
  return static_cast<double>(sum) / static_cast<double>(a.rgb.size());
}

TEST(VirtualColor, IsTheSamePictureInEveryFormat) {
  const TempFolder cache;
  const auto jpegs = captures_of(small_rig(ColorFormat::mjpg), cache);
  for (const ColorFormat format : kFormats) {
    const Rig rig = small_rig(format);
    const auto captures = captures_of(rig, cache);
    for (size_t i = 0; i < 3; ++i) {
      const Image& image = *captures[i]->color;
      expect_layout(image, rig.cameras[0].config);
      const auto picture = color_picture(image);
      ASSERT_TRUE(picture);
      EXPECT_EQ(image.stamp, jpegs[i]->color->stamp);
      // The noise of both pictures and what the JPEG loses; another phase is further away.
      const double same = mean_difference(*picture, *color_picture(*jpegs[i]->color));
      const double other = mean_difference(*picture, *color_picture(*jpegs[i + 1]->color));
      EXPECT_LT(same, 3.0) << to_string(format);
      EXPECT_LT(same, other) << to_string(format);
    }
  }
}

TEST(VirtualColor, HasFreshNoiseInBytesOfItsOwn) {
  const TempFolder cache;
  const auto captures = captures_of(small_rig(ColorFormat::bgra32), cache);
  const auto first = captures[0]->color->bytes.get();
  const auto a_period_later = captures[3]->color->bytes.get();
  EXPECT_NE(first.data(), a_period_later.data());
  EXPECT_FALSE(std::equal(first.begin(), first.end(), a_period_later.begin()));
  for (size_t alpha = 3; alpha < first.size(); alpha += 4) ASSERT_EQ(first[alpha], std::byte{255});
}

TEST(VirtualColor, OfTimingOnlyHasItsFormatsBytes) {
  for (const ColorFormat format : kFormats) {
    Rig rig = small_rig(format);
    rig.world->timing_only = true;
    const TempFolder nothing;
    const auto captures = captures_of(rig, nothing);
    expect_layout(*captures[0]->color, rig.cameras[0].config);
    EXPECT_EQ(captures[0]->color->bytes.get().size() == 64, format == ColorFormat::mjpg);
  }
}

TEST(VirtualColor, ComesInTheLargestSizeOfEachFormat) {
  const TempFolder cache;
  Rig rig = small_rig(ColorFormat::bgra32);
  rig.frame_rate = FrameRate::fps5;
  rig.world->period_s = 0.2;
  rig.cameras[0].config.frame_rate = FrameRate::fps5;
  rig.cameras[0].config.color_resolution = ColorResolution::p3072;
  VirtualRigOptions options;
  options.pace = VirtualRigOptions::Pace::as_fast_as_possible;
  options.cache_folder = cache.path();
  Driver driver(rig, options);
  driver.start_all();
  driver.pass(std::chrono::seconds(2));
  ASSERT_FALSE(driver.captures[0].empty());
  expect_layout(*driver.captures[0][0]->color, rig.cameras[0].config);
}

/// Pictures of 12 rows of 16 bytes.
constexpr size_t kRows = 12, kRowBytes = 16;

RC_GTEST_PROP(ColorRows, GiveThePictureAgain, ()) {
  const auto bytes =
      rc::gen::container<std::vector<uint8_t>>(kRows * kRowBytes, rc::gen::inRange<uint8_t>(0, 3));
  const auto still = *bytes, picture = *bytes;
  const auto differences = row_differences(still, picture, kRowBytes);
  RC_ASSERT(are_row_differences(differences, kRows, kRowBytes));
  std::vector<uint8_t> shown(still.size());
  const ColorNoise noise(PixelFormat::nv12);
  const auto seed = *rc::gen::arbitrary<uint64_t>();
  show_rows(still, differences, kRowBytes, noise, seed, shown);
  for (size_t i = 0; i < picture.size(); ++i) RC_ASSERT(std::abs(shown[i] - picture[i]) <= 6);
  // Which bytes changed is of no matter to the noise.
  std::vector<uint8_t> whole(still.size());
  show_rows(picture, row_differences(picture, picture, kRowBytes), kRowBytes, noise, seed, whole);
  RC_ASSERT(shown == whole);
}

TEST(ColorRows, AreOnlyThatWhenEveryRunLiesWithinItsRow) {
  const std::vector<uint8_t> still(kRows * kRowBytes);
  std::vector<uint8_t> picture = still;
  picture[5] = 1;
  const auto good = row_differences(still, picture, kRowBytes);
  EXPECT_EQ(good.size(), kRows * 8 + 4) << "one unit of four bytes";
  EXPECT_TRUE(are_row_differences(good, kRows, kRowBytes));
  const auto with = [&](size_t at, uint32_t value) {
    auto blob = good;
    std::memcpy(blob.data() + at, &value, sizeof(value));
    return are_row_differences(blob, kRows, kRowBytes);
  };
  EXPECT_TRUE(with(0, 12));
  EXPECT_FALSE(with(0, 16)) << "behind its row";
  EXPECT_FALSE(with(0, 3));
  EXPECT_FALSE(with(0, UINT32_MAX - 3));
  EXPECT_FALSE(with(4, 8)) << "more than is there";
  EXPECT_FALSE(with(4, 0));
  EXPECT_FALSE(with(4, UINT32_MAX - 3));
  EXPECT_FALSE(are_row_differences(std::span(good).first(kRows * 8 - 1), kRows, kRowBytes));
  EXPECT_FALSE(are_row_differences({}, kRows, kRowBytes));
}

TEST(ColorNoise, HasItsDeviationNoBiasAndLeavesAlphaAlone) {
  const std::vector<uint8_t> from(40'000, 200);
  for (const auto& [format, sigma] :
       {std::pair(PixelFormat::bgra32, 2.0), {PixelFormat::yuy2, 1.0}}) {
    const ColorNoise noise(format);
    std::vector<uint8_t> to(from.size());
    noise.add(noise.draw(7), 0, from, to);
    double sum = 0, squares = 0, count = 0;
    for (size_t i = 0; i < to.size(); ++i) {
      if (format == PixelFormat::bgra32 && i % 4 == 3) {
        ASSERT_EQ(to[i], 200);
        continue;
      }
      sum += to[i] - 200;
      squares += (to[i] - 200) * (to[i] - 200);
      ++count;
    }
    EXPECT_NEAR(sum / count, 0, 0.05);
    EXPECT_NEAR(std::sqrt(squares / count), sigma, 0.1);
  }
}

TEST(ColorNoise, EndsAtBlackAndWhite) {
  const ColorNoise noise(PixelFormat::nv12);
  const std::vector<uint8_t> black(4000, 0), white(4000, 255);
  std::vector<uint8_t> to(4000);
  noise.add(noise.draw(1), 0, black, to);
  EXPECT_LT(*std::max_element(to.begin(), to.end()), 10);
  noise.add(noise.draw(1), 0, white, to);
  EXPECT_GT(*std::min_element(to.begin(), to.end()), 245);
}

}  // namespace
}  // namespace lockstep
