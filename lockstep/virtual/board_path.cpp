// SPDX-License-Identifier: MIT
#include "lockstep/virtual/board_path.h"

#include <Eigen/Geometry>
#include <algorithm>
#include <array>
#include <cmath>

#include "lockstep/rig/world_board.h"
#include "lockstep/virtual/pose.h"

namespace lockstep {
namespace {

constexpr double kTwoPi = 6.283185307179586;
constexpr double kTilt = 0.6;       // radians, of either axis
constexpr double kMostAside = 1.1;  // radians from where one of the two stands
constexpr double kRoll = 0.5;       // radians
constexpr double kAsideM = 0.35;
constexpr double kUpM = 0.25;
constexpr double kBefore = 0.2;  // of the way back from what is looked at
constexpr double kAboveM = 0.15;
constexpr double kNearestM = 0.3;
constexpr double kClearM = 0.55;  // of walls: a board is half as long, and tilts

/// -1..1; no two frames of a pair agree in all of them, for their numbers of turns differ.
double wave(double share, double turns, double phase) {
  return std::sin(kTwoPi * (share * turns + phase));
}

}  // namespace

int board_frames(const RigWorld& world, int cameras) {
  return neighbour_pairs(world, cameras) * world.board->ticks_per_pair;
}

RigidTransform world_from_board(const RigWorld& world, const std::vector<CameraPlace>& places,
                                int frame) {
  const Board& board = world.board->board;
  const int ticks = world.board->ticks_per_pair;
  const int cameras = static_cast<int>(places.size());
  const int pair = std::clamp(frame / ticks, 0, neighbour_pairs(world, cameras) - 1);
  const double share = (frame % ticks + 0.5) / ticks;
  const CameraPlace& one = places[static_cast<size_t>(pair)];
  const CameraPlace& other = places[static_cast<size_t>(pair + 1) % places.size()];
  const auto point = [](const std::array<double, 3>& at) {
    return Eigen::Vector3d(at[0], at[1], at[2]);
  };
  const auto half_way = [&](const std::array<double, 3>& a,
                            const std::array<double, 3>& b) -> Eigen::Vector3d {
    return (point(a) + point(b)) / 2;
  };
  Eigen::Vector3d between = half_way(one.at_m, other.at_m);
  const Eigen::Vector3d looked_at = half_way(one.look_at_m, other.look_at_m);
  // Of two that face each other only one can see the front.
  if ((looked_at - between).head<2>().norm() < kNearestM) between = point(one.at_m);
  Eigen::Vector3d middle =
      Eigen::Vector3d(looked_at.x() + kBefore * (between.x() - looked_at.x()),
                      looked_at.y() + kBefore * (between.y() - looked_at.y()),
                      looked_at.z() + kAboveM) +
      Eigen::Vector3d(kAsideM * wave(share, 2.3, 0.1), kAsideM * wave(share, 1.7, 0.6),
                      kUpM * wave(share, 3.1, 0.3));
  // What is looked at may be a wall.
  const RoomSize room = room_size(places);
  middle.x() = std::clamp(middle.x(), kClearM - room.x, room.x - kClearM);
  middle.y() = std::clamp(middle.y(), kClearM - room.y_front, room.y_back - kClearM);
  // Of the board that faces `between`, upright.
  const Eigen::Matrix3d axes = world_from_depth({{between.x(), between.y(), between.z()},
                                                 {middle.x(), middle.y(), middle.z()}})
                                   .rotation;
  // Two who see it from far apart lose its front sooner.
  double wide = 0;
  for (const CameraPlace* camera : {&one, &other}) {
    const Eigen::Vector3d way = point(camera->at_m) - middle;
    const double facing = way.normalized().dot((between - middle).normalized());
    wide = std::max(wide, std::acos(std::clamp(facing, -1.0, 1.0)));
  }
  const double aside = std::clamp(kMostAside - wide, 0.0, kTilt);
  const Eigen::Matrix3d rotation =
      rotation_about(axes.col(0), kTilt * wave(share, 2.9, 0.2)) *
      rotation_about(axes.col(1), aside * wave(share, 1.3, 0.8)) * axes *
      rotation_about(Eigen::Vector3d::UnitZ(), kRoll * wave(share, 1.9, 0.45));
  const Eigen::Vector3d center(board.width_m() / 2, board.height_m() / 2, 0);
  return {rotation, middle - rotation * center};
}

}  // namespace lockstep
