// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <span>
#include <thread>

#include "lockstep/transform/color_to_depth_search.h"
#include "lockstep/transform/transformation.h"
#include "tests/support/plain_transformation.h"
#include "tests/support/transform_cases.h"

// The transformations against their plain form, in every build of the kernels.

namespace lockstep {
namespace {

using testing::any_calibration;
using testing::any_scene;
using testing::Dice;
using testing::expect_property;
using testing::pixels;

const std::initializer_list<DepthMode> kDepthModes = {
    DepthMode::nfov_2x2binned, DepthMode::nfov_unbinned, DepthMode::wfov_2x2binned,
    DepthMode::wfov_unbinned, DepthMode::passive_ir};
const std::initializer_list<ColorResolution> kColorResolutions = {
    ColorResolution::p720,  ColorResolution::p1080, ColorResolution::p1440,
    ColorResolution::p1536, ColorResolution::p2160, ColorResolution::p3072};

/// In any modes.
DeviceGeometry any_geometry(Dice& dice) {
  return geometry_of(any_calibration(dice), dice.of(kDepthModes), dice.of(kColorResolutions));
}

/// In modes small enough for many cases of the plain form.
DeviceGeometry any_small_geometry(Dice& dice) {
  const auto depth = dice.of({DepthMode::nfov_2x2binned, DepthMode::wfov_2x2binned});
  return geometry_of(any_calibration(dice), depth,
                     dice.of({ColorResolution::p720, ColorResolution::p1536}));
}

/// Any build of the kernels that this processor can run.
const Kernels& any_kernels(Dice& dice) {
  const std::vector<const Kernels*> usable = usable_kernels();
  return *usable[static_cast<size_t>(dice.in(0, static_cast<int>(usable.size())))];
}

SearchView view_of(const DeviceGeometry& geometry) {
  const int width = geometry.depth->width_px;
  return width == 320 || width == 640 ? kNarrowView : kWideView;
}

/// What may differ: one in ten thousand.
constexpr size_t kShare = 10'000;

/// That depth is as in the plain form, but for one pixel in ten thousand, and that one at an edge.
void expect_plain(const std::vector<uint16_t>& depth, const testing::PlainDepthToColor& plain) {
  size_t different = 0, away_from_edges = 0;
  for (size_t i = 0; i < depth.size(); ++i) {
    const bool same = (depth[i] == 0) == (plain.depth[i] == 0) &&
                      std::abs(int{depth[i]} - int{plain.depth[i]}) <= 1;
    if (same) continue;
    ++different;
    away_from_edges += !plain.near_edge(i);
  }
  RC_ASSERT(different <= depth.size() / kShare);
  RC_ASSERT(away_from_edges == 0U);
}

void expect_plain_depth(Dice& dice, const DeviceGeometry& geometry,
                        const std::vector<uint16_t>& depth) {
  std::vector<uint16_t> out(pixels(*geometry.color), 7);
  RC_ASSERT(Transformation(geometry, any_kernels(dice)).depth_to_color(depth, out).ok());
  expect_plain(out, testing::plain_depth_to_color(geometry, depth));
}

TEST(PlainForm, DepthInTheColourImageIsTheSame) {
  expect_property({12, 400}, [](Dice& dice) {
    const DeviceGeometry geometry = any_small_geometry(dice);
    expect_plain_depth(dice, geometry, any_scene(dice, *geometry.depth));
  });
}

TEST(PlainForm, DepthIsTheSameCloseToTheCamera) {
  expect_property({4, 100}, [](Dice& dice) {
    const DeviceGeometry geometry = any_small_geometry(dice);
    std::vector<uint16_t> depth = any_scene(dice, *geometry.depth);
    const int nearer = dice.in(3, 8);
    for (uint16_t& reading : depth) reading = static_cast<uint16_t>(reading / nearer);
    expect_plain_depth(dice, geometry, depth);
  });
}

TEST(PlainForm, DepthIsTheSameInAnyModesOfBothCameras) {
  expect_property({4, 150}, [](Dice& dice) {
    const DeviceGeometry geometry = any_geometry(dice);
    expect_plain_depth(dice, geometry, any_scene(dice, *geometry.depth));
  });
}

template <typename Sample>
void expect_plain_custom(Dice& dice, const DeviceGeometry& geometry) {
  const auto interpolation = dice.of({Interpolation::nearest, Interpolation::linear});
  const std::vector<uint16_t> depth = any_scene(dice, *geometry.depth);
  std::vector<Sample> custom(depth.size());
  const auto width = static_cast<size_t>(geometry.depth->width_px);
  for (size_t i = 0; i < custom.size(); ++i)
    custom[i] = static_cast<Sample>(interpolation == Interpolation::nearest
                                        ? i * i / 977  // every pixel another
                                        : 255 - i % width / 3 - i / width / 6);
  std::vector<uint16_t> out(pixels(*geometry.color), 7);
  std::vector<Sample> custom_out(out.size());
  const auto invalid = static_cast<uint32_t>(dice.in(0, 70'000));
  RC_ASSERT(Transformation(geometry, any_kernels(dice))
                .depth_to_color(depth, std::span<const Sample>(custom), out,
                                std::span<Sample>(custom_out), interpolation, invalid)
                .ok());
  const auto plain = testing::plain_depth_to_color(geometry, depth, {custom.begin(), custom.end()},
                                                   interpolation, static_cast<Sample>(invalid));
  expect_plain(out, plain);
  size_t different = 0;
  for (size_t i = 0; i < out.size(); ++i)
    different += std::abs(int{custom_out[i]} - int{plain.custom[i]}) > 1;
  RC_ASSERT(different <= out.size() / kShare);
}

TEST(PlainForm, ACustomImageIsTheSame) {
  expect_property({8, 300},
                  [](Dice& dice) { expect_plain_custom<uint8_t>(dice, any_small_geometry(dice)); });
  expect_property(
      {8, 300}, [](Dice& dice) { expect_plain_custom<uint16_t>(dice, any_small_geometry(dice)); });
}

TEST(PlainForm, ACustomImageIsTheSameInAnyModesOfBothCameras) {
  expect_property({1, 60},
                  [](Dice& dice) { expect_plain_custom<uint8_t>(dice, any_geometry(dice)); });
  expect_property({1, 60},
                  [](Dice& dice) { expect_plain_custom<uint16_t>(dice, any_geometry(dice)); });
}

TEST(PlainForm, ColourInTheDepthImageIsTheSame) {
  expect_property({6, 150}, [](Dice& dice) {
    const DeviceGeometry geometry = any_geometry(dice);
    const std::vector<uint16_t> depth = any_scene(dice, *geometry.depth);
    std::vector<uint8_t> bgra(4 * pixels(*geometry.color));
    for (size_t i = 0; i < bgra.size(); ++i)
      bgra[i] = static_cast<uint8_t>(127 + 120 * std::sin(static_cast<double>(i) * 0.003));
    std::vector<uint8_t> out(4 * depth.size(), 7);
    RC_ASSERT(Transformation(geometry, any_kernels(dice)).color_to_depth(depth, bgra, out).ok());
    const auto plain = testing::plain_color_to_depth(geometry, depth, bgra);
    size_t different = 0;
    for (size_t i = 0; i < out.size(); ++i) different += std::abs(int{out[i]} - int{plain[i]}) > 1;
    RC_ASSERT(different <= out.size() / kShare);
  });
}

TEST(PlainForm, PointsAreTheSame) {
  expect_property({6, 150}, [](Dice& dice) {
    const DeviceGeometry geometry = any_geometry(dice);
    const std::vector<uint16_t> depth = any_scene(dice, *geometry.depth);
    std::vector<int16_t> xyz(3 * depth.size(), 7);
    RC_ASSERT(Transformation(geometry, any_kernels(dice)).depth_points(depth, xyz).ok());
    const auto plain = testing::plain_points(*geometry.depth, depth);
    size_t different = 0;
    for (size_t i = 0; i < xyz.size(); ++i) {
      different += xyz[i] != plain[i];
      // Halves fall to either side.
      if (std::abs(int{xyz[i]} - int{plain[i]}) > 1) RC_FAIL("a point lies elsewhere");
    }
    RC_ASSERT(different <= xyz.size() / kShare);
  });
}

TEST(PlainForm, AColourPixelIsFoundAtTheSamePlace) {
  expect_property({10, 200}, [](Dice& dice) {
    const DeviceGeometry geometry = any_geometry(dice);
    const std::vector<uint16_t> depth = any_scene(dice, *geometry.depth);
    const Kernels& kernels = any_kernels(dice);
    for (int i = 0; i < 100; ++i) {
      const Eigen::Vector2d pixel(dice.in(0, geometry.color->width_px),
                                  dice.in(0, geometry.color->height_px));
      const SearchView view = view_of(geometry);
      const auto here = find_in_depth_image(geometry, view, depth, pixel, kernels);
      const auto plain = testing::plain_find_in_depth_image(geometry, view, depth, pixel);
      RC_ASSERT(here.ok());
      RC_ASSERT(here->has_value() == plain.has_value());
      if (plain) RC_ASSERT((**here - *plain).norm() <= 1e-6);
    }
  });
}

TEST(Kernels, TheFastestAreUsedAndThoseForEveryProcessorCanBe) {
  const std::vector<const Kernels*> usable = usable_kernels();
  EXPECT_EQ(&best_kernels(), usable.front());
  EXPECT_STREQ(usable.back()->name, "baseline");
}

/// Everything that one transformation makes of a scene.
struct Results {
  std::vector<uint16_t> depth, custom;
  std::vector<uint8_t> color;
  std::vector<int16_t> points;
  bool operator==(const Results&) const = default;
};

Results results_of(const Transformation& transformation, const std::vector<uint16_t>& depth) {
  const CameraModel& color = *transformation.geometry().color;
  Results results;
  results.depth.resize(pixels(color));
  results.custom.resize(pixels(color));
  results.color.resize(4 * depth.size());
  results.points.resize(3 * depth.size());
  std::vector<uint8_t> bgra(4 * pixels(color));
  for (size_t i = 0; i < bgra.size(); ++i) bgra[i] = static_cast<uint8_t>(i * 31 >> 4);
  const std::span<const uint16_t> custom(depth);
  EXPECT_TRUE(transformation.depth_to_color(
      depth, custom, results.depth, std::span<uint16_t>(results.custom), Interpolation::linear, 3));
  EXPECT_TRUE(transformation.depth_to_color(depth, results.depth));
  EXPECT_TRUE(transformation.color_to_depth(depth, bgra, results.color));
  EXPECT_TRUE(transformation.depth_points(depth, results.points));
  return results;
}

TEST(Transformation, ServesManyThreadsAtOnce) {
  const DeviceGeometry geometry = geometry_of(*parse_calibration(testing::kCheckCalibration),
                                              DepthMode::nfov_2x2binned, ColorResolution::p720);
  std::vector<uint16_t> depth(pixels(*geometry.depth));
  for (size_t i = 0; i < depth.size(); ++i) depth[i] = static_cast<uint16_t>(1000 + i % 320);
  const Results expected = results_of(Transformation(geometry), depth);
  const Transformation shared(geometry);
  std::vector<Results> results(8);
  std::vector<std::thread> threads;
  for (Results& result : results) threads.emplace_back([&] { result = results_of(shared, depth); });
  for (std::thread& thread : threads) thread.join();
  for (const Results& result : results) EXPECT_TRUE(result == expected);
}

}  // namespace
}  // namespace lockstep
