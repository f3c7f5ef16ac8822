// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/fuse/point_cloud.h"
#include "lockstep/fuse/triangle_mesh.h"
#include "tests/support/property.h"

// Clouds and meshes of any numbers, for the writers of files.

namespace lockstep::testing {

inline Eigen::Vector3f any_vector(Dice& dice) {
  const auto number = [&dice] { return static_cast<float>(dice.in(-5000, 5001)) / 1000; };
  const float x = number(), y = number();
  return {x, y, number()};
}

inline std::vector<Eigen::Vector3f> any_vectors(Dice& dice, int count, bool unit) {
  std::vector<Eigen::Vector3f> vectors(static_cast<size_t>(count));
  for (Eigen::Vector3f& vector : vectors) {
    vector = any_vector(dice);
    if (unit) vector.normalize();
  }
  return vectors;
}

inline std::vector<std::array<uint8_t, 3>> any_colors(Dice& dice, int count) {
  std::vector<std::array<uint8_t, 3>> colors(static_cast<size_t>(count));
  for (auto& color : colors) {
    for (uint8_t& part : color) part = static_cast<uint8_t>(dice.in(0, 256));
  }
  return colors;
}

/// Up to a thousand points, with or without each of the other vectors.
inline PointCloud any_cloud(Dice& dice) {
  const int count = dice.in(1, 1000);
  const auto size = static_cast<size_t>(count);
  PointCloud cloud;
  cloud.points = any_vectors(dice, count, false);
  if (dice.in(0, 2) == 1) cloud.normals = any_vectors(dice, count, true);
  if (dice.in(0, 2) == 1) cloud.colors = any_colors(dice, count);
  if (dice.in(0, 2) == 1) {
    cloud.confidence.resize(size);
    for (float& each : cloud.confidence) each = static_cast<float>(dice.in(0, 1001)) / 1000;
  }
  if (dice.in(0, 2) == 1) {
    cloud.cameras.resize(size);
    for (uint8_t& each : cloud.cameras) each = static_cast<uint8_t>(dice.in(0, 8));
    cloud.instants_us.resize(size);
    for (float& each : cloud.instants_us) each = static_cast<float>(dice.in(-500, 500));
  }
  return cloud;
}

/// Up to a thousand triangles of any of its vertices.
inline TriangleMesh any_mesh(Dice& dice) {
  const int count = dice.in(3, 500);
  TriangleMesh mesh;
  mesh.vertices = any_vectors(dice, count, false);
  if (dice.in(0, 2) == 1) mesh.normals = any_vectors(dice, count, true);
  if (dice.in(0, 2) == 1) mesh.colors = any_colors(dice, count);
  mesh.triangles.resize(static_cast<size_t>(dice.in(1, 1000)));
  for (auto& triangle : mesh.triangles) {
    for (uint32_t& corner : triangle) corner = static_cast<uint32_t>(dice.in(0, count));
  }
  return mesh;
}

}  // namespace lockstep::testing
