// SPDX-License-Identifier: MIT
// Links: calibrate virtual geometry
#include <benchmark/benchmark.h>

#include <cstdlib>

#include "lockstep/calibrate/calibrate_rig.h"
#include "lockstep/virtual/pose.h"
#include "tests/support/synthetic_boards.h"

// What a calibration costs after detection: eight cameras in a chain, 200 ticks, colour and
// infrared with depth at every corner, held-out error and evidence included. Detection itself, in a
// process of its own, is 15 to 35 ms for an image of 720p.

namespace lockstep {
namespace {

const bool kShort = std::getenv("LOCKSTEP_BENCH_SHORT") != nullptr;

BoardEvidence chain(int cameras, int ticks) {
  const auto factory = parse_calibration(base_calibration_json());
  testing::SyntheticRig rig(
      1, {},
      {"", factory->color_camera(ColorResolution::p1080),
       factory->depth_camera(DepthMode::nfov_unbinned), factory->color_from_depth()});
  rig.stand_in_line(cameras, 1.0);
  rig.show_to_neighbours_in_line((ticks + cameras - 2) / (cameras - 1), 1.8);
  BoardEvidence evidence;
  evidence.cameras = rig.factory;
  evidence.board = rig.board;
  evidence.serials.resize(rig.factory.size());
  for (const BoardView& view : rig.views) evidence.sightings.push_back({view, 1.3, 10, 0, 0});
  return evidence;
}

void CalibrateEightCameras(benchmark::State& state) {
  const BoardEvidence evidence = kShort ? chain(2, 12) : chain(8, 200);
  size_t views = 0;
  for (auto _ : state) {
    const auto report = calibrate_rig(evidence);
    if (!report) return state.SkipWithError(report.error().message.c_str());
    views = evidence.sightings.size();
  }
  state.counters["views"] = static_cast<double>(views);
}
BENCHMARK(CalibrateEightCameras)->Unit(benchmark::kSecond)->UseRealTime();

}  // namespace
}  // namespace lockstep

BENCHMARK_MAIN();
