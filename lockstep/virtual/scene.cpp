// SPDX-License-Identifier: MIT
#include "lockstep/virtual/scene.h"

#include <algorithm>
#include <cmath>

#include "lockstep/rig/world_board.h"
#include "lockstep/virtual/board_path.h"
#include "lockstep/virtual/mesh_shapes.h"
#include "lockstep/virtual/pose.h"
#include "lockstep/virtual/random.h"

namespace lockstep {
namespace {

constexpr double kTwoPi = 6.283185307179586;

enum Use : uint16_t {
  floor_wood,
  wall,
  ceiling,
  rug,
  wood,
  cloth,
  metal,
  leaf,
  poster,
  skin,
  shirt,
  trousers,
  ball,
  frame_dark,
  board_front,
  board_back,
  book_first
};
constexpr int kBooks = 6;

std::vector<Material> room_materials() {
  std::vector<Material> all(book_first + kBooks);
  all[floor_wood] = {{0.46F, 0.30F, 0.17F}, 0.55F, Texture::planks};
  all[wall] = {{0.72F, 0.70F, 0.64F}, 0.62F, Texture::plaster};
  all[ceiling] = {{0.82F, 0.82F, 0.80F}, 0.65F, Texture::plaster};
  all[rug] = {{0.42F, 0.10F, 0.09F}, 0.42F, Texture::checks};
  all[wood] = {{0.36F, 0.22F, 0.11F}, 0.50F, Texture::planks};
  all[cloth] = {{0.12F, 0.22F, 0.34F}, 0.48F, Texture::plaster};
  all[metal] = {{0.25F, 0.26F, 0.28F}, 0.20F, Texture::plain};
  all[leaf] = {{0.10F, 0.30F, 0.08F}, 0.70F, Texture::plaster};
  all[poster] = {{0.80F, 0.62F, 0.18F}, 0.50F, Texture::stripes};
  all[skin] = {{0.62F, 0.40F, 0.30F}, 0.55F, Texture::plain};
  all[shirt] = {{0.66F, 0.16F, 0.12F}, 0.52F, Texture::stripes};
  all[trousers] = {{0.10F, 0.12F, 0.20F}, 0.35F, Texture::plaster};
  all[ball] = {{0.75F, 0.70F, 0.12F}, 0.60F, Texture::checks};
  all[board_front] = {{0.80F, 0.80F, 0.78F}, 0.70F, Texture::board};
  all[board_back] = {{0.30F, 0.30F, 0.32F}, 0.30F, Texture::plain};
  all[frame_dark] = {{0.03F, 0.03F, 0.03F}, 0.04F, Texture::plain};
  for (int i = 0; i < kBooks; ++i) {
    const uint64_t bits = mix_bits(static_cast<uint64_t>(i) + 500);
    const auto part = [&](uint64_t which) {
      return static_cast<float>(uniform(mix_bits(bits, which), 0.08, 0.6));
    };
    all[static_cast<size_t>(book_first + i)] = {
        {part(1), part(2), part(3)}, part(4) + 0.15F, Texture::plain};
  }
  return all;
}

/// A number of 0..1 for each cell of a lattice.
float cell(int64_t x, int64_t y, int64_t z) {
  const uint64_t bits = mix_bits(mix_bits(static_cast<uint64_t>(x), static_cast<uint64_t>(y)),
                                 static_cast<uint64_t>(z));
  return static_cast<float>(bits >> 40) * 0x1p-24F;
}

/// Noise of about `size` metres: lattice numbers, interpolated.
float grain(const Eigen::Vector3f& at, float size) {
  const Eigen::Vector3f scaled = at / size;
  const Eigen::Vector3f low(std::floor(scaled.x()), std::floor(scaled.y()), std::floor(scaled.z()));
  const Eigen::Vector3f t = scaled - low;
  float sum = 0;
  for (int corner = 0; corner < 8; ++corner) {
    const int dx = corner & 1, dy = (corner >> 1) & 1, dz = corner >> 2;
    const float weight =
        (dx ? t.x() : 1 - t.x()) * (dy ? t.y() : 1 - t.y()) * (dz ? t.z() : 1 - t.z());
    sum += weight * cell(static_cast<int64_t>(low.x()) + dx, static_cast<int64_t>(low.y()) + dy,
                         static_cast<int64_t>(low.z()) + dz);
  }
  return sum;
}

/// Planks of 9 cm across x with joints, each of its own shade.
float planks(const Eigen::Vector3f& p) {
  const float across = p.x() / 0.09F;
  const float number = std::floor(across);
  const float along = p.y() / 0.9F + 0.37F * number;
  const float joint = std::min(across - number, std::abs(along - std::round(along)) * 10);
  const float shade = 0.75F + 0.35F * cell(static_cast<int64_t>(number),
                                           static_cast<int64_t>(std::floor(along)), 3);
  const float fibres = 0.82F + 0.36F * grain({p.x() * 12, p.y() * 0.7F, p.z() * 12}, 0.06F);
  return (joint < 0.04F ? 0.45F : 1.0F) * shade * fibres;
}

RigidTransform tilted(const RigidTransform& place, const Eigen::Vector3d& axis, double angle_rad) {
  return {place.rotation * rotation_about(axis, angle_rad), place.translation};
}

void add_walls(Mesh& mesh, const RoomSize& size) {
  constexpr double kThick = 0.1;
  const double height = size.height;
  const double y_middle = (size.y_back - size.y_front) / 2;
  const double depth = size.y_back + size.y_front;
  add_box(mesh, at(0, y_middle, -kThick / 2), {2 * size.x, depth, kThick}, floor_wood);
  add_box(mesh, at(0, y_middle, height + kThick / 2), {2 * size.x, depth, kThick}, ceiling);
  for (const double side : {-1.0, 1.0}) {
    add_box(mesh, at(side * (size.x + kThick / 2), y_middle, height / 2), {kThick, depth, height},
            wall);
  }
  add_box(mesh, at(0, size.y_back + kThick / 2, height / 2), {2 * size.x, kThick, height}, wall);
  add_box(mesh, at(0, -size.y_front - kThick / 2, height / 2), {2 * size.x, kThick, height}, wall);
}

void add_shelf(Mesh& mesh, double x, double y) {
  for (int level = 0; level < 4; ++level) {
    add_box(mesh, at(x, y, 0.35 + 0.4 * level), {0.9, 0.26, 0.03}, wood);
    double left = x - 0.42;
    for (int book = 0; book < 9 && level < 3; ++book) {
      const uint64_t bits = mix_bits(static_cast<uint64_t>(level * 100 + book));
      const double width = uniform(bits, 0.03, 0.09);
      const double height = uniform(mix_bits(bits), 0.18, 0.30);
      const auto use = static_cast<uint16_t>(book_first + bits % kBooks);
      add_box(mesh, at(left + width / 2, y - 0.02, 0.365 + 0.4 * level + height / 2),
              {width - 0.004, 0.18, height}, use);
      left += width;
    }
  }
  for (const double side : {-0.46, 0.46}) {
    add_box(mesh, at(x + side, y, 0.9), {0.03, 0.28, 1.8}, wood);
  }
}

void add_table(Mesh& mesh, double x, double y, double yaw) {
  const RigidTransform place = at(x, y, 0, yaw);
  add_box(mesh, place * at(0, 0, 0.62), {0.9, 0.55, 0.04}, wood);
  for (const double dx : {-0.4, 0.4}) {
    for (const double dy : {-0.22, 0.22}) {
      add_box(mesh, place * at(dx, dy, 0.30), {0.05, 0.05, 0.60}, wood);
    }
  }
  add_box(mesh, place * at(-0.18, 0.05, 0.76), {0.34, 0.03, 0.22}, frame_dark);
  add_box(mesh, place * at(0.25, -0.05, 0.70, 0.5), {0.16, 0.16, 0.12}, poster);
  add_ellipsoid(mesh, place * at(0.28, 0.14, 0.72), {0.08, 0.08, 0.08}, ball);
}

void add_sofa(Mesh& mesh, double x, double y, double yaw) {
  const RigidTransform place = at(x, y, 0, yaw);
  add_box(mesh, place * at(0, 0, 0.22), {1.5, 0.7, 0.34}, cloth);
  add_box(mesh, place * at(0, 0.30, 0.55), {1.5, 0.16, 0.5}, cloth);
  for (const double side : {-0.76, 0.76}) {
    add_box(mesh, place * at(side, 0, 0.34), {0.14, 0.7, 0.58}, cloth);
  }
  add_box(mesh, tilted(place * at(0.4, 0.16, 0.52), Eigen::Vector3d::UnitX(), -0.3),
          {0.4, 0.12, 0.36}, shirt);
}

void add_plant(Mesh& mesh, double x, double y) {
  add_cylinder(mesh, {x, y, 0}, 0.16, 0.3, rug);
  for (int i = 0; i < 9; ++i) {
    const double around = kTwoPi * i / 9;
    RigidTransform leaf_place =
        at(x + 0.16 * std::cos(around), y + 0.16 * std::sin(around), 0.65 + 0.08 * (i % 3), around);
    leaf_place = tilted(leaf_place, Eigen::Vector3d::UnitY(), 0.6);
    add_ellipsoid(mesh, leaf_place, {0.06, 0.02, 0.32}, leaf);
  }
}

Mesh room(const RoomSize& size) {
  Mesh mesh;
  add_walls(mesh, size);
  add_box(mesh, at(0, 0, 0.006), {2.0, 1.5, 0.012}, rug);
  add_shelf(mesh, -0.6, size.y_back - 0.16);
  add_sofa(mesh, 0.85, size.y_back - 0.45, 0);
  add_table(mesh, -size.x + 0.55, 0.3, 1.35);
  add_plant(mesh, size.x - 0.35, 0.25);
  add_cylinder(mesh, {-size.x + 0.3, size.y_back - 0.3, 0}, 0.02, 1.5, metal);
  add_cylinder(mesh, {-size.x + 0.3, size.y_back - 0.3, 1.45}, 0.17, 0.26, poster);
  add_box(mesh, at(0.85, size.y_back - 0.015, 1.55), {0.9, 0.03, 0.6}, poster);
  add_box(mesh, at(0.85, size.y_back - 0.010, 1.55), {0.98, 0.02, 0.68}, frame_dark);
  add_box(mesh, at(size.x - 0.02, -0.6, 1.45), {0.04, 1.0, 0.8}, frame_dark);
  return mesh;
}

Mesh bare_floor() {
  constexpr double kSide = 40, kThick = 0.1;
  Mesh mesh;
  add_box(mesh, at(0, 0, -kThick / 2), {kSide, kSide, kThick}, floor_wood);
  return mesh;
}

/// A limb from `joint` hanging down `length`, swung forward by `angle_rad`.
void add_limb(Mesh& mesh, const RigidTransform& body, const Eigen::Vector3d& joint, double length,
              double angle_rad, uint16_t material, uint16_t end) {
  const RigidTransform hinge{rotation_about(Eigen::Vector3d::UnitX(), angle_rad), joint};
  const RigidTransform limb = body * hinge;
  add_ellipsoid(mesh, limb * at(0, 0, -length / 2), {0.065, 0.065, length / 2 + 0.03}, material);
  add_ellipsoid(mesh, limb * at(0, 0, -length), {0.06, 0.07, 0.07}, end);
}

}  // namespace

Mesh joined(Mesh mesh, const Mesh& other) {
  const auto first = static_cast<uint32_t>(mesh.vertices.size());
  mesh.vertices.insert(mesh.vertices.end(), other.vertices.begin(), other.vertices.end());
  mesh.at_rest.insert(mesh.at_rest.end(), other.at_rest.begin(), other.at_rest.end());
  mesh.material_of.insert(mesh.material_of.end(), other.material_of.begin(),
                          other.material_of.end());
  for (const auto& [a, b, c] : other.triangles)
    mesh.triangles.push_back({a + first, b + first, c + first});
  return mesh;
}

Eigen::Vector3f color_at(const Material& material, const Eigen::Vector3f& at_rest) {
  switch (material.texture) {
    case Texture::planks:
      return material.albedo * planks(at_rest);
    case Texture::plaster:
      return material.albedo * (0.90F + 0.2F * grain(at_rest, 0.012F));
    case Texture::checks: {
      const auto at = [&](int axis) {
        return static_cast<int>(std::floor(at_rest[axis] / 0.125F));
      };
      const bool odd = ((at(0) + at(1) + at(2)) & 1) != 0;
      const Eigen::Vector3f other(0.70F, 0.62F, 0.50F);
      return (odd ? material.albedo : other) * (0.8F + 0.4F * grain(at_rest, 0.008F));
    }
    case Texture::stripes: {
      const bool odd = (static_cast<int>(std::floor(at_rest.z() / 0.07F)) & 1) != 0;
      return material.albedo * (odd ? 1.0F : 0.35F);
    }
    case Texture::board: {
      const bool black = material.board->is_black(at_rest.x(), at_rest.y());
      return material.albedo * (black ? 0.06F : 1.0F);
    }
    case Texture::plain:
      break;
  }
  return material.albedo;
}

Result<Scene> Scene::make(const RigWorld& world, const std::vector<CameraPlace>& places) {
  if (std::find(kSceneNames.begin(), kSceneNames.end(), world.scene) == kSceneNames.end()) {
    return Error{Errc::unusable_input,
                 "there is no scene '" + world.scene + "': write scene = \"room\" in the world."};
  }
  Scene scene;
  scene.materials_ = room_materials();
  scene.still_ = world.scene == "bare-floor" ? bare_floor() : room(room_size(places));
  scene.has_person_ = world.scene == "room";
  if (world.board == nullptr) return scene;
  auto pattern = BoardPattern::make(world.board->board);
  if (!pattern) return std::move(pattern).error();
  scene.materials_[board_front].board = std::make_shared<const BoardPattern>(*std::move(pattern));
  scene.board_ = {world, places};
  return scene;
}

Mesh Scene::moving(double phase) const {
  Mesh mesh;
  if (board_) {
    const int frames = board_frames(board_->world, static_cast<int>(board_->places.size()));
    const int frame = static_cast<int>(std::lround(phase * frames)) % frames;
    add_board(mesh, world_from_board(board_->world, board_->places, frame),
              board_->world.board->board, board_front, board_back);
    return mesh;
  }
  if (!has_person_) return mesh;
  const double turn = kTwoPi * phase;
  const double swing = std::sin(turn);
  // A person who sways and swings the arms, and a ball that rolls to and fro on an ellipse.
  const RigidTransform body = at(0.06 * std::cos(turn), 0.05 * swing, 0, 0.25 * swing);
  add_ellipsoid(mesh, body * at(0, 0, 1.62), {0.085, 0.10, 0.125}, skin);
  add_ellipsoid(mesh, body * at(0, 0, 1.20), {0.19, 0.12, 0.32}, shirt);
  add_ellipsoid(mesh, body * at(0, 0, 0.90), {0.16, 0.11, 0.14}, trousers);
  add_limb(mesh, body, {-0.22, 0, 1.42}, 0.55, 0.3 - 0.7 * swing, shirt, skin);
  add_limb(mesh, body, {0.22, 0, 1.42}, 0.55, 0.3 + 0.7 * swing, shirt, skin);
  add_limb(mesh, body, {-0.09, 0, 0.86}, 0.80, 0.15 * swing, trousers, frame_dark);
  add_limb(mesh, body, {0.09, 0, 0.86}, 0.80, -0.15 * swing, trousers, frame_dark);
  add_ellipsoid(mesh, at(0.55 + 0.2 * std::cos(turn), -0.35 + 0.12 * swing, 0.15, turn),
                {0.14, 0.14, 0.14}, ball);
  return mesh;
}

}  // namespace lockstep
