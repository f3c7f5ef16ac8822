// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/frame/capture.h"
#include "lockstep/rig/plan.h"
#include "lockstep/time/clock_map.h"

// take.json: what a take is (docs/take.md). A take is a folder; every file in it opens without us.

namespace lockstep {

enum class TakeState {
  recording,  ///< somebody is writing it, or died doing so
  complete,
  incomplete,  ///< ended by a fault, or finished by recover
};

[[nodiscard]] std::string_view to_string(TakeState state);

/// One recording of one camera; a clock discontinuity starts the next part (decision 18).
struct TakePart {
  std::string file;            ///< relative to the folder: "left.mkv", "left.part2.mkv"
  std::string reason;          ///< why the part before it ended; empty for the first
  std::string recovered_from;  ///< the torn original that `recover` left beside it; usually empty
  /// Rig time of this part's device time zero, when known: the tick count survives a restart by it.
  std::optional<int64_t> rig_from_device_ns;
  /// Fitted when the take was verified: this part's clock, less the planned offset, to rig time.
  std::optional<ClockMap> clock_map{};
};

struct TakeHole {
  std::string camera;
  int64_t first_tick = 0;
  int64_t count = 0;
  /// For programs: not_delivered, dropped_by_recorder, refused_by_recorder or device_lost.
  HoleCause kind = HoleCause::not_delivered;
  std::string cause;  ///< for a person
};

/// Puts a hole behind the others, or makes the last one longer where it goes on with it.
void add_hole(std::vector<TakeHole>& holes, TakeHole hole);

/// How the recording of a camera ended.
enum class EndOfCamera {
  none,            ///< it records, or nobody ended it
  length_reached,  ///< all that was asked for
  cut,             ///< by the user, or with the others
  cut_off,         ///< its recorder died; said by recover
  lost,            ///< it delivered no more; the detail says why
  disk,            ///< the disk took no more; the detail says why
};

struct CameraEnd {
  EndOfCamera how = EndOfCamera::none;
  std::string detail{};

  friend bool operator==(const CameraEnd&, const CameraEnd&) = default;
};

/// For a person: "length reached", "lost: unplugged"; empty for none.
[[nodiscard]] std::string to_text(const CameraEnd& end);

struct TakeCamera {
  std::string name;
  std::string serial;
  std::vector<TakePart> parts;
  uint64_t captures = 0;
  uint64_t imu_samples = 0;
  uint64_t dropped = 0;  ///< by the recorder's bounded queue
  CameraEnd end{};
  /// With separate_recorders, on a sync line: when its clock began, on the clock of its host.
  std::optional<HostTime> zero_on_host{};
};

/// A take that the disk ended.
struct CutShort {
  double at_s = 0;               ///< so much of it all cameras have
  std::optional<double> of_s{};  ///< that was asked for; nothing: until cut

  friend bool operator==(const CutShort&, const CutShort&) = default;
};

/// "cut short by the disk at 12.3 s of 60 s".
[[nodiscard]] std::string to_text(const CutShort& cut);

struct TakeManifest {
  int schema = 1;
  std::string name;
  TakeState state = TakeState::recording;
  bool is_virtual = false;
  bool unproved = false;  ///< recorded with --anyway over a broken plan or unlocked
  /// Every camera had a recorder of its own (k4arecorder --take): they were not cut on one tick,
  /// and the plan is what the recorders were asked for, which no rig file checked.
  bool separate_recorders = false;
  std::string created_utc;  ///< ISO 8601
  std::string lockstep_version;
  std::string host;
  Plan plan;
  std::string rig_toml;  ///< the rig file as it was
  /// Tick 0, the first tick common to all cameras, as the session counted ticks from the first
  /// pulse on.
  std::optional<int64_t> first_common_tick_after_pulse;
  std::optional<int64_t> common_ticks;  ///< how many, from tick 0 on
  std::optional<CutShort> cut_short{};
  std::vector<TakeCamera> cameras;
  std::vector<TakeHole> holes;
  std::vector<std::string> remarks;
  std::string verdict;  ///< "in step (stamps, arrival)", ...; empty before verify
};

/// "1800 ticks common to 3 cameras", or where holes are in them "1800 ticks, 1776 of them common to
/// 3 cameras".
[[nodiscard]] std::string common_ticks_text(const TakeManifest& manifest);

inline constexpr const char* kManifestFile = "take.json";

/// True for a folder with a manifest, whatever the manifest holds.
[[nodiscard]] bool is_take_folder(const std::filesystem::path& path);

/// not_found: what a folder without a manifest is told. `instead` is what else may be named, after
/// "name the folder that `lockstep record` made".
[[nodiscard]] Error no_take(const std::filesystem::path& folder, std::string_view instead = {});
/// not_found: no manifest there; unusable_input: one that cannot be read.
Result<TakeManifest> read_manifest(const std::filesystem::path& take_folder);
/// A manifest out of text that comes from anywhere: unusable_input for a wrong shape, for names
/// that leave the folder and for numbers beyond any take.
Result<TakeManifest> manifest_from_json(std::string_view text);
[[nodiscard]] std::string manifest_to_json(const TakeManifest& manifest);
/// Replaces take.json whole.
Result<void> write_manifest(const std::filesystem::path& take_folder, const TakeManifest& manifest);

/// "left.mkv", then "left.part2.mkv" and so on.
[[nodiscard]] std::string part_file_name(const std::string& camera, size_t part);
/// Of the recording of that stem, made whole: "left.recovered.mkv", then "left.recovered2.mkv".
[[nodiscard]] std::string recovered_file_name(const std::string& stem, int number);
/// "left.part2" of "left.part2.recovered3"; of any other stem, that stem.
[[nodiscard]] std::string stem_before_recovery(const std::string& stem);

/// Makes the next numbered folder, "<rig>-001" and so on, under `takes`, or exactly `wanted` when
/// that is not empty (already_exists when it is there).
Result<std::filesystem::path> make_take_folder(const std::filesystem::path& takes,
                                               const std::string& rig_name,
                                               const std::filesystem::path& wanted);

}  // namespace lockstep
