// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/device/device.h"
#include "lockstep/recording/header.h"

namespace lockstep {

struct PlaybackOptions {
  /// real_time: a capture comes when it came, counted from the first start of any device of the
  /// source; as_fast_as_possible: at once.
  enum class Pace { real_time, as_fast_as_possible };
  Pace pace = Pace::real_time;
};

/// Recordings played as devices: a take (its cameras, parts in order, each part where its clock lay
/// on the sync line, so that a gap between parts stays a gap) or loose files. Devices
/// report the recorded serial and firmware; their jacks are not known. start() must ask for what
/// was recorded: with another mode, rate, format or IMU it refuses and says what differs; exposure,
/// gain and white balance are as recorded whatever is asked. A device that reaches its end answers
/// ReadEnd::ended. Thread-safe; each device is thread-bound as every Device.
class PlaybackSource : public DeviceSource {
 public:
  /// `what`: a take folder or one recording. Errors as read_manifest() and RecordingReader::open().
  static Result<std::unique_ptr<PlaybackSource>> open_path(const std::filesystem::path& what,
                                                           PlaybackOptions options);
  static Result<std::unique_ptr<PlaybackSource>> open_files(
      const std::vector<std::filesystem::path>& files, PlaybackOptions options);

  /// What each device was recorded with, in the order of list(): what start() wants.
  [[nodiscard]] virtual std::vector<RecordingHeader> recorded() const = 0;
};

}  // namespace lockstep
