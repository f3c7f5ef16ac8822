// SPDX-License-Identifier: MIT
#include "lockstep/virtual/world_truth.h"

#include <fmt/core.h>
#include <tbb/parallel_for.h>

#include "lockstep/virtual/board_path.h"
#include "lockstep/virtual/for_each_hit.h"

namespace lockstep {

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
  Mesh all = scene_.still();
  const Mesh moving = scene_.moving(jobs_[0].phase(frame));
  const auto first = static_cast<uint32_t>(all.vertices.size());
  all.vertices.insert(all.vertices.end(), moving.vertices.begin(), moving.vertices.end());
  all.at_rest.insert(all.at_rest.end(), moving.at_rest.begin(), moving.at_rest.end());
  all.material_of.insert(all.material_of.end(), moving.material_of.begin(),
                         moving.material_of.end());
  for (const auto& corners : moving.triangles)
    all.triangles.push_back({corners[0] + first, corners[1] + first, corners[2] + first});
  return all;
}

std::vector<float> WorldTruth::seen(const CameraModel& lens,
                                    const RigidTransform& world_from_camera, int frame) const {
  const SensorView view(lens, world_from_camera);
  const RayScene rays(surface(frame));
  const auto width = static_cast<size_t>(lens.width_px);
  std::vector<float> depth_mm(width * static_cast<size_t>(lens.height_px));
  tbb::parallel_for(0, lens.height_px, [&](int y) {
    for_each_hit(view, rays, y, 0, lens.width_px,
                 [&](int x, const RayHit& hit, const Eigen::Vector3f&) {
                   depth_mm[static_cast<size_t>(y) * width + static_cast<size_t>(x)] = 1000 * hit.t;
                 });
  });
  return depth_mm;
}

std::vector<float> WorldTruth::depth_mm(int camera, DepthMode mode, int frame) const {
  return seen(lenses(camera).depth_camera(mode), world_from_depth(camera), frame);
}

std::vector<float> WorldTruth::color_depth_mm(int camera, ColorResolution resolution,
                                              int frame) const {
  return seen(lenses(camera).color_camera(resolution),
              world_from_depth(camera) * lenses(camera).color_from_depth().inverse(), frame);
}

}  // namespace lockstep
