// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/geometry/board.h"
#include "lockstep/geometry/rigid.h"
#include "lockstep/virtual/scene.h"

namespace lockstep {

/// Adds a box with `size` about its middle, placed by `world_from_box`.
void add_box(Mesh& mesh, const RigidTransform& world_from_box, const Eigen::Vector3d& size,
             uint16_t material);

/// Adds an ellipsoid with half axes `radii`, placed by `world_from_body`.
void add_ellipsoid(Mesh& mesh, const RigidTransform& world_from_body, const Eigen::Vector3d& radii,
                   uint16_t material);

/// Adds an upright cylinder standing on `foot`.
void add_cylinder(Mesh& mesh, const Eigen::Vector3d& foot, double radius, double height,
                  uint16_t material);

/// Adds a flat board with a white margin around its pattern: `front` on the side that is looked at,
/// whose places at rest are those of the board's frame, `back` on the other.
void add_board(Mesh& mesh, const RigidTransform& world_from_board, const Board& board,
               uint16_t front, uint16_t back);

/// A place without turn, and one turned about the vertical.
[[nodiscard]] RigidTransform at(double x, double y, double z, double yaw_rad = 0);

}  // namespace lockstep
