// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "lockstep/codec/color_picture.h"
#include "lockstep/fuse/fusion_camera.h"
#include "lockstep/rig/rig.h"
#include "lockstep/virtual/color_renderer.h"
#include "lockstep/virtual/depth_noise.h"
#include "lockstep/virtual/depth_renderer.h"
#include "lockstep/virtual/random.h"
#include "lockstep/virtual/ray_scene.h"
#include "lockstep/virtual/rendered_pictures.h"
#include "lockstep/virtual/scene.h"
#include "lockstep/virtual/sensor_view.h"

// Cameras of the virtual world as fusing takes them, one tick of theirs, and what is true.

namespace lockstep::testing {

struct FusionWorldOptions {
  RigWorld world;
  int cameras = 4;
  DepthMode depth = DepthMode::nfov_unbinned;
  ColorResolution color = ColorResolution::p1080;
  double phase = 0.1;     ///< of what moves; negative: nothing does
  bool in_color = false;  ///< whether colour images are rendered
};

/// What one camera saw, and the memory of it.
struct SeenImages {
  std::vector<uint16_t> depth_mm, infrared;
  std::vector<uint8_t> bgra;
};

class FusionWorld {
 public:
  explicit FusionWorld(const FusionWorldOptions& options = {});

  /// As they truly are; the rig's frame is the world's.
  [[nodiscard]] const std::vector<FusionCamera>& cameras() const { return cameras_; }
  /// Images with the noise of `tick` of every camera.
  [[nodiscard]] std::vector<SeenImages> tick(uint64_t tick) const;
  /// Without noise.
  [[nodiscard]] const std::vector<SeenImages>& exact() const { return exact_; }
  /// Everything that is there.
  [[nodiscard]] const RayScene& truth() const { return *truth_; }
  [[nodiscard]] RigidTransform rig_from_color(size_t camera) const;

 private:
  void see(const FusionWorldOptions& options, const Scene& scene);

  DepthMode mode_;
  std::vector<FusionCamera> cameras_;
  std::vector<SeenImages> exact_;
  std::vector<std::vector<uint16_t>> depth_units_;
  std::unique_ptr<RayScene> truth_;
};

// ---- how it is done

/// Lays what moves over what stands still.
inline void lay_over(const DepthPatch& patch, int width, DepthPatch& whole) {
  for (int y = 0; y < patch.rect.height; ++y) {
    const auto from = static_cast<ptrdiff_t>(y) * patch.rect.width;
    const auto to = static_cast<ptrdiff_t>(patch.rect.y + y) * width + patch.rect.x;
    std::copy_n(patch.depth_units.begin() + from, patch.rect.width, whole.depth_units.begin() + to);
    std::copy_n(patch.ir.begin() + from, patch.rect.width, whole.ir.begin() + to);
  }
}

inline FusionWorld::FusionWorld(const FusionWorldOptions& options) : mode_(options.depth) {
  Rig rig;
  rig.world = options.world;
  rig.cameras.resize(static_cast<size_t>(options.cameras));
  const std::vector<RenderJob> jobs = jobs_of(rig);
  for (const RenderJob& job : jobs) {
    FusionCamera camera;
    camera.name = "cam" + std::to_string(job.camera);
    camera.geometry = geometry_of(job.lenses, options.depth, options.color);
    camera.rig_from_depth = job.pose.world_from_depth;
    camera.depth_offset_m = job.depth_bias_m;
    cameras_.push_back(camera);
  }
  const Scene scene = *Scene::make(options.world, jobs.front().places);
  const Mesh still = scene.still();
  truth_ = std::make_unique<RayScene>(
      options.phase < 0 ? still : joined(still, scene.moving(options.phase)));
  see(options, scene);
}

inline void FusionWorld::see(const FusionWorldOptions& options, const Scene& scene) {
  const RayScene still(scene.still());
  for (size_t i = 0; i < cameras_.size(); ++i) {
    const FusionCamera& camera = cameras_[i];
    const DepthRenderer renderer(scene, still,
                                 SensorView(*camera.geometry.depth, camera.rig_from_depth),
                                 options.depth, camera.depth_offset_m);
    DepthPatch depth = renderer.background();
    if (options.phase >= 0)
      lay_over(renderer.patch(options.phase), camera.geometry.depth->width_px, depth);
    SeenImages seen;
    seen.infrared = std::move(depth.ir);
    for (size_t at = 0; at < seen.infrared.size(); ++at) {
      const int mm = (depth.depth_units[at] + kDepthUnitsPerMm / 2) >> kDepthUnitBits;
      seen.depth_mm.push_back(static_cast<uint16_t>(seen.infrared[at] < kDarkIr ? 0 : mm));
    }
    if (options.in_color) {
      const ColorRenderer in_color(scene, still,
                                   SensorView(*camera.geometry.color, rig_from_color(i)));
      seen.bgra = bgra_of(options.phase < 0 ? in_color.still(1) : in_color.frame(options.phase, 1));
    }
    depth_units_.push_back(std::move(depth.depth_units));
    exact_.push_back(std::move(seen));
  }
}

inline RigidTransform FusionWorld::rig_from_color(size_t camera) const {
  return cameras_[camera].rig_from_depth * cameras_[camera].geometry.color_from_depth.inverse();
}

inline std::vector<SeenImages> FusionWorld::tick(uint64_t tick) const {
  std::vector<SeenImages> all = exact_;
  const DepthNoiseKernel noise(depth_noise(mode_), 1);
  for (size_t i = 0; i < all.size(); ++i) {
    const auto width = static_cast<size_t>(cameras_[i].geometry.depth->width_px);
    for (size_t at = 0; at < all[i].depth_mm.size(); at += width) {
      add_noise(noise, mix_bits(mix_bits(tick, i), at),
                std::span(depth_units_[i]).subspan(at, width),
                std::span(exact_[i].infrared).subspan(at, width),
                std::span(all[i].depth_mm).subspan(at, width),
                std::span(all[i].infrared).subspan(at, width));
    }
  }
  return all;
}

inline std::vector<FusionImages> as_images(const std::vector<SeenImages>& seen) {
  std::vector<FusionImages> images;
  for (const SeenImages& one : seen) images.push_back({one.depth_mm, one.infrared, one.bgra});
  return images;
}

}  // namespace lockstep::testing
