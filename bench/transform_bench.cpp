// SPDX-License-Identifier: MIT
// Links: transform
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string_view>
#include <vector>

#include "lockstep/geometry/calibration.h"
#include "lockstep/transform/color_to_depth_search.h"
#include "lockstep/transform/transformation.h"
#include "tests/support/check_calibration.h"

// What it costs to carry images between the cameras of a device, on one thread. The kernels are the
// fastest of this processor, or those that LOCKSTEP_BENCH_KERNELS names (kernels.h).

namespace lockstep {
namespace {

const bool kShort = std::getenv("LOCKSTEP_BENCH_SHORT") != nullptr;

const Kernels& kernels() {
  const char* const name = std::getenv("LOCKSTEP_BENCH_KERNELS");
  for (const Kernels* usable : usable_kernels()) {
    if (name == nullptr || usable->name == std::string_view(name)) return *usable;
  }
  std::fprintf(stderr, "this processor has no kernels \"%s\"\n", name);
  std::exit(EXIT_FAILURE);
}

DeviceGeometry geometry(DepthMode depth, ColorResolution color) {
  return geometry_of(*parse_calibration(testing::kCheckCalibration), depth, color);
}

size_t pixels(const CameraModel& camera) {
  return static_cast<size_t>(camera.width_px) * static_cast<size_t>(camera.height_px);
}

/// A wall with ripples, a floor before it, three objects, and no reading at one pixel of fifty.
std::vector<uint16_t> scene(const CameraModel& camera) {
  std::vector<uint16_t> depth;
  std::minstd_rand random(7);
  std::uniform_int_distribution<int> percent(0, 99);
  for (int v = 0; v < camera.height_px; ++v) {
    for (int u = 0; u < camera.width_px; ++u) {
      const double x = static_cast<double>(u) / camera.width_px;
      const double y = static_cast<double>(v) / camera.height_px;
      double z = 2500 + 40 * std::sin(u * 0.09) * std::cos(v * 0.06);
      if (y > 0.7) z = std::min(z, 2500 - (y - 0.7) * 4000);
      if (std::hypot(x - 0.3, y - 0.4) < 0.12) z = 1200;
      if (x > 0.5 && x < 0.65 && y > 0.3 && y < 0.75) z = 1500 + 300 * (x - 0.5);
      if (x > 0.75 && x < 0.9 && y > 0.2 && y < 0.5) z = 900;
      depth.push_back(percent(random) < 2 ? uint16_t{0} : static_cast<uint16_t>(z));
    }
  }
  return depth;
}

/// The first use makes the table of rays.
void prepare(const Transformation& transformation) {
  const std::vector<uint16_t> depth(pixels(*transformation.geometry().depth));
  std::vector<int16_t> xyz(3 * depth.size());
  (void)transformation.depth_points(depth, xyz);
}

void depth_to_color(benchmark::State& state, DepthMode mode, ColorResolution color) {
  const Transformation transformation(geometry(mode, color), kernels());
  const std::vector<uint16_t> depth = scene(*transformation.geometry().depth);
  std::vector<uint16_t> out(pixels(*transformation.geometry().color));
  prepare(transformation);
  for (auto _ : state) {
    if (!transformation.depth_to_color(depth, out)) return state.SkipWithError("refused");
    benchmark::DoNotOptimize(out.data());
  }
}

void create_and_depth_to_color(benchmark::State& state, DepthMode mode, ColorResolution color) {
  const DeviceGeometry of = geometry(mode, color);
  const std::vector<uint16_t> depth = scene(*of.depth);
  std::vector<uint16_t> out(pixels(*of.color));
  for (auto _ : state) {
    if (!Transformation(of, kernels()).depth_to_color(depth, out))
      return state.SkipWithError("refused");
    benchmark::DoNotOptimize(out.data());
  }
}

void color_to_depth(benchmark::State& state, DepthMode mode, ColorResolution color) {
  const Transformation transformation(geometry(mode, color), kernels());
  const std::vector<uint16_t> depth = scene(*transformation.geometry().depth);
  std::vector<uint8_t> bgra(4 * pixels(*transformation.geometry().color));
  for (size_t i = 0; i < bgra.size(); ++i) bgra[i] = static_cast<uint8_t>(i * 31 >> 4);
  std::vector<uint8_t> out(4 * depth.size());
  prepare(transformation);
  for (auto _ : state) {
    if (!transformation.color_to_depth(depth, bgra, out)) return state.SkipWithError("refused");
    benchmark::DoNotOptimize(out.data());
  }
}

void depth_points(benchmark::State& state, DepthMode mode) {
  const Transformation transformation(geometry(mode, ColorResolution::off), kernels());
  const std::vector<uint16_t> depth = scene(*transformation.geometry().depth);
  std::vector<int16_t> xyz(3 * depth.size());
  prepare(transformation);
  for (auto _ : state) {
    if (!transformation.depth_points(depth, xyz)) return state.SkipWithError("refused");
    benchmark::DoNotOptimize(xyz.data());
  }
}

/// One pixel, the mean of a thousand.
void color_2d_to_depth_2d(benchmark::State& state) {
  const DeviceGeometry of = geometry(DepthMode::nfov_unbinned, ColorResolution::p1080);
  const std::vector<uint16_t> depth(pixels(*of.depth), 1000);
  std::minstd_rand random(3);
  std::uniform_real_distribution<double> x(0, of.color->width_px), y(0, of.color->height_px);
  std::vector<Eigen::Vector2d> asked;
  while (asked.size() < (kShort ? 10 : 1000)) asked.emplace_back(x(random), y(random));
  size_t found = 0;
  size_t at = 0;
  for (auto _ : state) {
    const auto pixel =
        find_in_depth_image(of, kNarrowView, depth, asked[at++ % asked.size()], kernels());
    found += pixel && pixel->has_value();
  }
  state.counters["found"] = static_cast<double>(found) / static_cast<double>(at);
}

constexpr auto kNarrow = DepthMode::nfov_unbinned;
constexpr auto kWide = DepthMode::wfov_unbinned;

#define LOCKSTEP_BENCH(function, name, ...) \
  BENCHMARK_CAPTURE(function, name, __VA_ARGS__)->Unit(benchmark::kMillisecond)

LOCKSTEP_BENCH(depth_to_color, 640x576_to_720p, kNarrow, ColorResolution::p720);
LOCKSTEP_BENCH(depth_to_color, 640x576_to_1080p, kNarrow, ColorResolution::p1080);
LOCKSTEP_BENCH(depth_to_color, 640x576_to_2160p, kNarrow, ColorResolution::p2160);
LOCKSTEP_BENCH(depth_to_color, 1024x1024_to_1080p, kWide, ColorResolution::p1080);
LOCKSTEP_BENCH(color_to_depth, 1080p_to_640x576, kNarrow, ColorResolution::p1080);
LOCKSTEP_BENCH(depth_points, 640x576, kNarrow);
LOCKSTEP_BENCH(depth_points, 1024x1024, kWide);
LOCKSTEP_BENCH(create_and_depth_to_color, 1080p, kNarrow, ColorResolution::p1080);
LOCKSTEP_BENCH(create_and_depth_to_color, 2160p, kNarrow, ColorResolution::p2160);
BENCHMARK(color_2d_to_depth_2d)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace lockstep

BENCHMARK_MAIN();
