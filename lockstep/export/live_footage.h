// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "lockstep/base/bounded_queue.h"
#include "lockstep/export/footage.h"

namespace lockstep {

/// A camera that runs, for LiveFootage.
struct LiveCamera {
  std::string name;
  RecordingHeader header;   ///< as a recording of it would begin
  Nanos planned_offset{0};  ///< of the stamps that count ticks, after the pulse
};

/// What the cameras of a rig deliver while they run, tick by tick, for whatever takes a footage.
/// One thread pushes and another reads. Where reading is slower than the cameras, ticks are dropped
/// that wait longest: kMostWaiting wait at most, and memory is bounded by them. Each camera's clock
/// is put on rig time by its own ticks: a stamp of the stream that counts ticks is at its planned
/// offset, but for its jitter.
class LiveFootage final : public Footage {
 public:
  static constexpr uint64_t kMostWaiting = 4;

  struct Options {
    int frames_per_second = 30;
    std::optional<int64_t> ticks{};     ///< so many come at most; nothing: until end()
    std::filesystem::path calibration;  ///< taken where no other is named and it exists; or empty
  };
  static constexpr std::string_view kTellsWhy = "the verdict";

  /// `rig` is for sentences; cameras are in the order of the slots of every set.
  LiveFootage(const std::filesystem::path& rig, std::vector<LiveCamera> cameras, Options options);

  /// A set of a later tick than the one before. Never waits. Of one thread.
  void push(CaptureSet set);
  /// No more come: the reader gets what waits, and then the end. Thread-safe.
  void end() { waiting_.close(); }
  /// Ticks that waited too long. Thread-safe.
  [[nodiscard]] int64_t dropped() const { return static_cast<int64_t>(waiting_.dropped()); }

  /// Sets that the reader got. Of the reader.
  [[nodiscard]] int64_t read() const { return read_; }
  /// How long the reader was about its sets, all together. Of the reader.
  [[nodiscard]] Nanos busy() const { return busy_; }

  [[nodiscard]] int64_t tick_count() const override;
  /// Waits for the next set that is there.
  Result<std::optional<CaptureSet>> next() override;
  /// What comes, comes: no effect.
  void seek(int64_t /*tick*/) override {}
  [[nodiscard]] std::string_view tells_why() const override { return kTellsWhy; }

 private:
  [[nodiscard]] size_t part_at(size_t /*camera*/, Tick /*tick*/) const override { return 0; }
  void follow_clock(size_t camera, Tick tick, DeviceTime stamp);

  std::optional<int64_t> ticks_;
  std::vector<bool> placed_;  ///< by camera: its clock is on rig time
  Nanos busy_{0};
  int64_t read_ = 0;
  std::optional<std::chrono::steady_clock::time_point> given_;  ///< when the reader got its set
  BoundedQueue<CaptureSet> waiting_{kMostWaiting, OverflowPolicy::drop_oldest};
};

}  // namespace lockstep
