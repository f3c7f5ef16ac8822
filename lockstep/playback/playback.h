// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/device/color_controls.h"
#include "lockstep/recording/header.h"

namespace lockstep {

struct PlaybackOptions {
  /// real_time: captures and IMU samples come when they came, counted from the moment at which the
  /// playing began. as_fast_as_possible: at once, and nobody waits for anybody.
  enum class Pace { real_time, as_fast_as_possible };
  Pace pace = Pace::real_time;
  /// Sources of the same recordings that name the same file are one, in whatever processes they
  /// are, and have as many cameras: one that a process opened is busy for the others, and they play
  /// in one time. Empty: the source is this object's alone.
  std::filesystem::path shared_file{};
};

/// Recordings played as devices: a take (its cameras, parts in order, each part where its clock lay
/// on the sync line, so that a gap between parts stays a gap) or loose files. Devices
/// report the recorded serial and firmware, and the plugs that the cables of the take's rig and
/// their recorded role tell of. start() must ask for what
/// was recorded: with another mode, rate, format, role, delay or IMU it refuses and says what
/// differs; exposure, gain and white balance are as recorded whatever is asked, and colour settings
/// are kept and change nothing. A device that reaches its end answers ReadEnd::ended.
///
/// In real time all cameras of a source are played together, from its first image on. A subordinate
/// waits until the master of the take is started, here or in another process. Who is started later
/// than the playing began joins it where it is. It is over when all cameras are stopped, or
/// everything was played; the next start begins from the first image again (decision 24a).
/// Thread-safe; each device is thread-bound as every Device.
class PlaybackSource : public ControlledSource {
 public:
  /// `what`: a take folder or one recording. Errors as read_manifest(), RecordingReader::open() and
  /// open_shared_memory().
  static Result<std::unique_ptr<PlaybackSource>> open_path(const std::filesystem::path& what,
                                                           PlaybackOptions options);
  static Result<std::unique_ptr<PlaybackSource>> open_files(
      const std::vector<std::filesystem::path>& files, PlaybackOptions options);

  /// What each device was recorded with, in the order of list(): what start() wants.
  [[nodiscard]] virtual std::vector<RecordingHeader> recorded() const = 0;
};

/// Whether a name that could be a rig file's is a take's or a recording's.
[[nodiscard]] bool is_take_or_recording(const std::filesystem::path& what);

}  // namespace lockstep
