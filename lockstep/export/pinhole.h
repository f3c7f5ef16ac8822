// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lockstep/codec/picture.h"
#include "lockstep/geometry/camera_model.h"

namespace lockstep {

/// The same camera without distortion: size, focal lengths and centre stay, so that what a strongly
/// bent lens sees at the edge falls out of the image, and corners may stay empty.
[[nodiscard]] CameraModel pinhole_of(const CameraModel& camera);

/// Pictures of a camera as its pinhole_of() sees them. One object may be used from any number of
/// threads at once.
class Undistortion {
 public:
  explicit Undistortion(const CameraModel& camera);

  /// Between four pixels; black where the camera does not see. The picture has the camera's size.
  [[nodiscard]] RgbPicture picture(const RgbPicture& distorted) const;
  /// The nearest sample; 0 where the camera does not see.
  [[nodiscard]] std::vector<uint16_t> samples(std::span<const uint16_t> distorted) const;

 private:
  struct Source {
    float x, y;  ///< in the distorted image; x is negative where there is none
  };
  int width_px_, height_px_;
  std::vector<Source> sources_;
};

}  // namespace lockstep
