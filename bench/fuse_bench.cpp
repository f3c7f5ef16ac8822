// SPDX-License-Identifier: MIT
// Links: fuse virtual
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <vector>

#include "lockstep/fuse/cloud_fusion.h"
#include "lockstep/fuse/depth_fill.h"
#include "tests/support/fusion_world.h"

// What it costs to make one scene out of the views of four cameras in the demo room.

namespace lockstep {
namespace {

const bool kShort = std::getenv("LOCKSTEP_BENCH_SHORT") != nullptr;

/// The room as four cameras see it, rendered once.
struct Material {
  testing::FusionWorld world;
  std::vector<testing::SeenImages> seen;
  std::vector<FusionImages> images;

  Material()
      : world({.depth = kShort ? DepthMode::nfov_2x2binned : DepthMode::nfov_unbinned,
               .color = kShort ? ColorResolution::p720 : ColorResolution::p1080,
               .in_color = true}),
        seen(world.tick(1)),
        images(testing::as_images(seen)) {}
};

const Material& material() {
  static const Material material;
  return material;
}

void fill(benchmark::State& state) {
  auto fill =
      DepthFill::make(material().world.cameras(), 1, {.threads = static_cast<int>(state.range(0))});
  FilledView view;
  for (auto _ : state) {
    if (!fill->fill(material().images, view)) return state.SkipWithError("refused");
    benchmark::DoNotOptimize(view.depth_mm.data());
  }
}

void cloud(benchmark::State& state) {
  auto fusion =
      CloudFusion::make(material().world.cameras(), {.threads = static_cast<int>(state.range(0))});
  PointCloud cloud;
  for (auto _ : state) {
    if (!fusion->fuse(material().images, cloud)) return state.SkipWithError("refused");
    benchmark::DoNotOptimize(cloud.points.data());
  }
  state.counters["points"] = static_cast<double>(cloud.points.size());
}

#define LOCKSTEP_BENCH(function)      \
  BENCHMARK(function)                 \
      ->Arg(1)                        \
      ->Arg(2)                        \
      ->ArgName("threads")            \
      ->Unit(benchmark::kMillisecond) \
      ->UseRealTime()

LOCKSTEP_BENCH(fill);
LOCKSTEP_BENCH(cloud);

}  // namespace
}  // namespace lockstep

BENCHMARK_MAIN();
