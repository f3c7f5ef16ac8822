// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/recording/reader.h"
#include "lockstep/take/manifest.h"

namespace lockstep {

/// The stamps of a recording that count its captures and ticks: colour, else IR, else depth.
[[nodiscard]] const std::vector<RecordingStamps::Entry>& counting_stamps(
    const RecordingStamps& stamps);

/// Where a camera's captures are on the take's count of ticks. Costs 24 bytes per capture.
struct CameraTicks {
  struct Entry {
    int64_t tick = 0;  ///< 0: the first tick common to all cameras
    DeviceTime stamp;  ///< of the part's device clock
    uint32_t part = 0;
    uint32_t dropped_before = 0;  ///< captures, as the side track notes
  };
  std::vector<Entry> entries;  ///< in the order of the files; ticks may repeat
  uint64_t captures = 0;
  uint64_t imu_samples = 0;
  uint64_t dropped = 0;  ///< as the side tracks note
};

struct TakeTicks {
  std::vector<CameraTicks> cameras;  ///< in the order of the manifest
  /// Of the wanted cameras, from tick 0 on; nothing when one of them has nothing.
  std::optional<int64_t> common_ticks{};
  /// Tick 0 on the count by which the manifest places parts; nothing where it does not place all.
  std::optional<int64_t> first{};
};

/// Counts ticks along every recording of a take. Where the manifest knows how a part's clock stands
/// to the rig's, that places the part; else the first stamps do, as far as the clocks began
/// together. A part without a single frame counts for nothing. `wanted`: by camera, of which the
/// captures are wanted; empty: of all. Of the others, those that can be read only say what tick 0
/// is, which is the same whoever is wanted. Errors: not_found, unusable_input, io of a wanted
/// recording that cannot be opened.
Result<TakeTicks> index_ticks(const std::filesystem::path& take_folder,
                              const TakeManifest& manifest, const std::vector<bool>& wanted = {});

/// What each camera lacks of the common ticks. What the manifest tells of them stays; of the others
/// the side tracks tell how many were dropped.
[[nodiscard]] std::vector<TakeHole> holes_of(const TakeTicks& ticks, const TakeManifest& manifest);

}  // namespace lockstep
