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

/// For worlds of timing only, grey and flat. `whole`: all images are what their mode makes them,
/// for programs that read pixels. Otherwise they cost next to nothing: depth and IR are 8 by 4
/// samples, 64 bytes, and colour has the configured size: as MJPG in name only, in 64 bytes.
[[nodiscard]] std::shared_ptr<const Pictures> flat_pictures(const CameraConfig& config, bool whole);

}  // namespace lockstep
