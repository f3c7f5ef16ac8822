// SPDX-License-Identifier: MIT
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>

#include "lockstep/codec/jpeg.h"
#include "lockstep/virtual/color_renderer.h"
#include "lockstep/virtual/depth_renderer.h"
#include "lockstep/virtual/random.h"
#include "lockstep/virtual/rendered_pictures.h"

namespace lockstep {
namespace {

constexpr int kJpegQuality = 90;
constexpr int kFramesAtOnce = 8;
constexpr int kLargestRenderedWidth = 2048;

/// Makes blobs [0, count) in any order on all threads of the arena and tells of the progress here.
/// Stopped between a few pictures, so that nobody waits long.
Result<PictureFile::Blobs> make_frames(
    int count, const RenderProgress& progress,
    const std::function<Result<std::vector<std::byte>>(int)>& make) {
  PictureFile::Blobs blobs(static_cast<size_t>(count));
  std::vector<std::optional<Error>> failed(static_cast<size_t>(count));
  for (int first = 0; first < count; first += kFramesAtOnce) {
    if (progress && !progress(static_cast<double>(first) / count)) return rendering_stopped();
    tbb::parallel_for(first, std::min(count, first + kFramesAtOnce), [&](int i) {
      auto blob = make(i);
      const auto at = static_cast<size_t>(i);
      if (blob) {
        blobs[at] = *std::move(blob);
      } else {
        failed[at] = blob.error();
      }
    });
  }
  for (const auto& error : failed) {
    if (error) return *error;
  }
  return blobs;
}

/// Lens of an image `scale` times smaller.
CameraModel reduced(CameraModel model, int scale) {
  model.width_px /= scale;
  model.height_px /= scale;
  model.fx_px /= scale;
  model.fy_px /= scale;
  model.cx_px = (model.cx_px + 0.5) / scale - 0.5;
  model.cy_px = (model.cy_px + 0.5) / scale - 0.5;
  return model;
}

std::vector<std::byte> bytes_of(const DepthPatch& patch) {
  const int32_t place[4] = {patch.rect.x, patch.rect.y, patch.rect.width, patch.rect.height};
  const size_t plane_bytes = patch.ir.size() * sizeof(uint16_t);
  std::vector<std::byte> bytes(sizeof(place) + 2 * plane_bytes);
  std::memcpy(bytes.data(), place, sizeof(place));
  if (plane_bytes == 0) return bytes;
  std::memcpy(bytes.data() + sizeof(place), patch.depth_units.data(), plane_bytes);
  std::memcpy(bytes.data() + sizeof(place) + plane_bytes, patch.ir.data(), plane_bytes);
  return bytes;
}

}  // namespace

Error rendering_stopped() {
  return {Errc::cancelled, "the rendering of the virtual world was stopped"};
}

int RenderJob::frames() const {
  return std::max(1, static_cast<int>(std::lround(world.period_s * frames_per_second)));
}

Result<PictureFile::Blobs> render_color(const RenderJob& job, ColorResolution resolution,
                                        const RenderProgress& progress) {
  const auto scene = Scene::make(job.world, job.cameras);
  if (!scene) return scene.error();
  const CameraModel full = job.calibration.color_camera(resolution);
  const int scale = full.width_px > kLargestRenderedWidth ? 2 : 1;
  const RayScene still(scene->still());
  const RigidTransform world_from_color =
      job.pose.world_from_depth * job.calibration.color_from_depth().inverse();
  const ColorRenderer renderer(*scene, still, SensorView(reduced(full, scale), world_from_color));
  const uint64_t seed = mix_bits(job.world.seed, static_cast<uint64_t>(job.camera) + 900);
  return make_frames(job.frames(), progress, [&](int i) {
    const double phase = static_cast<double>(i) / job.frames();
    return encode_jpeg(renderer.frame(phase, mix_bits(seed, static_cast<uint64_t>(i)), scale),
                       kJpegQuality);
  });
}

Result<PictureFile::Blobs> render_depth(const RenderJob& job, DepthMode mode,
                                        const RenderProgress& progress) {
  const auto scene = Scene::make(job.world, job.cameras);
  if (!scene) return scene.error();
  const RayScene still(scene->still());
  const DepthRenderer renderer(
      *scene, still, SensorView(job.calibration.depth_camera(mode), job.pose.world_from_depth),
      mode);
  return make_frames(job.frames() + 1, progress, [&](int i) -> Result<std::vector<std::byte>> {
    if (i == 0) return bytes_of(renderer.background());
    return bytes_of(renderer.patch(static_cast<double>(i - 1) / job.frames()));
  });
}

}  // namespace lockstep
