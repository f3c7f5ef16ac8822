// SPDX-License-Identifier: MIT
// Links: virtual recording rig fmt::fmt
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <barrier>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "lockstep/recording/writer.h"
#include "lockstep/rig/plan.h"
#include "lockstep/rig/rig_file.h"
#include "lockstep/virtual/virtual_rig.h"

// The virtual rig: an hour of stamps, and three cameras recorded in real time.

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

/// A chain of virtual cameras at 30 fps.
Rig chain_of(int cameras, bool timing_only, bool imu) {
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
      "imu = {} }}\ncamera = [{}]\ncable = [{}]\nworld = {{ seed = 1, timing_only = {} }}\n",
      imu, names, cables, timing_only);
  return value_of(parse_rig(toml, "bench.toml"));
}

struct RunningRig {
  std::shared_ptr<VirtualRig> rig;
  Plan plan;
  std::vector<std::unique_ptr<Device>> devices;
};

/// Subordinates first, the master last.
RunningRig start(const Rig& rig, VirtualRigOptions::Pace pace) {
  RunningRig running;
  running.plan = make_plan(rig);
  VirtualRigOptions options;
  options.pace = pace;
  running.rig = value_of(VirtualRig::create(rig, running.plan, options));
  if (auto prepared = running.rig->prepare({}); !prepared) die(prepared.error().message);
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
  const Rig rig = chain_of(kCameras, true, true);
  for (auto _ : state) {
    RunningRig running = start(rig, VirtualRigOptions::Pace::as_fast_as_possible);
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

double cpu_s() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void record_camera(Device& device, const PlannedCamera& planned, const std::filesystem::path& path,
                   std::chrono::steady_clock::time_point end, uint64_t* captures, uint64_t* lost) {
  RecordingHeader header;
  header.camera = planned.config;
  header.has_imu = planned.config.imu;
  header.serial = planned.serial;
  header.is_virtual = true;
  header.calibration_json = value_of(device.calibration_json());
  RecordingWriterOptions options;
  options.replace_existing = true;
  auto writer = value_of(RecordingWriter::create(path, header, options));
  while (std::chrono::steady_clock::now() < end) {
    const auto read = value_of(device.next_capture(std::chrono::milliseconds(100)));
    const auto* capture = std::get_if<CapturePtr>(&read);
    if (capture == nullptr) continue;
    *lost += (*capture)->dropped_before;
    ++*captures;
    if (auto written = writer->write(**capture); !written) die(written.error().message);
  }
  if (auto finished = writer->finish(); !finished) die(finished.error().message);
}

void three_cameras_recorded(benchmark::State& state) {
  const auto length = std::chrono::seconds(kShort ? 1 : 60);
  const Rig rig = chain_of(3, false, false);
  for (auto _ : state) {
    RunningRig running = start(rig, VirtualRigOptions::Pace::real_time);
    const double cpu_before = cpu_s();
    const auto begin = std::chrono::steady_clock::now();
    uint64_t captures[3] = {};
    uint64_t lost[3] = {};
    {
      std::vector<std::jthread> threads;
      for (size_t i = 0; i < 3; ++i) {
        threads.emplace_back([&, i] {
          record_camera(*running.devices[i], running.plan.cameras[i],
                        fmt::format("/dev/shm/lockstep-virtual-bench-{}.mkv", i), begin + length,
                        &captures[i], &lost[i]);
        });
      }
    }
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begin;
    state.counters["cores"] = (cpu_s() - cpu_before) / wall.count();
    state.counters["captures"] = static_cast<double>(captures[0] + captures[1] + captures[2]);
    state.counters["lost"] = static_cast<double>(lost[0] + lost[1] + lost[2]);
    for (int i = 0; i < 3; ++i) {
      std::filesystem::remove(fmt::format("/dev/shm/lockstep-virtual-bench-{}.mkv", i));
    }
  }
}
BENCHMARK(three_cameras_recorded)->Unit(benchmark::kSecond)->UseRealTime()->Iterations(1);

}  // namespace
}  // namespace lockstep

BENCHMARK_MAIN();
