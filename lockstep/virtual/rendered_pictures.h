// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/frame/image_shape.h"
#include "lockstep/virtual/picture_file.h"
#include "lockstep/virtual/pictures.h"
#include "lockstep/virtual/pose.h"
#include "lockstep/virtual/virtual_rig.h"

namespace lockstep {

/// What the pictures of one camera are rendered from.
struct RenderJob {
  RigWorld world;
  int camera = 0;
  std::vector<CameraPlace> places;  ///< of all cameras of the rig
  int frames_per_second = 30;
  FactoryCalibration lenses;  ///< as they are
  FactoryCalibration blob;    ///< as the factory measured them
  CameraPose pose;
  double depth_bias_m = 0;  ///< the camera measures so much too far

  /// Pictures in a period of the world.
  [[nodiscard]] int frames() const;
  /// Of a picture, 0..1 of the period.
  [[nodiscard]] double phase(int picture) const { return static_cast<double>(picture) / frames(); }
};

/// One for each camera of a rig with a world.
[[nodiscard]] std::vector<RenderJob> jobs_of(const Rig& rig);

/// What the renderers below end with when `progress` says so: Errc::cancelled.
[[nodiscard]] Error rendering_stopped();

/// One blob for each picture of the period, a JPEG.
Result<PictureFile::Blobs> render_jpegs(const RenderJob& job, ColorResolution resolution,
                                        const RenderProgress& progress);

/// Blob 0: what stands still in that format, nv12, yuy2 or bgra32; then one for each picture of the
/// period with the rows that differ from it (color_rows.h).
Result<PictureFile::Blobs> render_color(const RenderJob& job, ColorResolution resolution,
                                        PixelFormat format, const RenderProgress& progress);

/// Blob 0: depth units and infrared of what stands still; then one for each picture of the period
/// with what differs from it.
Result<PictureFile::Blobs> render_depth(const RenderJob& job, DepthMode mode,
                                        const RenderProgress& progress);

/// Whether a file holds what the above made for `frames` pictures: a file of the cache may be
/// anything.
[[nodiscard]] bool holds_jpegs(const PictureFile& file, int frames);
[[nodiscard]] bool holds_color(const PictureFile& file, const ImageShape& shape, int frames);
[[nodiscard]] bool holds_depth(const PictureFile& file, DepthMode mode, int frames);

/// Pictures that play such files, either of which may be null. Fresh noise on each frame but those
/// that are JPEGs.
[[nodiscard]] std::shared_ptr<const Pictures> play_rendered(
    const CameraConfig& config, std::shared_ptr<const PictureFile> color,
    std::shared_ptr<const PictureFile> depth, double depth_noise_scale);

}  // namespace lockstep
