// SPDX-License-Identifier: MIT
#include "lockstep/recording/capture_check.h"

#include <fmt/format.h>

#include "lockstep/recording/image_check.h"

namespace lockstep {

Result<void> check_capture(const Capture& capture, const CameraConfig& camera,
                           const KinectTracks& tracks, bool any_image_size) {
  if (!capture.color && !capture.depth && !capture.ir) {
    return Error{Errc::invalid_argument, "a capture without any image cannot be recorded"};
  }
  const struct {
    const std::optional<Image>& image;
    uint64_t track;
    ImageShape shape;
  } parts[] = {{capture.color, tracks.color, color_shape(camera)},
               {capture.depth, tracks.depth, plane_shape(camera, PixelFormat::depth16)},
               {capture.ir, tracks.ir, plane_shape(camera, PixelFormat::ir16)}};
  for (const auto& part : parts) {
    if (!part.image) continue;
    if (part.track == 0) {
      return Error{Errc::invalid_argument,
                   fmt::format("the recording has no {} track: leave that image out",
                               name_of(part.image->format))};
    }
    ImageShape shape = part.shape;
    if (any_image_size) {
      shape.width_px = part.image->width_px;
      shape.height_px = part.image->height_px;
    }
    if (auto fits = check_image(*part.image, shape); !fits) return fits;
    const int64_t us = part.image->stamp.us();
    if (us < 0 || us > kLatestUs) {
      return Error{Errc::invalid_argument,
                   fmt::format("an image has the device time {} us, which no clock shows", us)};
    }
  }
  return {};
}

}  // namespace lockstep
