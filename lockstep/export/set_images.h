// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/export/footage_views.h"
#include "lockstep/fuse/fusion_camera.h"

namespace lockstep {

/// Capture sets as fusing takes them: colour decoded, instants by rig time. One thread at a time.
class SetImages {
 public:
  /// Borrows both. `colors` false: colour is not decoded.
  SetImages(const Footage& footage, const FootageViews& views, bool colors);

  /// Reads a set of the footage with the slots of the views; the images hold until the next one. A
  /// camera without a capture has none. Errors: those of check_pixels and of decoding, which name
  /// camera and tick.
  Result<void> read(const CaptureSet& set);
  [[nodiscard]] std::span<const FusionImages> images() const { return images_; }

 private:
  Result<void> read_camera(size_t camera, const CaptureSet& set);

  const Footage& footage_;
  const FootageViews& views_;
  bool colors_;
  std::vector<CapturePtr> captures_;  ///< keep the planes
  std::vector<std::vector<uint8_t>> bgra_;
  std::vector<FusionImages> images_;
};

/// Without the depth of those that have no colour: for clouds in which every point has one.
[[nodiscard]] std::vector<FusionImages> with_color_only(std::span<const FusionImages> images);

}  // namespace lockstep
