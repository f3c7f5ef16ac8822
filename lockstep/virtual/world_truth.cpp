// SPDX-License-Identifier: MIT
#include "lockstep/virtual/world_truth.h"

#include <fmt/core.h>
#include <tbb/parallel_for.h>

#include "lockstep/virtual/board_path.h"
#include "lockstep/virtual/for_each_hit.h"

namespace lockstep {

std::vector<float> true_depth_mm(const RayScene& world, const CameraModel& lens,
                                 const RigidTransform& world_from_camera) {
  const SensorView view(lens, world_from_camera);
  const auto width = static_cast<size_t>(lens.width_px);
  std::vector<float> depth_mm(width * static_cast<size_t>(lens.height_px));
  tbb::parallel_for(0, lens.height_px, [&](int y) {
    for_each_hit(view, world, y, 0, lens.width_px,
                 [&](int x, const RayHit& hit, const Eigen::Vector3f&) {
                   depth_mm[static_cast<size_t>(y) * width + static_cast<size_t>(x)] = 1000 * hit.t;
                 });
  });
  return depth_mm;
}

Result<WorldTruth> WorldTruth::make(const Rig& rig) {
  if (!rig.world || rig.cameras.empty()) {
    return Error{Errc::invalid_argument,
                 fmt::format("rig '{}' has no world of which anything could be true", rig.name)};
  }
  std::vector<RenderJob> jobs = jobs_of(rig);
  auto scene = Scene::make(*rig.world, jobs[0].places);
  if (!scene) return std::move(scene).error();
  return WorldTruth(std::move(jobs), *std::move(scene));
}

std::optional<RigidTransform> WorldTruth::world_from_board(int frame) const {
  if (!scene_.has_board()) return std::nullopt;
  return lockstep::world_from_board(jobs_[0].world, jobs_[0].places, frame);
}

Mesh WorldTruth::surface(int frame) const {
  return joined(scene_.still(), scene_.moving(jobs_[0].phase(frame)));
}

std::vector<float> WorldTruth::depth_mm(int camera, DepthMode mode, int frame) const {
  return true_depth_mm(RayScene(surface(frame)), lenses(camera).depth_camera(mode),
                       world_from_depth(camera));
}

std::vector<float> WorldTruth::color_depth_mm(int camera, ColorResolution resolution,
                                              int frame) const {
  return true_depth_mm(RayScene(surface(frame)), lenses(camera).color_camera(resolution),
                       world_from_depth(camera) * lenses(camera).color_from_depth().inverse());
}

}  // namespace lockstep
