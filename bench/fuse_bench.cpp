// SPDX-License-Identifier: MIT
// Links: fuse virtual
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <vector>

#include "lockstep/fuse/cloud_fusion.h"
#include "lockstep/fuse/depth_fill.h"
#include "lockstep/fuse/tsdf.h"
#include "lockstep/fuse/voxel_camera.h"
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

/// A frame of one camera into blocks that are there already, per voxel of those that it touches.
void integrate(benchmark::State& state) {
  auto tsdf = Tsdf::make({material().world.cameras()[1]}, {.threads = 1});
  const auto images = std::span(material().images).subspan(1, 1);
  (void)tsdf->integrate(images);
  for (auto _ : state) {
    if (!tsdf->integrate(images)) return state.SkipWithError("refused");
  }
  const double voxels = 512 * static_cast<double>(tsdf->blocks());
  state.counters["blocks"] = static_cast<double>(tsdf->blocks());
  state.counters["per_voxel"] = benchmark::Counter(
      voxels, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

/// The blocks that a frame of one camera touches; `cleared`: none of them is there.
void touch(benchmark::State& state, bool cleared) {
  VoxelCamera camera(material().world.cameras()[1], false, best_kernels());
  camera.see(material().images[1]);
  VoxelBlocks blocks(131'072);
  for (auto _ : state) {
    if (cleared) blocks.clear();
    blocks.begin_round();
    camera.touch(0.005, 0.02, blocks);
  }
  state.counters["blocks"] = static_cast<double>(blocks.size());
}

/// Four cameras, ten ticks.
void mesh(benchmark::State& state) {
  auto tsdf = Tsdf::make(material().world.cameras(), {.threads = static_cast<int>(state.range(0))});
  for (uint64_t tick = 0; tick < (kShort ? 1 : 10); ++tick) {
    const auto seen = material().world.tick(tick);
    auto images = testing::as_images(seen);
    for (size_t i = 0; i < images.size(); ++i) images[i].bgra = material().images[i].bgra;
    (void)tsdf->integrate(images);
  }
  size_t triangles = 0;
  for (auto _ : state) triangles = tsdf->mesh().triangles.size();
  state.counters["triangles"] = static_cast<double>(triangles);
  state.counters["per_million"] = benchmark::Counter(
      static_cast<double>(triangles) / 1e6,
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
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
LOCKSTEP_BENCH(mesh);
BENCHMARK(integrate)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(touch, new_blocks, true)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(touch, known_blocks, false)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace lockstep

BENCHMARK_MAIN();
