// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "lockstep/base/result.h"
#include "lockstep/sensor/config.h"
#include "lockstep/take/manifest.h"
#include "lockstep/take/take_lock.h"
#include "lockstep/time/clock.h"

namespace lockstep {

/// A camera whose recorder joins a take.
struct JoiningCamera {
  std::string name;  ///< of its file, without ".mkv"
  std::string serial;
  Family family = Family::azure_kinect;
  CameraConfig config;
};

/// One camera's place in a take that several recorders write, each in a process of its own: the
/// first makes the folder, the last one who leaves counts what is common to all and ends the take.
/// Whoever dies meanwhile leaves a take that `lockstep recover` finishes once all have ended. The
/// recorder writes the file itself. Move-only; thread-bound.
class SharedTake {
 public:
  /// `take` says who records: virtual or not, host, date, version, the rig's name and file.
  /// Errors: already_exists (that is no take to be joined, or the camera has its recording there),
  /// invalid_argument (a second master, another rate, virtual beside real cameras), busy
  /// (`lockstep` works on it), unsupported (no locks on that disk), io.
  static Result<SharedTake> join(const std::filesystem::path& folder, TakeManifest take,
                                 const JoiningCamera& camera);

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  /// Where this camera's recording goes.
  [[nodiscard]] std::filesystem::path file() const;

  /// The recording is about to be made: the take lists it. `zero_on_host`: when its clock began, on
  /// the clock of this host; nothing where it is not on a sync line. Cameras of one line began at
  /// one pulse: where they did not, or one camera is on a line and another is not, the take is
  /// UNPROVED, and the sentence that says so comes back.
  /// Errors: io.
  Result<std::string> begin(std::optional<HostTime> zero_on_host);

  struct Left {
    bool last = false;      ///< of all who recorded: the take has ended
    TakeManifest manifest;  ///< as it is now
  };
  /// The recording is whole, or there is none: then the camera was not part of the take. Once.
  /// Errors: io, and as count_take().
  Result<Left> leave(CameraEnd end);

 private:
  SharedTake(std::filesystem::path folder, std::string camera, TakeLock lock);
  Result<void> enter(TakeManifest take, const JoiningCamera& camera);
  Result<Left> say_end(CameraEnd end);

  std::filesystem::path folder_;
  std::string camera_;
  bool begun_ = false;
  TakeLock lock_;
};

}  // namespace lockstep
