// SPDX-License-Identifier: MIT
#include "lockstep/virtual/mesh_shapes.h"

#include <cmath>

namespace lockstep {
namespace {

constexpr double kPi = 3.14159265358979323846;

uint32_t add_vertex(Mesh& mesh, const RigidTransform& place, const Eigen::Vector3d& body) {
  mesh.vertices.push_back((place * body).cast<float>());
  mesh.at_rest.push_back(body.cast<float>());
  return static_cast<uint32_t>(mesh.vertices.size() - 1);
}

void add_quad(Mesh& mesh, const std::array<uint32_t, 4>& corners, uint16_t material) {
  mesh.triangles.push_back({corners[0], corners[1], corners[2]});
  mesh.triangles.push_back({corners[0], corners[2], corners[3]});
  mesh.material_of.insert(mesh.material_of.end(), 2, material);
}

}  // namespace

RigidTransform at(double x, double y, double z, double yaw_rad) {
  return {rotation_about(Eigen::Vector3d::UnitZ(), yaw_rad), Eigen::Vector3d(x, y, z)};
}

void add_box(Mesh& mesh, const RigidTransform& world_from_box, const Eigen::Vector3d& size,
             uint16_t material) {
  std::array<uint32_t, 8> corner{};
  for (unsigned i = 0; i < 8; ++i) {
    const Eigen::Vector3d sign(i & 1u ? 0.5 : -0.5, i & 2u ? 0.5 : -0.5, i & 4u ? 0.5 : -0.5);
    corner[i] = add_vertex(mesh, world_from_box, size.cwiseProduct(sign));
  }
  constexpr unsigned kFaces[6][4] = {{0, 1, 3, 2}, {4, 6, 7, 5}, {0, 4, 5, 1},
                                     {2, 3, 7, 6}, {0, 2, 6, 4}, {1, 5, 7, 3}};
  for (const auto& face : kFaces) {
    add_quad(mesh, {corner[face[0]], corner[face[1]], corner[face[2]], corner[face[3]]}, material);
  }
}

void add_board(Mesh& mesh, const RigidTransform& world_from_board, const Board& board,
               uint16_t front, uint16_t back) {
  constexpr double kThickM = 0.006;
  const double margin = board.square_m / 2;
  const double right = board.width_m() + margin;
  const double bottom = board.height_m() + margin;
  std::array<uint32_t, 4> near{};
  std::array<uint32_t, 4> far{};
  const Eigen::Vector2d corners[] = {
      {-margin, -margin}, {right, -margin}, {right, bottom}, {-margin, bottom}};
  for (size_t i = 0; i < 4; ++i) {
    near[i] = add_vertex(mesh, world_from_board, {corners[i].x(), corners[i].y(), 0});
    far[i] = add_vertex(mesh, world_from_board, {corners[i].x(), corners[i].y(), kThickM});
  }
  add_quad(mesh, near, front);
  add_quad(mesh, far, back);
  for (size_t i = 0; i < 4; ++i)
    add_quad(mesh, {near[i], near[(i + 1) % 4], far[(i + 1) % 4], far[i]}, back);
}

void add_ellipsoid(Mesh& mesh, const RigidTransform& world_from_body, const Eigen::Vector3d& radii,
                   uint16_t material) {
  constexpr unsigned kRings = 24, kSides = 36;
  const auto first = static_cast<uint32_t>(mesh.vertices.size());
  for (unsigned ring = 0; ring <= kRings; ++ring) {
    const double polar = kPi * ring / kRings;
    for (unsigned side = 0; side <= kSides; ++side) {
      const double around = 2 * kPi * side / kSides;
      const Eigen::Vector3d unit(std::sin(polar) * std::cos(around),
                                 std::sin(polar) * std::sin(around), std::cos(polar));
      add_vertex(mesh, world_from_body, radii.cwiseProduct(unit));
    }
  }
  for (uint32_t ring = 0; ring < kRings; ++ring) {
    for (uint32_t side = 0; side < kSides; ++side) {
      const uint32_t a = first + ring * (kSides + 1) + side;
      add_quad(mesh, {a, a + kSides + 1, a + kSides + 2, a + 1}, material);
    }
  }
}

void add_cylinder(Mesh& mesh, const Eigen::Vector3d& foot, double radius, double height,
                  uint16_t material) {
  constexpr unsigned kSides = 36;
  const RigidTransform place = at(foot.x(), foot.y(), foot.z());
  const auto first = static_cast<uint32_t>(mesh.vertices.size());
  for (unsigned side = 0; side <= kSides; ++side) {
    const double around = 2 * kPi * side / kSides;
    const Eigen::Vector3d rim(radius * std::cos(around), radius * std::sin(around), 0);
    add_vertex(mesh, place, rim);
    add_vertex(mesh, place, rim + Eigen::Vector3d(0, 0, height));
    add_vertex(mesh, place, Eigen::Vector3d(0, 0, height));
  }
  for (uint32_t side = 0; side < kSides; ++side) {
    const uint32_t a = first + 3 * side;
    add_quad(mesh, {a, a + 3, a + 4, a + 1}, material);
    mesh.triangles.push_back({a + 1, a + 4, a + 2});
    mesh.material_of.push_back(material);
  }
}

}  // namespace lockstep
