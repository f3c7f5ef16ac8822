// SPDX-License-Identifier: MIT
// Links: recording fmt::fmt
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "lockstep/base/unique_fd.h"
#include "lockstep/mkv/byte_sink.h"
#include "lockstep/recording/reader.h"
#include "lockstep/recording/streams.h"
#include "lockstep/recording/writer.h"

// Writing and reading recordings; every file is on tmpfs, so that the disk is not what is measured.

namespace lockstep {
namespace {

/// A token amount of work, to show that the program still runs.
const bool kShort = std::getenv("LOCKSTEP_BENCH_SHORT") != nullptr;
const int kCaptures = kShort ? 10 : 120;
const int kHour = kShort ? 900 : 108'000;
constexpr size_t kJpegBytes = 614'000;
constexpr SizePx kPlane{640, 576};
constexpr int kImuPerCapture = 54;

std::filesystem::path scratch(const std::string& name) {
  return std::filesystem::path("/dev/shm") / fmt::format("lockstep-bench-{}-{}", ::getpid(), name);
}

Image make_image(PixelFormat format, SizePx size, size_t bytes, int64_t stamp_us, uint32_t seed) {
  auto data = std::make_shared<std::vector<std::byte>>(bytes);
  std::minstd_rand random(seed);
  for (std::byte& byte : *data) byte = static_cast<std::byte>(random() >> 8);
  Image image;
  image.format = format;
  image.width_px = size.width;
  image.height_px = size.height;
  image.stride_bytes = format == PixelFormat::mjpg ? 0 : size.width * 2;
  image.stamp = DeviceTime(Micros(stamp_us));
  const std::span<const std::byte> view(*data);
  image.bytes = ImageBytes(std::move(data), view);
  return image;
}

/// A capture of 2.09 MB; the pictures of eight are made and used in turn, as a pool would.
Capture big_capture(int index) {
  static const std::vector<Capture> kPool = [] {
    std::vector<Capture> pool(8);
    const size_t plane = static_cast<size_t>(kPlane.width * kPlane.height * 2);
    for (uint32_t i = 0; i < 8; ++i) {
      pool[i].color = make_image(PixelFormat::mjpg, {1280, 720}, kJpegBytes, 0, 3 * i + 1);
      pool[i].depth = make_image(PixelFormat::depth16, kPlane, plane, 0, 3 * i + 2);
      pool[i].ir = make_image(PixelFormat::ir16, kPlane, plane, 0, 3 * i + 3);
    }
    return pool;
  }();
  Capture capture = kPool[static_cast<size_t>(index) % kPool.size()];
  const DeviceTime stamp(Micros(1'000'000 + index * int64_t{100'000} / 3));
  capture.color->stamp = capture.depth->stamp = capture.ir->stamp = stamp;
  return capture;
}

RecordingHeader header(bool imu) {
  RecordingHeader h;
  h.has_imu = h.camera.imu = imu;
  h.serial = "000000000001";
  h.calibration_json = std::string(3900, ' ');
  return h;
}

/// A file whose pages stay: written over and over from its beginning.
class RewriteSink final : public mkv::ByteSink {
 public:
  explicit RewriteSink(int fd) : fd_(fd) {}
  Result<void> write_at(uint64_t offset, std::span<const mkv::ByteView> pieces) override {
    vectors_.clear();
    size_t bytes = 0;
    for (const mkv::ByteView& piece : pieces) {
      vectors_.push_back({const_cast<std::byte*>(piece.data()), piece.size()});
      bytes += piece.size();
    }
    const ssize_t written = ::pwritev(fd_, vectors_.data(), static_cast<int>(vectors_.size()),
                                      static_cast<off_t>(offset));
    if (written != static_cast<ssize_t>(bytes)) return Error{Errc::io, "short write"};
    return {};
  }
  Result<void> sync() override { return {}; }
  Result<void> truncate(uint64_t) override { return {}; }

 private:
  int fd_;
  std::vector<iovec> vectors_;
};

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Feeds the writer; returns seconds, or a negative number after an error.
double write_all(RecordingWriter& writer) {
  const auto start = Clock::now();
  for (int i = 0; i < kCaptures; ++i) {
    const Capture capture = big_capture(i);
    for (int sample = 0; sample < kImuPerCapture; ++sample) {
      ImuSample imu;
      imu.acceleration_stamp = imu.angular_rate_stamp =
          capture.color->stamp + Micros(sample * 617 - 33'000);
      if (!writer.write_imu(imu)) return -1;
    }
    if (!writer.write(capture)) return -1;
  }
  return writer.finish() ? seconds_since(start) : -1;
}

/// The same bytes with nothing done to them: one writev per capture.
double plain_writev(int fd) {
  const auto start = Clock::now();
  static const std::vector<std::byte> kImu(kImuPerCapture * 40);
  off_t offset = 0;
  for (int i = 0; i < kCaptures; ++i) {
    const Capture capture = big_capture(i);
    iovec vectors[4] = {{const_cast<std::byte*>(kImu.data()), kImu.size()}};
    int n = 1;
    for (const auto* image : {&capture.color, &capture.depth, &capture.ir}) {
      const auto bytes = (*image)->bytes.get();
      vectors[n++] = {const_cast<std::byte*>(bytes.data()), bytes.size()};
    }
    offset += ::pwritev(fd, vectors, n, offset);
  }
  return seconds_since(start);
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<long>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

double megabytes() {
  const Capture capture = big_capture(0);
  return kCaptures * (static_cast<double>(capture.byte_count()) + kImuPerCapture * 40) / 1e6;
}

/// Ours against a plain writev, both over the same pages, runs interleaved, medians of nine.
void write_against_writev(benchmark::State& state) {
  const auto path = scratch("rewrite");
  const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600));
  RecordingWriterOptions options;
  for (auto _ : state) {
    std::vector<double> ours;
    std::vector<double> plain;
    for (int run = -1; run < (kShort ? 1 : 9); ++run) {  // the first one makes the pages
      auto writer =
          create_recording_on(std::make_unique<RewriteSink>(fd.get()), header(true), options);
      const double own = writer ? write_all(**writer) : -1;
      const double reference = plain_writev(fd.get());
      if (own < 0) return state.SkipWithError("writing failed");
      if (run < 0) continue;
      ours.push_back(own);
      plain.push_back(reference);
    }
    state.counters["ours_MB/s"] = megabytes() / median(ours);
    state.counters["writev_MB/s"] = megabytes() / median(plain);
    state.counters["ratio"] = median(plain) / median(ours);
  }
  std::filesystem::remove(path);
}
BENCHMARK(write_against_writev)->Iterations(1)->Unit(benchmark::kMillisecond);

void write_fresh_file(benchmark::State& state) {
  const auto path = scratch("fresh.mkv");
  std::vector<double> runs;
  for (auto _ : state) {
    std::filesystem::remove(path);
    auto writer = RecordingWriter::create(path, header(true), {});
    const double took = writer ? write_all(**writer) : -1;
    if (took < 0) return state.SkipWithError("writing failed");
    runs.push_back(took);
  }
  state.counters["MB/s"] = megabytes() / median(runs);
  std::filesystem::remove(path);
}
BENCHMARK(write_fresh_file)->Iterations(9)->Unit(benchmark::kMillisecond);

void next_capture(benchmark::State& state) {
  const auto path = scratch("read.mkv");
  auto writer = RecordingWriter::create(path, header(true), {});
  if (!writer || write_all(**writer) < 0) return state.SkipWithError("writing failed");
  std::vector<double> runs;
  for (auto _ : state) {
    auto reader = RecordingReader::open(path);
    if (!reader) return state.SkipWithError("reading failed");
    const auto start = Clock::now();
    double bytes = 0;
    for (auto capture = (*reader)->next_capture(); capture && *capture;
         capture = (*reader)->next_capture()) {
      bytes += static_cast<double>((*capture)->byte_count());
    }
    runs.push_back(seconds_since(start) / bytes);
  }
  state.counters["GB/s"] = 1e-9 / median(runs);
  const auto start = Clock::now();
  auto reader = RecordingReader::open(path);
  if (reader) benchmark::DoNotOptimize((*reader)->scan());
  state.counters["scan_us/capture"] = seconds_since(start) * 1e6 / kCaptures;
  std::filesystem::remove(path);
}
BENCHMARK(next_capture)->Iterations(9)->Unit(benchmark::kMillisecond);

/// One hour of colour at 30 frames per second, images of 64 bytes. Returns its path.
std::filesystem::path hour_file() {
  const auto path = scratch("hour.mkv");
  RecordingHeader h = header(false);
  h.camera.depth_mode = DepthMode::off;
  auto writer = RecordingWriter::create(path, h, {});
  const Image tiny = make_image(PixelFormat::mjpg, {1280, 720}, 64, 0, 7);
  for (int i = 0; writer && i < kHour; ++i) {
    Capture capture;
    capture.color = tiny;
    capture.color->stamp = DeviceTime(Micros(i * int64_t{100'000} / 3));
    if (!(*writer)->write(capture)) break;
  }
  if (writer) (void)(*writer)->finish();
  return path;
}

double resident_mb() {
  std::ifstream file("/proc/self/statm");
  double total = 0;
  double resident = 0;
  file >> total >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1e6;
}

void open_hour(benchmark::State& state) {
  const auto path = hour_file();
  if (state.range(0) == 0) {
    // Without cues: as a killed recorder leaves it, cut in its last cluster.
    auto reader = RecordingReader::open(path);
    if (!reader) return state.SkipWithError("reading failed");
    std::filesystem::resize_file(path, std::filesystem::file_size(path) - 80'000);
  }
  for (auto _ : state) {
    auto reader = RecordingReader::open(path);
    if (!reader) return state.SkipWithError("reading failed");
    state.counters["cues"] = (*reader)->info().has_cues;
  }
  std::filesystem::remove(path);
}
BENCHMARK(open_hour)->Arg(1)->Arg(0)->Unit(benchmark::kMillisecond);

void scan_hour(benchmark::State& state) {
  const auto path = hour_file();
  double stamps = 0;
  for (auto _ : state) {
    auto reader = RecordingReader::open(path);
    if (!reader) return state.SkipWithError("reading failed");
    const auto found = (*reader)->scan();
    stamps += found ? static_cast<double>(found->color.size()) : 0;
  }
  state.counters["us/capture"] =
      benchmark::Counter(stamps * 1e-6, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  std::filesystem::remove(path);
}
BENCHMARK(scan_hour)->Unit(benchmark::kMillisecond);

/// Discards what is written, so that an hour's worth does not need an hour's memory.
class CountingSink final : public mkv::ByteSink {
 public:
  Result<void> write_at(uint64_t, std::span<const mkv::ByteView>) override { return {}; }
  Result<void> sync() override { return {}; }
  Result<void> truncate(uint64_t) override { return {}; }
};

void recorder_memory(benchmark::State& state) {
  for (auto _ : state) {
    const double before = resident_mb();
    auto writer = create_recording_on(std::make_unique<CountingSink>(), header(true), {});
    if (!writer) return state.SkipWithError("writing failed");
    double after_a_second = 0;
    for (int i = 0; i < kHour; ++i) {
      // Own buffers for every capture, as a camera delivers them: what is held in the reorder
      // window counts as the recorder's.
      Capture capture = big_capture(i);
      const bool looked_at = i < 120 || i > kHour - 60;  // in between copying would only cost time
      for (auto* image : {&capture.color, &capture.depth, &capture.ir}) {
        if (!looked_at) break;
        const auto from = (*image)->bytes.get();
        auto copy = std::make_shared<std::vector<std::byte>>(
            from.begin(), from.begin() + static_cast<long>(from.size()));
        const std::span<const std::byte> view(*copy);
        (*image)->bytes = ImageBytes(std::move(copy), view);
      }
      if (!(*writer)->write(capture)) break;
      if (i == 60) after_a_second = resident_mb() - before;
    }
    state.counters["after_2s_MB"] = after_a_second;
    state.counters["after_1h_MB"] = resident_mb() - before;
  }
}
BENCHMARK(recorder_memory)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace lockstep

BENCHMARK_MAIN();
