// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "lockstep/frame/capture.h"
#include "lockstep/recording/header.h"
#include "lockstep/sync/evidence.h"
#include "lockstep/take/manifest.h"

namespace lockstep {

/// What the judge of a session needs to know of it where no file tells: the stamps of all captures
/// and when they came, as gather_take() reads them from recordings. Costs up to 48 bytes per
/// capture, and holds no image. Pure.
class LiveEvidence {
 public:
  explicit LiveEvidence(const std::vector<RecordingHeader>& cameras);

  void add(size_t camera, const Capture& capture);
  /// The device clock began anew; what follows counts from its new zero.
  void begin_part(size_t camera);

  /// What came, with what the manifest of the session that ended says: plan, names, parts, clocks
  /// and ends.
  [[nodiscard]] Evidence evidence(const TakeManifest& manifest) const;

 private:
  std::vector<RecordingHeader> headers_;
  std::vector<std::vector<DeviceEvidence>> parts_;  ///< by camera
};

}  // namespace lockstep
