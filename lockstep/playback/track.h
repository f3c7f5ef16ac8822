// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/device/device.h"
#include "lockstep/recording/header.h"

namespace lockstep {

/// One file and where it lies in the playing time, which all cameras of a source share.
struct PlayedPart {
  std::filesystem::path file;
  Nanos from_device{0};  ///< playing time at which this part's device clock shows zero

  /// Playing time of a stamp of this part.
  [[nodiscard]] Nanos play_time(DeviceTime stamp) const;
};

/// One camera as it is played: its files in order, at least one.
struct PlayedTrack {
  std::vector<PlayedPart> parts;
  RecordingHeader header;  ///< of the first part
  DeviceInfo info;
  SyncJacks jacks;  ///< by the cables of the take's rig, and what its role cannot have been without
  Nanos first{0};   ///< playing time of the first image
  Nanos end{0};     ///< playing time of the last image
};

[[nodiscard]] Nanos frame_period(FrameRate rate);

/// The cameras of a take. Parts lie where the manifest says that their clocks began; where it does
/// not, a camera's first part shares its clock's zero with the others, as the first pulse made it,
/// and a later part goes on one frame period after the one before. Parts in which nothing was
/// recorded are left out.
Result<std::vector<PlayedTrack>> tracks_of_take(const std::filesystem::path& folder);

/// Loose files, one camera each; equal stamps are equal moments. invalid_argument: two of one
/// camera.
Result<std::vector<PlayedTrack>> tracks_of_files(const std::vector<std::filesystem::path>& files);

/// Moves the playing time of all so that it begins with the earliest image of any.
void begin_with_first_image(std::vector<PlayedTrack>& tracks);

}  // namespace lockstep
