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

/// For worlds of timing only: images of 64 bytes. Depth and IR are 8 by 4 samples; colour claims
/// the configured size.
[[nodiscard]] std::shared_ptr<const Pictures> tiny_pictures(const CameraConfig& config);

}  // namespace lockstep
