// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "lockstep/frame/capture.h"
#include "lockstep/recording/header.h"
#include "lockstep/sensor/config.h"

namespace lockstep::k4a {

/// What a recording needs to pass for a camera of the C API. A value.
class RecordedCamera {
 public:
  explicit RecordedCamera(RecordingHeader header) : header_(std::move(header)) {}

  [[nodiscard]] bool has_imu() const { return header_.has_imu; }

  /// What to start the recording with for `asked`: MJPG plays as BGRA32, too, which is decoded on
  /// the host. Everything else is left for the recording to judge.
  [[nodiscard]] CameraConfig to_play(const CameraConfig& asked) const;

  /// A recorded capture as a camera that was started with `asked` gives it: whole, by single images
  /// when they are not to be paired, or not at all when only pairs are wanted. It arrives at `now`.
  /// A picture that cannot be decoded is left out, with a warning in the log.
  [[nodiscard]] std::vector<CapturePtr> delivered(const Capture& capture, const CameraConfig& asked,
                                                  HostTime now) const;

 private:
  RecordingHeader header_;
};

}  // namespace lockstep::k4a
