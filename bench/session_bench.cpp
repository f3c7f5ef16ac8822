// SPDX-License-Identifier: MIT
// Links: session virtual recording rig take fmt::fmt
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "lockstep/rig/rig_file.h"
#include "lockstep/session/run_session.h"
#include "lockstep/take/manifest.h"
#include "lockstep/virtual/virtual_rig.h"

// The whole session as `lockstep record` runs it: three virtual cameras with pictures at 30 fps in
// real time, threads, queues and files included. LOCKSTEP_BENCH_FOLDER says where to (default: the
// temporary folder); a minute needs 9 GB there.

namespace lockstep {
namespace {

const bool kShort = std::getenv("LOCKSTEP_BENCH_SHORT") != nullptr;

void die(const std::string& why) {
  fmt::print(stderr, "session_bench: {}\n", why);
  std::exit(1);
}

template <typename T>
T value_of(Result<T> result) {
  if (!result) die(result.error().message);
  return std::move(result).value();
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double peak_megabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1000;
}

std::filesystem::path bench_folder() {
  const char* wanted = std::getenv("LOCKSTEP_BENCH_FOLDER");
  const std::filesystem::path base = wanted ? wanted : std::filesystem::temp_directory_path();
  std::string pattern = (base / "lockstep-session-bench-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) die("cannot make a folder in " + base.string());
  return pattern;
}

void record_in_real_time(benchmark::State& state) {
  const int seconds = kShort ? 1 : 60;
  const Rig rig = value_of(parse_rig(demo_rig_toml(), "demo"));
  const Plan plan = make_plan(rig);
  const std::filesystem::path folder = bench_folder();
  for (auto _ : state) {
    auto source = value_of(VirtualRig::create(rig, plan));
    if (auto prepared = source->prepare({}); !prepared) die(prepared.error().message);
    SessionSetup setup;
    setup.manifest.plan = plan;
    setup.folder = value_of(make_take_folder(folder, "bench", {}));
    setup.coordinator.ticks = seconds * 30;
    const double cpu = cpu_seconds();
    const auto begin = std::chrono::steady_clock::now();
    const SessionOutcome outcome = run_session(setup, *source, source->clock(), {});
    const double wall =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    if (outcome.failure) die(outcome.failure->message);
    const TakeManifest manifest = value_of(read_manifest(setup.folder));
    uint64_t dropped = 0;
    for (const TakeCamera& camera : manifest.cameras) dropped += camera.dropped;
    state.counters["cores"] = (cpu_seconds() - cpu) / wall;
    state.counters["ticks"] = static_cast<double>(manifest.common_ticks.value_or(0));
    state.counters["holes"] = static_cast<double>(manifest.holes.size());
    state.counters["dropped"] = static_cast<double>(dropped);
    state.counters["peak_MB"] = peak_megabytes();
  }
  std::filesystem::remove_all(folder);
}
BENCHMARK(record_in_real_time)->Iterations(1)->Unit(benchmark::kSecond)->UseRealTime();

}  // namespace
}  // namespace lockstep

BENCHMARK_MAIN();
