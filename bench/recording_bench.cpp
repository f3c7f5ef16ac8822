// SPDX-License-Identifier: MIT
// Links: recording fmt::fmt
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <malloc.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "bench/recording_material.h"
#include "lockstep/base/unique_fd.h"
#include "lockstep/recording/reader.h"
#include "lockstep/recording/streams.h"

// Writing and reading recordings. At the end stands a table of what was measured beside what is to
// be reached and what the vendor's library needs for the same work on a machine with two cores.

namespace lockstep::bench {
namespace {

/// A token amount of work, to show that the program still runs.
const bool kShort = std::getenv("LOCKSTEP_BENCH_SHORT") != nullptr;
const int kCaptures = kShort ? 10 : 120;
const int kHour = kShort ? 900 : 108'000;
const int kRuns = kShort ? 1 : 9;

struct Row {
  std::string work, measured, to_reach, reference;
};
std::vector<Row>& table() {
  static std::vector<Row> rows;
  return rows;
}

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<long>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

/// Bytes of payload in a file of kCaptures big captures, in MB.
double megabytes() {
  const Capture capture = big_capture(0);
  return kCaptures * (static_cast<double>(capture.byte_count()) + kImuPerCapture * 40) / 1e6;
}

/// Feeds the writer; returns seconds, or a negative number after an error.
double write_all(RecordingWriter& writer) {
  const auto start = Clock::now();
  for (int i = 0; i < kCaptures; ++i) {
    for (int sample = 0; sample < kImuPerCapture; ++sample) {
      if (!writer.write_imu(imu_of(i, sample))) return -1;
    }
    if (!writer.write(big_capture(i))) return -1;
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

double resident_mb() {
  std::ifstream file("/proc/self/statm");
  double total = 0;
  double resident = 0;
  file >> total >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1e6;
}

/// Resident memory that the writer of one camera needs, with the captures in its reorder window.
void recorder_memory(benchmark::State& state) {
  (void)big_capture(0);  // the pool is not the recorder's
  for (auto _ : state) {
    ::malloc_trim(0);
    const double before = resident_mb();
    auto writer = create_recording_on(std::make_unique<ForgettingSink>(), header(true), {});
    if (!writer) return state.SkipWithError("writing failed");
    double early = 0;
    for (int i = 0; i < kHour; ++i) {
      // In between copying would only cost time.
      const bool looked_at = i < 120 || i > kHour - 60;
      for (int sample = 0; sample < kImuPerCapture; ++sample) {
        if (!(*writer)->write_imu(imu_of(i, sample))) return state.SkipWithError("writing failed");
      }
      if (!(*writer)->write(looked_at ? big_capture_of_its_own(i) : big_capture(i))) break;
      if (i == std::min(60, kHour / 2)) early = resident_mb() - before;
    }
    const double late = resident_mb() - before;
    state.counters["after_2s_MB"] = early;
    state.counters["after_1h_MB"] = late;
    table().push_back({"memory of the recorder of a camera at 30 fps, after an hour",
                       fmt::format("{:.0f} MB, {:+.0f} MB since second 2", late, late - early),
                       "64 MB, flat", "132 MB, + 60 MB"});
  }
}
BENCHMARK(recorder_memory)->Iterations(1)->Unit(benchmark::kMillisecond);

/// Ours against a plain writev, both over the same pages, runs interleaved, medians of nine.
void write_against_writev(benchmark::State& state) {
  const auto path = scratch("rewrite");
  const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600));
  for (auto _ : state) {
    std::vector<double> ours;
    std::vector<double> plain;
    for (int run = -1; run < kRuns; ++run) {  // the first one makes the pages
      auto writer = create_recording_on(std::make_unique<RewriteSink>(fd.get()), header(true), {});
      const double own = writer ? write_all(**writer) : -1;
      const double reference = plain_writev(fd.get());
      if (own < 0) return state.SkipWithError("writing failed");
      if (run < 0) continue;
      ours.push_back(own);
      plain.push_back(reference);
    }
    const double ratio = median(plain) / median(ours);
    state.counters["ours_MB/s"] = megabytes() / median(ours);
    state.counters["writev_MB/s"] = megabytes() / median(plain);
    state.counters["ratio"] = ratio;
    table().push_back({"write captures of 2.09 MB over the same pages, share of a plain writev",
                       fmt::format("{:.2f} ({:.0f} of {:.0f} MB/s)", ratio,
                                   megabytes() / median(ours), megabytes() / median(plain)),
                       "0.40", "-"});
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
  const double rate = megabytes() / median(runs);
  state.counters["MB/s"] = rate;
  table().push_back({"the same into a fresh file", fmt::format("{:.0f} MB/s", rate),
                     "about 1300 MB/s", "434 MB/s"});
  std::filesystem::remove(path);
}
BENCHMARK(write_fresh_file)->Iterations(kRuns)->Unit(benchmark::kMillisecond);

bool write_big_file(const std::filesystem::path& path) {
  auto writer = RecordingWriter::create(path, header(true), {});
  return writer && write_all(**writer) > 0;
}

void next_capture(benchmark::State& state) {
  const auto path = scratch("read.mkv");
  if (!write_big_file(path)) return state.SkipWithError("writing failed");
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
  const double rate = 1e-9 / median(runs);
  state.counters["GB/s"] = rate;
  table().push_back({"next capture of that file, page cache, swap included",
                     fmt::format("{:.1f} GB/s", rate), "4.6 GB/s", "4.6 GB/s"});
  std::filesystem::remove(path);
}
BENCHMARK(next_capture)->Iterations(kRuns)->Unit(benchmark::kMillisecond);

/// Opening included, which the smaller file of `captures` captures would otherwise not show.
double scan_us_per_capture(const std::filesystem::path& path, int captures) {
  const auto start = Clock::now();
  auto reader = RecordingReader::open(path);
  const auto stamps = reader ? (*reader)->scan() : Result<RecordingStamps>(reader.error());
  const double took = seconds_since(start);
  const bool complete = stamps && stamps->color.size() == static_cast<size_t>(captures);
  return complete ? took * 1e6 / captures : -1;
}

void scan_big_file(benchmark::State& state) {
  const auto path = scratch("scan.mkv");
  if (!write_big_file(path)) return state.SkipWithError("writing failed");
  std::vector<double> runs;
  for (auto _ : state) runs.push_back(scan_us_per_capture(path, kCaptures));
  if (runs.front() < 0) return state.SkipWithError("reading failed");
  state.counters["us/capture"] = median(runs);
  table().push_back({"stamps and sizes of all blocks of that file, opening included",
                     fmt::format("{:.2f} us per capture", median(runs)), "9 us per capture",
                     "reads everything"});
  std::filesystem::remove(path);
}
BENCHMARK(scan_big_file)->Iterations(kRuns)->Unit(benchmark::kMillisecond);

/// Range 0: colour, depth and IR instead of colour alone. Range 1: with cues.
void open_hour(benchmark::State& state) {
  const bool three = state.range(0) != 0;
  const bool cues = state.range(1) != 0;
  const auto path = scratch("hour.mkv");
  if (!write_tiny_file(path, kHour, three)) return state.SkipWithError("writing failed");
  if (!cues) {
    // As a recorder that was stopped leaves it: without its end, cut in a cluster.
    std::filesystem::resize_file(path,
                                 std::filesystem::file_size(path) - (kShort ? 9'000 : 80'000));
  }
  std::vector<double> runs;
  for (auto _ : state) {
    const auto start = Clock::now();
    auto reader = RecordingReader::open(path);
    runs.push_back(seconds_since(start) * 1e3);
    if (!reader || (*reader)->info().has_cues != cues) return state.SkipWithError("reading failed");
  }
  table().push_back({fmt::format("open an hour of 64-byte images, {}, {} cues",
                                 three ? "three streams" : "colour", cues ? "with" : "without"),
                     fmt::format("{:.2f} ms", median(runs)), cues ? "10 ms" : "60 ms",
                     cues ? "33 ms" : "200 ms"});
  std::filesystem::remove(path);
}
BENCHMARK(open_hour)
    ->ArgNames({"three", "cues"})
    ->ArgsProduct({{0, 1}, {1, 0}})
    ->Iterations(kRuns)
    ->Unit(benchmark::kMillisecond);

void scan_hour(benchmark::State& state) {
  const bool three = state.range(0) != 0;
  const auto path = scratch("hour.mkv");
  if (!write_tiny_file(path, kHour, three)) return state.SkipWithError("writing failed");
  std::vector<double> runs;
  for (auto _ : state) runs.push_back(scan_us_per_capture(path, kHour));
  if (runs.front() < 0) return state.SkipWithError("reading failed");
  state.counters["us/capture"] = median(runs);
  table().push_back({fmt::format("stamps and sizes of an hour of 64-byte images, {}",
                                 three ? "three streams" : "colour"),
                     fmt::format("{:.2f} us per capture", median(runs)), "-", "-"});
  std::filesystem::remove(path);
}
BENCHMARK(scan_hour)->ArgName("three")->Arg(0)->Arg(1)->Iterations(kRuns)->Unit(
    benchmark::kMillisecond);

void print_table() {
  const Row head{"work", "measured here", "to reach", "vendor's library"};
  fmt::print("\n{:<72} {:<30} {:<17} {}\n", head.work, head.measured, head.to_reach,
             head.reference);
  for (const Row& row : table()) {
    fmt::print("{:<72} {:<30} {:<17} {}\n", row.work, row.measured, row.to_reach, row.reference);
  }
}

}  // namespace
}  // namespace lockstep::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  lockstep::bench::print_table();
}
