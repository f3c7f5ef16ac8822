// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/frame/capture.h"
#include "lockstep/recording/reader.h"
#include "lockstep/take/manifest.h"
#include "lockstep/take/tick_index.h"

namespace lockstep {

/// By camera, whether it is among `wanted`. Errors: invalid_argument for a name that none of the
/// `cameras` has, with `of` for whose they are.
Result<std::vector<bool>> cameras_named(const std::vector<std::string>& cameras,
                                        const std::vector<std::string>& wanted,
                                        const std::string& of);

/// The capture sets of a take, tick by tick over the range common to its cameras, or to those of
/// them that are wanted: then the others count for nothing, whatever became of their files, but
/// that ticks are numbered as they are for all that can be read. Holds one capture per camera and
/// 24 bytes per tick. Not thread-safe; several readers of one take are fine.
class SetReader {
 public:
  /// `cameras`: the names of those that are wanted; none: all. Errors: as read_manifest(),
  /// cameras_named() and index_ticks(); not_found when no tick is common to them.
  static Result<std::unique_ptr<SetReader>> open(const std::filesystem::path& take_folder,
                                                 const std::vector<std::string>& cameras = {});

  [[nodiscard]] const TakeManifest& manifest() const { return manifest_; }
  [[nodiscard]] bool wants(size_t camera) const { return wanted_.empty() || wanted_[camera]; }
  /// Where the captures of all wanted cameras are.
  [[nodiscard]] const TakeTicks& ticks() const { return ticks_; }
  /// Ticks 0 to tick_count() - 1 can be read.
  [[nodiscard]] int64_t tick_count() const { return *ticks_.common_ticks; }

  /// The file of a wanted camera's first capture on a tick: earlier parts may have none, or not
  /// even a whole header, where their recorder was killed.
  [[nodiscard]] std::filesystem::path first_file(size_t camera) const;

  /// The set of the next tick; nothing after the last. A camera without a capture has a hole with
  /// its cause in its slot, in the order of the manifest's cameras; one that is not wanted has an
  /// empty slot.
  Result<std::optional<CaptureSet>> next();
  /// The next set read is that of `tick`, brought into the range.
  void seek(int64_t tick);

 private:
  struct Track {
    std::unique_ptr<RecordingReader> reader{};
    uint32_t part = 0;
    size_t entry = 0;         ///< next in the index
    bool positioned = false;  ///< the reader stands at `entry`
  };

  SetReader(std::filesystem::path folder, TakeManifest manifest, TakeTicks ticks,
            std::vector<bool> wanted);
  Result<CapturePtr> read(size_t camera, int64_t tick);
  Result<CapturePtr> load(size_t camera, const CameraTicks::Entry& entry);
  [[nodiscard]] HoleCause cause(size_t camera, int64_t tick) const;
  void judge(CaptureSet& set) const;
  void fit_periods();

  std::filesystem::path folder_;
  TakeManifest manifest_;
  TakeTicks ticks_;
  std::vector<bool> wanted_;  ///< by camera; empty: all
  std::vector<Track> tracks_;
  std::vector<std::vector<double>> periods_us_;  ///< by camera and part
  int64_t next_tick_ = 0;
};

}  // namespace lockstep
