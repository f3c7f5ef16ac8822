// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/view_graph.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <set>
#include <utility>

#include "lockstep/calibrate/plane_pose.h"

namespace lockstep {
namespace {

constexpr double kRadiusM = 1;
// Either of two poses that are so near to each other will do to begin with.
constexpr double kOnePoseRad = 0.2;

/// A turn counts as far as a point moves that is a metre away.
double distance(const RigidTransform& a, const RigidTransform& b) {
  const RigidTransform apart = a.inverse() * b;
  return apart.translation.norm() + kRadiusM * turn_angle_rad(apart.rotation);
}

/// Of several rigid transforms the one that is closest to all others.
RigidTransform middle_one(const std::vector<RigidTransform>& transforms) {
  const RigidTransform* best = &transforms.front();
  double least = std::numeric_limits<double>::infinity();
  for (const RigidTransform& each : transforms) {
    double sum = 0;
    for (const RigidTransform& other : transforms) sum += distance(each, other);
    if (sum >= least) continue;
    least = sum;
    best = &each;
  }
  return *best;
}

PlacedView placed(const CameraToSolve& camera, const BoardView& view, const PlanePose& pose) {
  const bool color = view.sensor == BoardSensor::color;
  const RigidTransform depth_from_sensor =
      color ? camera.color_from_depth.inverse() : RigidTransform{};
  return {view.tick, view.camera, depth_from_sensor * pose.camera_from_board,
          ambiguity(pose, kOnePoseRad)};
}

}  // namespace

std::vector<PlacedView> place_views(const std::vector<CameraToSolve>& cameras, const Board& board,
                                    const std::vector<BoardView>& views) {
  std::map<std::pair<int64_t, int>, PlacedView> best;
  for (const BoardView& view : views) {
    const CameraToSolve& camera = cameras[static_cast<size_t>(view.camera)];
    const CameraModel& lens = view.sensor == BoardSensor::color ? camera.color : camera.depth;
    const auto pose = plane_pose(lens, board, view.corners);
    if (!pose) continue;
    const PlacedView found = placed(camera, view, *pose);
    const auto [there, added] = best.try_emplace({view.tick, view.camera}, found);
    if (!added && found.ambiguity < there->second.ambiguity) there->second = found;
  }
  std::vector<PlacedView> all;
  for (const auto& [key, view] : best) {
    if (view.ambiguity < kTooAmbiguous) all.push_back(view);
  }
  return all;
}

std::vector<std::optional<RigidTransform>> initial_poses(size_t cameras,
                                                         const std::vector<PlacedView>& views) {
  std::map<int64_t, std::vector<const PlacedView*>> by_tick;
  for (const PlacedView& view : views) by_tick[view.tick].push_back(&view);
  std::map<std::pair<int, int>, std::vector<RigidTransform>> a_from_b;
  for (const auto& [tick, seen] : by_tick) {
    for (const PlacedView* a : seen) {
      for (const PlacedView* b : seen) {
        if (a->camera == b->camera) continue;
        a_from_b[{a->camera, b->camera}].push_back(a->depth_from_board *
                                                   b->depth_from_board.inverse());
      }
    }
  }

  std::vector<std::optional<RigidTransform>> rig_from(cameras);
  if (cameras > 0) rig_from[0] = RigidTransform{};
  // The pair with most ticks between one that is placed and one that is not, until there is none.
  while (true) {
    const std::pair<const std::pair<int, int>, std::vector<RigidTransform>>* best = nullptr;
    for (const auto& pair : a_from_b) {
      const auto& [a, b] = pair.first;
      if (!rig_from[static_cast<size_t>(a)] || rig_from[static_cast<size_t>(b)]) continue;
      if (best == nullptr || pair.second.size() > best->second.size()) best = &pair;
    }
    if (best == nullptr) return rig_from;
    const auto& [a, b] = best->first;
    rig_from[static_cast<size_t>(b)] = *rig_from[static_cast<size_t>(a)] * middle_one(best->second);
  }
}

std::vector<std::vector<int>> joined_groups(size_t cameras, const std::vector<BoardView>& views) {
  std::vector<int> group(cameras);
  std::iota(group.begin(), group.end(), 0);
  std::map<int64_t, int> first_of_tick;
  for (const BoardView& view : views) {
    const auto [first, added] = first_of_tick.try_emplace(view.tick, view.camera);
    if (added) continue;
    const int from = group[static_cast<size_t>(view.camera)];
    const int to = group[static_cast<size_t>(first->second)];
    std::replace(group.begin(), group.end(), from, to);
  }
  std::map<int, std::vector<int>> members;
  for (size_t i = 0; i < cameras; ++i) members[group[i]].push_back(static_cast<int>(i));
  std::vector<std::vector<int>> groups;
  for (auto& [number, cameras_of] : members) groups.push_back(std::move(cameras_of));
  std::stable_sort(groups.begin(), groups.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return groups;
}

}  // namespace lockstep
