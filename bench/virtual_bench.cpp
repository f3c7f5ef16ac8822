// SPDX-License-Identifier: MIT
// Links: virtual rig fmt::fmt
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <barrier>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "lockstep/rig/plan.h"
#include "lockstep/rig/rig_file.h"
#include "lockstep/virtual/virtual_rig.h"

// The virtual rig: an hour of stamps. What recording its pictures costs, session_bench measures.

namespace lockstep {
namespace {

const bool kShort = std::getenv("LOCKSTEP_BENCH_SHORT") != nullptr;

void die(const std::string& why) {
  fmt::print(stderr, "virtual_bench: {}\n", why);
  std::exit(1);
}

template <typename T>
T value_of(Result<T> result) {
  if (!result) die(result.error().message);
  return std::move(result).value();
}

/// A chain of virtual cameras at 30 fps with IMU and without pictures.
Rig chain_of(int cameras) {
  std::string cables;
  std::string names;
  for (int i = 0; i < cameras; ++i) {
    names += fmt::format("{{ name = \"c{}\", serial = \"virtual-{:04}\" }},", i, i + 1);
    if (i > 0)
      cables += fmt::format("{{ from = \"c{}.out\", to = \"c{}.in\", length_m = 1 }},", i - 1, i);
  }
  const std::string toml = fmt::format(
      "schema = 1\nrig = {{ name = \"bench\", frame_rate = 30, source = \"c0\" }}\n"
      "all_cameras = {{ family = \"azure-kinect\", depth_mode = \"NFOV_UNBINNED\", color_mode = "
      "\"MJPG_720P\", exposure_us = 8330, gain = 128, white_balance_k = 4500, powerline_hz = 60, "
      "imu = true }}\ncamera = [{}]\ncable = [{}]\nworld = {{ seed = 1, timing_only = true }}\n",
      names, cables);
  return value_of(parse_rig(toml, "bench.toml"));
}

struct RunningRig {
  std::shared_ptr<VirtualRig> rig;
  Plan plan;
  std::vector<std::unique_ptr<Device>> devices;
};

/// Subordinates first, the master last.
RunningRig start(const Rig& rig) {
  RunningRig running;
  running.plan = make_plan(rig);
  VirtualRigOptions options;
  options.pace = VirtualRigOptions::Pace::as_fast_as_possible;
  running.rig = value_of(VirtualRig::create(rig, running.plan, options));
  for (const PlannedCamera& camera : running.plan.cameras) {
    running.devices.push_back(value_of(running.rig->open(camera.serial)));
  }
  for (size_t i = running.devices.size(); i-- > 0;) {
    if (auto started = running.devices[i]->start(running.plan.cameras[i].config); !started) {
      die(started.error().message);
    }
  }
  return running;
}

/// What one camera gave.
struct Stamps {
  std::vector<int64_t> color_us, depth_us;
  std::vector<ImuSample> imu;
};

void read_all(Device& device, Stamps& stamps) {
  while (true) {
    const auto read = value_of(device.next_capture(Nanos(0)));
    const auto* capture = std::get_if<CapturePtr>(&read);
    if (capture == nullptr) break;
    if ((*capture)->color) stamps.color_us.push_back((*capture)->color->stamp.us());
    if ((*capture)->depth) stamps.depth_us.push_back((*capture)->depth->stamp.us());
  }
  const auto samples = value_of(device.take_imu());
  stamps.imu.insert(stamps.imu.end(), samples.begin(), samples.end());
}

void hour_of_ten_cameras(benchmark::State& state) {
  constexpr int kCameras = 10;
  constexpr int kThreads = 2;
  const int steps = kShort ? 50 : 36'000;  // of a tenth of a second
  const Rig rig = chain_of(kCameras);
  for (auto _ : state) {
    RunningRig running = start(rig);
    std::vector<Stamps> stamps(kCameras);
    SessionClock& clock = running.rig->clock();
    // The clock moves when every thread has read its cameras.
    std::barrier step(kThreads, [&]() noexcept {
      clock.sleep_until(clock.now() + std::chrono::milliseconds(100));
    });
    const auto read = [&](size_t first) {
      for (int i = 0; i < steps; ++i) {
        step.arrive_and_wait();
        for (size_t camera = first; camera < kCameras; camera += kThreads) {
          read_all(*running.devices[camera], stamps[camera]);
        }
      }
    };
    std::thread other(read, 1);
    read(0);
    other.join();
    size_t captures = 0, samples = 0;
    for (const Stamps& camera : stamps) {
      captures += camera.depth_us.size();
      samples += camera.imu.size();
    }
    state.counters["captures"] = static_cast<double>(captures);
    state.counters["imu_samples"] = static_cast<double>(samples);
  }
}
BENCHMARK(hour_of_ten_cameras)->Unit(benchmark::kSecond)->UseRealTime()->Iterations(1);

}  // namespace
}  // namespace lockstep

BENCHMARK_MAIN();
