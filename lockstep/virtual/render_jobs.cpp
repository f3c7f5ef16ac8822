// SPDX-License-Identifier: MIT
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>

#include "lockstep/codec/color_convert.h"
#include "lockstep/codec/jpeg.h"
#include "lockstep/frame/image_shape.h"
#include "lockstep/virtual/board_path.h"
#include "lockstep/virtual/color_noise.h"
#include "lockstep/virtual/color_renderer.h"
#include "lockstep/virtual/color_rows.h"
#include "lockstep/virtual/depth_renderer.h"
#include "lockstep/virtual/pose.h"
#include "lockstep/virtual/random.h"
#include "lockstep/virtual/rendered_pictures.h"

namespace lockstep {
namespace {

constexpr int kJpegQuality = 90;
constexpr int kFramesOfThread = 2;  // before it is asked whether anybody waits
constexpr int kLargestRenderedWidth = 2048;

/// Makes blobs [0, count) in any order on all threads of the arena and tells of the progress here.
/// Stopped between a few pictures, so that nobody waits long.
Result<PictureFile::Blobs> make_frames(
    int count, const RenderProgress& progress,
    const std::function<Result<std::vector<std::byte>>(int)>& make) {
  PictureFile::Blobs blobs(static_cast<size_t>(count));
  std::vector<std::optional<Error>> failed(static_cast<size_t>(count));
  const int at_once = kFramesOfThread * std::max(1, tbb::this_task_arena::max_concurrency());
  for (int first = 0; first < count; first += at_once) {
    if (progress && !progress(static_cast<double>(first) / count)) return rendering_stopped();
    tbb::parallel_for(first, std::min(count, first + at_once), [&](int i) {
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

/// What a camera's colour sees at one size.
class ColorView {
 public:
  ColorView(const Scene& scene, const RenderJob& job, ColorResolution resolution)
      : job_(job),
        still_(scene.still()),
        full_(job.lenses.color_camera(resolution)),
        scale_(full_.width_px > kLargestRenderedWidth ? 2 : 1),
        renderer_(scene, still_,
                  SensorView(reduced(full_, scale_),
                             job.pose.world_from_depth * job.lenses.color_from_depth().inverse())) {
  }

  [[nodiscard]] RgbPicture still() const { return renderer_.still(scale_); }
  [[nodiscard]] RgbPicture picture(int i) const { return renderer_.frame(job_.phase(i), scale_); }

 private:
  const RenderJob& job_;
  const RayScene still_;
  const CameraModel full_;
  const int scale_;
  const ColorRenderer renderer_;
};

std::vector<std::byte> bytes_of(const std::vector<uint8_t>& picture) {
  const auto bytes = std::as_bytes(std::span(picture));
  return {bytes.begin(), bytes.end()};
}

}  // namespace

Error rendering_stopped() {
  return {Errc::cancelled, "the rendering of the virtual world was stopped"};
}

std::vector<RenderJob> jobs_of(const Rig& rig) {
  const RigWorld& world = *rig.world;
  const auto base = parse_calibration(base_calibration_json());
  const std::vector<CameraPlace> places = places_of(rig);
  std::vector<RenderJob> jobs;
  for (size_t i = 0; i < places.size(); ++i) {
    const uint64_t seed = mix_bits(world.seed, static_cast<uint64_t>(i) + 1);
    RenderJob job;
    job.world = world;
    job.camera = static_cast<int>(i);
    job.places = places;
    job.frames_per_second = frames_per_second(rig.frame_rate);
    job.lenses = draw_calibration(*base, seed);
    job.blob = draw_blob(job.lenses, world.factory_error, seed);
    job.pose = pose_of(nudged(world_from_depth(places[i]), rig.cameras[i].nudge), job.lenses);
    job.depth_bias_m = draw_depth_bias_m(world.factory_error, seed);
    jobs.push_back(std::move(job));
  }
  return jobs;
}

int RenderJob::frames() const {
  if (world.board != nullptr) return board_frames(world, static_cast<int>(places.size()));
  return std::max(1, static_cast<int>(std::lround(world.period_s * frames_per_second)));
}

Result<PictureFile::Blobs> render_jpegs(const RenderJob& job, ColorResolution resolution,
                                        const RenderProgress& progress) {
  const auto scene = Scene::make(job.world, job.places);
  if (!scene) return scene.error();
  const ColorView view(*scene, job, resolution);
  const uint64_t seed = mix_bits(job.world.seed, static_cast<uint64_t>(job.camera) + 900);
  return make_frames(job.frames(), progress, [&](int i) {
    RgbPicture picture = view.picture(i);
    add_color_noise(picture, mix_bits(seed, static_cast<uint64_t>(i)));
    return encode_jpeg(picture, kJpegQuality);
  });
}

Result<PictureFile::Blobs> render_color(const RenderJob& job, ColorResolution resolution,
                                        PixelFormat format, const RenderProgress& progress) {
  const auto scene = Scene::make(job.world, job.places);
  if (!scene) return scene.error();
  const ColorView view(*scene, job, resolution);
  const std::vector<uint8_t> still = color_bytes(view.still(), format);
  const auto row_bytes =
      static_cast<size_t>(ImageShape{format, color_size(resolution).width, 0}.row_bytes());
  return make_frames(job.frames() + 1, progress, [&](int i) -> Result<std::vector<std::byte>> {
    if (i == 0) return bytes_of(still);
    return row_differences(still, color_bytes(view.picture(i - 1), format), row_bytes);
  });
}

Result<PictureFile::Blobs> render_depth(const RenderJob& job, DepthMode mode,
                                        const RenderProgress& progress) {
  const auto scene = Scene::make(job.world, job.places);
  if (!scene) return scene.error();
  const RayScene still(scene->still());
  const DepthRenderer renderer(*scene, still,
                               SensorView(job.lenses.depth_camera(mode), job.pose.world_from_depth),
                               mode, job.depth_bias_m);
  return make_frames(job.frames() + 1, progress, [&](int i) -> Result<std::vector<std::byte>> {
    if (i == 0) return bytes_of(renderer.background());
    return bytes_of(renderer.patch(job.phase(i - 1)));
  });
}

}  // namespace lockstep
