// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/frame/capture.h"
#include "lockstep/recording/header.h"
#include "lockstep/time/clock_map.h"

namespace lockstep {

/// One file of a camera and how its clock stands to rig time (docs/take.md).
struct FootagePart {
  std::filesystem::path file;
  Nanos rig_from_device{0};       ///< to be added to a stamp
  std::optional<ClockMap> map{};  ///< of stamps less the planned offset; where fitted, it counts
  Nanos planned_offset{0};

  [[nodiscard]] RigTime rig_time(DeviceTime stamp) const;
  [[nodiscard]] DeviceTime device_time(RigTime time) const;
};

struct FootageCamera {
  std::string name;  ///< by the take; of a lone recording its stem
  std::string serial;
  RecordingHeader header;  ///< of its first file
  std::vector<FootagePart> parts;
};

/// What cameras saw, tick by tick: a take, or one recording, which is read as the take of one
/// camera: its rig time is its device time, and its ticks count from its first capture; or what
/// they deliver while they run (LiveFootage). Holds one capture per camera and, of a take, 24 bytes
/// per tick. Not thread-safe.
class Footage {
 public:
  /// `cameras`: of a take, the names of those that are wanted, as SetReader::open() takes them. The
  /// others keep their slots, which stay empty, and are known by name and serial number alone.
  /// Errors: those of SetReader::open and RecordingReader::open.
  static Result<std::unique_ptr<Footage>> open(const std::filesystem::path& take_or_recording,
                                               const std::vector<std::string>& cameras = {});
  virtual ~Footage() = default;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Where a calibration of its cameras is looked for when none is named; empty: nowhere.
  [[nodiscard]] const std::filesystem::path& calibration_file() const { return calibration_file_; }
  /// In the order of the slots of every set.
  [[nodiscard]] const std::vector<FootageCamera>& cameras() const { return cameras_; }
  [[nodiscard]] int frames_per_second() const { return frames_per_second_; }
  /// Rig time of a tick's pulse.
  [[nodiscard]] RigTime instant(Tick tick) const;
  /// Rig time of a stamp in a capture of `camera` at `tick`.
  [[nodiscard]] RigTime rig_time(size_t camera, Tick tick, DeviceTime stamp) const;

  /// Ticks 0 to tick_count() - 1 can be read; of what is live, as far as they come.
  [[nodiscard]] virtual int64_t tick_count() const = 0;
  /// How many the take says that it has; nothing where it does not, or this is none.
  [[nodiscard]] std::optional<int64_t> recorded_ticks() const { return recorded_ticks_; }
  /// The set of the next tick; nothing after the last. What is live may skip ticks.
  virtual Result<std::optional<CaptureSet>> next() = 0;
  /// The next set read is that of `tick`, brought into the range.
  virtual void seek(int64_t tick) = 0;
  /// Who says why a camera was missing or not in step, for a sentence.
  [[nodiscard]] virtual std::string_view tells_why() const { return "`lockstep verify`"; }

 protected:
  explicit Footage(std::filesystem::path path) : path_(std::move(path)) {}
  /// Which of its parts a camera's capture at that tick is in.
  [[nodiscard]] virtual size_t part_at(size_t camera, Tick tick) const = 0;

  std::filesystem::path path_;
  std::filesystem::path calibration_file_;
  std::vector<FootageCamera> cameras_;
  int frames_per_second_ = 30;
  RigTime first_instant_{};  ///< of tick 0
  std::optional<int64_t> recorded_ticks_;
  int64_t first_tick_ = 0;  ///< tick 0 on a count whose tick 0 is at first_instant_
};

}  // namespace lockstep
