// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <random>
#include <thread>

#include "lockstep/transform/color_to_depth_search.h"
#include "lockstep/transform/transformation.h"
#include "tests/support/check_calibration.h"
#include "tests/support/files.h"
#include "tests/support/plain_transformation.h"

// The transformations against their plain form, and the two builds of the kernels against each
// other.

namespace lockstep {
namespace {

using testing::kCheckCalibration;

size_t pixels(const CameraModel& camera) {
  return static_cast<size_t>(camera.width_px) * static_cast<size_t>(camera.height_px);
}

/// What a case is made of.
class Dice {
 public:
  explicit Dice(unsigned seed) : random_(seed) {}
  int in(int first, int end) { return std::uniform_int_distribution<int>(first, end - 1)(random_); }
  template <typename Value>
  Value of(std::initializer_list<Value> values) {
    return values.begin()[in(0, static_cast<int>(values.size()))];
  }

 private:
  std::mt19937 random_;
};

/// Tries `count` cases, many more in the long form.
void for_cases(int count, const std::function<void(Dice&)>& property) {
  if (std::getenv("LOCKSTEP_NIGHTLY") != nullptr) count *= 50;
  for (int seed = 1; seed <= count && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("case " + std::to_string(seed));
    Dice dice(static_cast<unsigned>(seed));
    property(dice);
  }
}

/// A wall with ripples, a floor, boxes in front of it, and holes.
std::vector<uint16_t> any_scene(Dice& dice, const CameraModel& camera) {
  const double ripple_mm = dice.in(0, 60);
  const double wall_mm = dice.in(700, 4000);
  const int boxes = dice.in(0, 4);
  const int holes_of_1000 = dice.in(0, 40);
  std::vector<uint16_t> depth(pixels(camera));
  for (int v = 0; v < camera.height_px; ++v) {
    for (int u = 0; u < camera.width_px; ++u) {
      double z = wall_mm + ripple_mm * std::sin(u * 0.11) * std::cos(v * 0.07);
      if (v > camera.height_px * 2 / 3) z -= (v - camera.height_px * 2 / 3) * 1.5;
      for (int box = 0; box < boxes; ++box) {
        const int left = camera.width_px * (1 + 2 * box) / 9;
        if (u > left && u < left + camera.width_px / 8 && v > camera.height_px / 3 &&
            v < camera.height_px * 3 / 4)
          z = std::min(z, wall_mm * (0.5 + 0.1 * box));
      }
      const bool hole = (u * 7919 + v * 104'729) % 1000 < holes_of_1000;
      depth[static_cast<size_t>(v * camera.width_px + u)] =
          hole ? uint16_t{0} : static_cast<uint16_t>(z);
    }
  }
  return depth;
}

DeviceGeometry any_calibration(Dice& dice, DepthMode depth, ColorResolution color) {
  const std::string json = dice.of(
      {std::string(kCheckCalibration), testing::read_file(testing::factory_calibration_file())});
  return geometry_of(*parse_calibration(json), depth, color);
}

/// In modes small enough for the plain form.
DeviceGeometry any_geometry(Dice& dice) {
  const auto depth = dice.of({DepthMode::nfov_2x2binned, DepthMode::wfov_2x2binned});
  const auto color = dice.of({ColorResolution::p720, ColorResolution::p1536});
  return any_calibration(dice, depth, color);
}

/// Whether a surface ends, or one ends before another, within two pixels.
bool near_edge(const std::vector<uint16_t>& depth, size_t width, size_t at) {
  const size_t height = depth.size() / width, x = at % width, y = at / width;
  int nearest = 65'535, farthest = 0;
  for (size_t v = y < 2 ? 0 : y - 2; v <= std::min(y + 2, height - 1); ++v) {
    for (size_t u = x < 2 ? 0 : x - 2; u <= std::min(x + 2, width - 1); ++u) {
      nearest = std::min<int>(nearest, depth[v * width + u]);
      farthest = std::max<int>(farthest, depth[v * width + u]);
    }
  }
  return nearest == 0 ? farthest != 0 : farthest - nearest > nearest / 50;
}

/// That depth is as in the plain form, but for one pixel in ten thousand, and that one at an edge.
void expect_plain(const std::vector<uint16_t>& depth, const std::vector<uint16_t>& plain,
                  const CameraModel& camera) {
  size_t different = 0, away_from_edges = 0;
  for (size_t i = 0; i < depth.size(); ++i) {
    const bool same =
        (depth[i] == 0) == (plain[i] == 0) && std::abs(int{depth[i]} - int{plain[i]}) <= 1;
    if (same) continue;
    ++different;
    away_from_edges += !near_edge(plain, static_cast<size_t>(camera.width_px), i);
  }
  EXPECT_LE(different, depth.size() / 10'000);
  EXPECT_EQ(away_from_edges, 0U);
}

TEST(PlainForm, DepthInTheColourImageIsTheSame) {
  for_cases(12, [](Dice& dice) {
    const DeviceGeometry geometry = any_geometry(dice);
    const std::vector<uint16_t> depth = any_scene(dice, *geometry.depth);
    std::vector<uint16_t> out(pixels(*geometry.color), 7);
    ASSERT_TRUE(Transformation(geometry).depth_to_color(depth, out).ok());
    expect_plain(out, testing::plain_depth_to_color(geometry, depth).depth, *geometry.color);
  });
}

TEST(PlainForm, DepthIsTheSameInEveryModeOfBothCameras) {
  using enum ColorResolution;
  const std::pair<DepthMode, ColorResolution> modes[] = {
      {DepthMode::nfov_2x2binned, p720},  {DepthMode::nfov_unbinned, p1080},
      {DepthMode::wfov_2x2binned, p1440}, {DepthMode::wfov_unbinned, p1536},
      {DepthMode::nfov_2x2binned, p2160}, {DepthMode::nfov_unbinned, p3072}};
  for (const auto& mode : modes) {
    for_cases(1, [&](Dice& dice) {
      const DeviceGeometry geometry = any_calibration(dice, mode.first, mode.second);
      const std::vector<uint16_t> depth = any_scene(dice, *geometry.depth);
      std::vector<uint16_t> out(pixels(*geometry.color), 7);
      ASSERT_TRUE(Transformation(geometry).depth_to_color(depth, out).ok());
      expect_plain(out, testing::plain_depth_to_color(geometry, depth).depth, *geometry.color);
    });
  }
}

template <typename Sample>
void expect_plain_custom(Dice& dice, Interpolation interpolation) {
  const DeviceGeometry geometry = any_geometry(dice);
  const std::vector<uint16_t> depth = any_scene(dice, *geometry.depth);
  std::vector<Sample> custom(depth.size());
  const size_t width = static_cast<size_t>(geometry.depth->width_px);
  for (size_t i = 0; i < custom.size(); ++i)
    custom[i] = static_cast<Sample>(interpolation == Interpolation::nearest
                                        ? i * i / 977  // every pixel another
                                        : 255 - i % width / 3 - i / width / 6);
  std::vector<uint16_t> out(pixels(*geometry.color), 7);
  std::vector<Sample> custom_out(out.size());
  const Sample invalid = 250;
  ASSERT_TRUE(Transformation(geometry)
                  .depth_to_color(depth, std::span<const Sample>(custom), out,
                                  std::span<Sample>(custom_out), interpolation, invalid)
                  .ok());
  const auto plain = testing::plain_depth_to_color(geometry, depth, {custom.begin(), custom.end()},
                                                   interpolation, invalid);
  expect_plain(out, plain.depth, *geometry.color);
  size_t different = 0;
  for (size_t i = 0; i < out.size(); ++i)
    different += std::abs(int{custom_out[i]} - int{plain.custom[i]}) > 1;
  EXPECT_LE(different, out.size() / 2000);
}

TEST(PlainForm, ACustomImageIsTheSame) {
  for_cases(12, [](Dice& dice) {
    const auto how = dice.of({Interpolation::nearest, Interpolation::linear});
    if (dice.in(0, 2) == 0) {
      expect_plain_custom<uint8_t>(dice, how);
    } else {
      expect_plain_custom<uint16_t>(dice, how);
    }
  });
}

TEST(PlainForm, ColourInTheDepthImageIsTheSame) {
  for_cases(6, [](Dice& dice) {
    const DeviceGeometry geometry = any_geometry(dice);
    const std::vector<uint16_t> depth = any_scene(dice, *geometry.depth);
    std::vector<uint8_t> bgra(4 * pixels(*geometry.color));
    for (size_t i = 0; i < bgra.size(); ++i)
      bgra[i] = static_cast<uint8_t>(127 + 120 * std::sin(static_cast<double>(i) * 0.003));
    std::vector<uint8_t> out(4 * depth.size(), 7);
    ASSERT_TRUE(Transformation(geometry).color_to_depth(depth, bgra, out).ok());
    const auto plain = testing::plain_color_to_depth(geometry, depth, bgra);
    size_t different = 0;
    for (size_t i = 0; i < out.size(); ++i) different += std::abs(int{out[i]} - int{plain[i]}) > 1;
    EXPECT_LE(different, out.size() / 10'000);
  });
}

TEST(PlainForm, PointsAreTheSame) {
  for_cases(6, [](Dice& dice) {
    const DeviceGeometry geometry = any_geometry(dice);
    const std::vector<uint16_t> depth = any_scene(dice, *geometry.depth);
    std::vector<int16_t> xyz(3 * depth.size(), 7);
    ASSERT_TRUE(Transformation(geometry).depth_points(depth, xyz).ok());
    const auto plain = testing::plain_points(*geometry.depth, depth);
    size_t different = 0;
    for (size_t i = 0; i < xyz.size(); ++i) {
      different += xyz[i] != plain[i];
      ASSERT_TRUE(std::abs(int{xyz[i]} - int{plain[i]}) <= 1);  // halves fall to either side
    }
    EXPECT_LE(different, xyz.size() / 10'000);
  });
}

TEST(PlainForm, AColourPixelIsFoundAtTheSamePlace) {
  for_cases(10, [](Dice& dice) {
    const DeviceGeometry geometry = any_geometry(dice);
    const std::vector<uint16_t> depth = any_scene(dice, *geometry.depth);
    const SearchView view = geometry.depth->width_px == 320 ? kNarrowView : kWideView;
    size_t found = 0, elsewhere = 0;
    for (int i = 0; i < 100; ++i) {
      const Eigen::Vector2d pixel(dice.in(0, geometry.color->width_px),
                                  dice.in(0, geometry.color->height_px));
      const auto here = find_in_depth_image(geometry, view, depth, pixel);
      const auto plain = testing::plain_find_in_depth_image(geometry, view, depth, pixel);
      ASSERT_TRUE(here.ok());
      ASSERT_TRUE(here->has_value() == plain.has_value());
      if (!plain) continue;
      ++found;
      elsewhere += (**here - *plain).norm() > 1e-6;
    }
    EXPECT_GT(found, 0U);
    EXPECT_EQ(elsewhere, 0U);
  });
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

TEST(Kernels, AreTheSameOnEveryProcessor) {
  for_cases(4, [](Dice& dice) {
    const DeviceGeometry geometry = any_geometry(dice);
    const std::vector<uint16_t> depth = any_scene(dice, *geometry.depth);
    const Transformation baseline(geometry, kBaselineKernels), best(geometry, best_kernels());
    ASSERT_TRUE(results_of(baseline, depth) == results_of(best, depth));
    const Eigen::Vector2d pixel(geometry.color->width_px / 2.0, geometry.color->height_px / 2.0);
    const SearchView view = geometry.depth->width_px == 320 ? kNarrowView : kWideView;
    const auto one = find_in_depth_image(geometry, view, depth, pixel, kBaselineKernels);
    const auto other = find_in_depth_image(geometry, view, depth, pixel);
    ASSERT_TRUE(one.ok() && other.ok() && *one == *other);
  });
}

TEST(Transformation, ServesManyThreadsAtOnce) {
  const DeviceGeometry geometry = geometry_of(*parse_calibration(kCheckCalibration),
                                              DepthMode::nfov_2x2binned, ColorResolution::p720);
  std::vector<uint16_t> depth(pixels(*geometry.depth));
  for (size_t i = 0; i < depth.size(); ++i) depth[i] = static_cast<uint16_t>(1000 + i % 320);
  const Results expected = results_of(Transformation(geometry), depth);
  const Transformation shared(geometry);
  std::vector<Results> results(4);
  std::vector<std::thread> threads;
  for (Results& result : results) threads.emplace_back([&] { result = results_of(shared, depth); });
  for (std::thread& thread : threads) thread.join();
  for (const Results& result : results) EXPECT_TRUE(result == expected);
}

}  // namespace
}  // namespace lockstep
