// SPDX-License-Identifier: MIT
// Links: take report fmt::fmt
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "lockstep/recording/writer.h"
#include "lockstep/report/verify_page.h"
#include "lockstep/sensor/timing.h"
#include "lockstep/take/verify_take.h"

// What `lockstep verify` costs on ten cameras of one hour: files scanned, judged and drawn. The
// files are on tmpfs and hold real stamps with jitter but tiny pictures: pixels are never read.

namespace lockstep {
namespace {

namespace fs = std::filesystem;

const bool kShort = std::getenv("LOCKSTEP_BENCH_SHORT") != nullptr;
const int64_t kTicks = kShort ? 900 : 108'000;
const int kCameras = kShort ? 2 : 10;
constexpr size_t kImageBytes = 64;

Capture capture_at(int64_t tick, double delay_us, std::mt19937_64& random) {
  static const auto kBytes = std::make_shared<std::vector<std::byte>>(kImageBytes);
  std::normal_distribution<double> jitter(0, 8);
  const double us = static_cast<double>(tick + 7) * 1e6 / 30 + delay_us + 4165 + jitter(random);
  const double arrival_us =
      static_cast<double>(tick) * 1e6 / 30 + 60'000 + std::abs(jitter(random)) * 100;
  Image image;
  image.format = PixelFormat::mjpg;
  image.width_px = 1280;
  image.height_px = 720;
  image.stamp = DeviceTime(Micros(static_cast<int64_t>(us / kRegisterStepUs) * 100 / 9));
  image.bytes = ImageBytes(kBytes, std::span<const std::byte>(*kBytes));
  image.arrival = HostTime(Nanos(static_cast<int64_t>(arrival_us * 1e3)));
  image.exposure = Micros(8330);
  Capture capture;
  capture.color = image;
  return capture;
}

bool write_camera(const fs::path& path, int camera) {
  RecordingHeader header;
  header.serial = fmt::format("{:012}", camera + 1);
  header.has_depth = header.has_ir = false;
  header.camera.depth_mode = DepthMode::off;
  header.camera.wired_sync = camera == 0 ? WiredSync::master : WiredSync::subordinate;
  header.camera.subordinate_delay_off_master = Micros(camera * 500 / 3);
  RecordingWriterOptions options;
  options.sync_every = Nanos(0);
  auto writer = RecordingWriter::create(path, header, options);
  if (!writer) {
    fmt::print(stderr, "{}\n", writer.error().message);
    return false;
  }
  std::mt19937_64 random(static_cast<uint64_t>(camera) + 1);
  const double delay_us =
      realised_delay_us(Family::azure_kinect, header.camera.subordinate_delay_off_master);
  for (int64_t tick = 0; tick < kTicks; ++tick) {
    if (auto written = (*writer)->write(capture_at(tick, delay_us, random)); !written) {
      fmt::print(stderr, "{}\n", written.error().message);
      return false;
    }
  }
  return static_cast<bool>((*writer)->finish());
}

/// Ten one-hour files, made once and removed at the end of the program.
struct HourOfTen {
  fs::path folder = fs::path("/dev/shm") / fmt::format("lockstep-verify-bench-{}", ::getpid());
  std::vector<fs::path> files;

  HourOfTen() {
    fs::create_directories(folder);
    for (int camera = 0; camera < kCameras; ++camera) {
      files.push_back(folder / fmt::format("camera{}.mkv", camera));
      if (!write_camera(files.back(), camera)) files.pop_back();
    }
  }
  ~HourOfTen() {
    std::error_code ignored;
    fs::remove_all(folder, ignored);
  }
};

const HourOfTen& hour() {
  static const HourOfTen kHour;
  return kHour;
}

void verify_hour(benchmark::State& state) {
  VerifyOptions options;
  options.threads = static_cast<int>(state.range(0));
  std::string verdict;
  const auto& files = hour().files;  // made before the clock runs
  for (auto _ : state) {
    const auto verified = verify_files(files, options);
    if (!verified) {
      state.SkipWithError(verified.error().message.c_str());
      return;
    }
    verdict = verified->report.verdict_text();
    benchmark::DoNotOptimize(verified->json.data());
  }
  state.SetLabel(fmt::format("{} files of {} ticks: {}", files.size(), kTicks, verdict));
}
BENCHMARK(verify_hour)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();

void draw_page(benchmark::State& state) {
  const auto verified = verify_files(hour().files, {});
  if (!verified) {
    state.SkipWithError(verified.error().message.c_str());
    return;
  }
  size_t bytes = 0;
  for (auto _ : state) {
    const auto page = verify_page_html(verified->json);
    bytes = page ? page->size() : 0;
  }
  state.SetLabel(fmt::format("page of {} kB", bytes / 1000));
}
BENCHMARK(draw_page)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace lockstep

BENCHMARK_MAIN();
