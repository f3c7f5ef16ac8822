// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "lockstep/device/pairing.h"
#include "lockstep/sensor/config.h"
#include "lockstep/virtual/camera_run.h"

namespace lockstep {

/// What the sensors of one camera show in one configuration. Implementations are immutable after
/// construction and may be used by several threads. Only pixels, sizes and formats are filled in.
class Pictures {
 public:
  virtual ~Pictures() = default;
  [[nodiscard]] virtual Image color(const FrameInstant& frame) const = 0;
  [[nodiscard]] virtual DepthSample depth(const FrameInstant& frame) const = 0;
};

/// For worlds of timing only. Depth and IR are 8 by 4 samples, 64 bytes. Colour has the configured
/// size: as MJPG in name only, in 64 bytes, and else in grey.
[[nodiscard]] std::shared_ptr<const Pictures> tiny_pictures(const CameraConfig& config);

}  // namespace lockstep
