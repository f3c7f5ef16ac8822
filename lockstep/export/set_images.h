// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/export/exported.h"
#include "lockstep/fuse/fusion_camera.h"

namespace lockstep {

/// Capture sets as fusing takes them: colour decoded, instants by rig time. One thread at a time.
class SetImages {
 public:
  /// Borrows both. Colour of the camera `but_of` is never decoded.
  SetImages(const Footage& footage, const FootageViews& views, std::optional<size_t> but_of = {});

  /// Reads a set of the footage with the slots of the views; the images hold until the next one. A
  /// camera without a capture has none, and one whose colour cannot be decoded has no colour.
  /// `colors` false: colour is not decoded. Errors: those of check_pixels, which name camera and
  /// tick.
  Result<void> read(const CaptureSet& set, bool colors);
  /// Says of what colour could not be decoded, if any.
  void remark_on_undecoded(Exported& to) const;
  [[nodiscard]] std::span<const FusionImages> images() const { return images_; }

 private:
  Result<void> read_camera(size_t camera, const CaptureSet& set, bool colors);

  const Footage& footage_;
  const FootageViews& views_;
  std::optional<size_t> but_of_;
  std::vector<CapturePtr> captures_;  ///< keep the planes
  std::vector<std::vector<uint8_t>> bgra_;
  std::vector<FusionImages> images_;
  std::vector<UndecodedImages> undecoded_;  ///< of each camera
};

/// Without the depth of those that have no colour: for clouds in which every point has one.
[[nodiscard]] std::vector<FusionImages> with_color_only(std::span<const FusionImages> images);

}  // namespace lockstep
