// SPDX-License-Identifier: MIT
#include "lockstep/fuse/marching_cubes.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include "lockstep/fuse/parallel.h"

namespace lockstep {
namespace {

constexpr float kUnknown = std::numeric_limits<float>::quiet_NaN();
constexpr uint16_t kNoVertex = 0xFFFF;
/// Neighbouring voxels that differ by more of the truncation are no surface: one lies in front of
/// what a camera sees, the other one behind something nearer.
constexpr float kSteepest = 1;
/// Blocks that a thread takes at a time.
constexpr int kTurn = 16;

int voxel_at(int x, int y, int z) {
  return x + kBlockSide * (y + kBlockSide * z);
}

/// A block and those about it, as their indices.
class Surroundings {
 public:
  Surroundings(const VoxelBlocks& blocks, uint32_t block) : blocks_(blocks) {
    const BlockPlace& at = blocks.place(block);
    for (int i = 0; i < 27; ++i)
      around_[static_cast<size_t>(i)] =
          blocks.find({at.x + i % 3 - 1, at.y + i / 3 % 3 - 1, at.z + i / 9 - 1});
  }
  /// Each of -1, 0 and 1.
  [[nodiscard]] uint32_t index(int x, int y, int z) const {
    return around_[static_cast<size_t>(13 + x + 3 * y + 9 * z)];
  }
  /// The block that has the voxel, counted from this one's first, and where; null: none.
  [[nodiscard]] const VoxelBlock* find(int x, int y, int z, int& voxel) const {
    const auto side = [](int at) { return at < 0 ? -1 : at >= kBlockSide ? 1 : 0; };
    const uint32_t found = index(side(x), side(y), side(z));
    constexpr int kMask = kBlockSide - 1;
    voxel = voxel_at(x & kMask, y & kMask, z & kMask);
    return found == VoxelBlocks::kNone ? nullptr : &blocks_.block(found);
  }

 private:
  const VoxelBlocks& blocks_;
  std::array<uint32_t, 27> around_{};
};

/// Distances at the voxels of a block and those about it, from -1 to kBlockSide + 1; NaN where
/// nothing is known.
class Distances {
 public:
  explicit Distances(const Surroundings& around) {
    size_t at = 0;
    for (int z = -1; z <= kBlockSide + 1; ++z) {
      for (int y = -1; y <= kBlockSide + 1; ++y) {
        for (int x = -1; x <= kBlockSide + 1; ++x) {
          int voxel = 0;
          const VoxelBlock* const block = around.find(x, y, z, voxel);
          const bool known = block != nullptr && block->voxels[voxel].weight > 0;
          numbers_[at++] = known ? block->voxels[voxel].distance * (1.0F / 32767) : kUnknown;
        }
      }
    }
  }

  [[nodiscard]] float at(int x, int y, int z) const {
    return numbers_[static_cast<size_t>(x + 1 + kSide * (y + 1 + kSide * (z + 1)))];
  }
  /// How the distance changes over a voxel.
  [[nodiscard]] Eigen::Vector3f gradient(int x, int y, int z) const {
    return {change(at(x - 1, y, z), at(x, y, z), at(x + 1, y, z)),
            change(at(x, y - 1, z), at(x, y, z), at(x, y + 1, z)),
            change(at(x, y, z - 1), at(x, y, z), at(x, y, z + 1))};
  }

 private:
  static constexpr int kSide = kBlockSide + 3;

  static float change(float before, float here, float after) {
    if (std::isnan(before)) return std::isnan(after) ? 0 : after - here;
    return std::isnan(after) ? here - before : 0.5F * (after - before);
  }
  std::array<float, kSide * kSide * kSide> numbers_;
};

/// What a block adds to the mesh.
struct Part {
  Surroundings around;
  std::vector<Eigen::Vector3f> vertices, normals;
  std::vector<std::array<uint8_t, 3>> colors;
  std::array<uint16_t, size_t{3} * kBlockVoxels> vertex_of;  ///< by voxel and axis
  struct Cube {
    uint8_t x, y, z, inside;
  };
  std::vector<Cube> cubes;
  size_t triangles = 0;
  size_t first_vertex = 0, first_triangle = 0;

  explicit Part(const Surroundings& of) : around(of) { vertex_of.fill(kNoVertex); }
};

/// The colour between two voxels, of those that have one.
std::array<uint8_t, 3> blend(const VoxelBlock* a, int at_a, const VoxelBlock* b, int at_b,
                             float share) {
  const VoxelColor in_a = a->color(at_a), in_b = b->color(at_b);
  const float of_a = in_a.weight == 0 ? 0 : 1 - share;
  const float of_b = in_b.weight == 0 ? 0 : share;
  if (of_a + of_b <= 0) return {128, 128, 128};
  const auto mix = [&](uint16_t from_a, uint16_t from_b) {
    const float sum = of_a * static_cast<float>(from_a) + of_b * static_cast<float>(from_b);
    return static_cast<uint8_t>(std::min(255.0F, sum / (of_a + of_b) / 256 + 0.5F));
  };
  return {mix(in_a.red, in_b.red), mix(in_a.green, in_b.green), mix(in_a.blue, in_b.blue)};
}

/// Finds the vertices and cubes of one block.
class Finder {
 public:
  Finder(const MarchJob& job, const BlockPlace& place, Part& part)
      : job_(job), place_(place), part_(part), distances_(part.around) {}

  void operator()() {
    for (int z = 0; z < kBlockSide; ++z) {
      for (int y = 0; y < kBlockSide; ++y) {
        for (int x = 0; x < kBlockSide; ++x) {
          for (int axis = 0; axis < 3; ++axis) add_vertex(x, y, z, axis);
          add_cube(x, y, z);
        }
      }
    }
  }

 private:
  void add_vertex(int x, int y, int z, int axis) {
    const int step[3] = {axis == 0, axis == 1, axis == 2};
    const float a = distances_.at(x, y, z);
    const float b = distances_.at(x + step[0], y + step[1], z + step[2]);
    if (!((a < 0) != (b < 0)) || !(std::abs(a - b) <= kSteepest)) return;
    const float share = a / (a - b);
    Eigen::Vector3f at(static_cast<float>(x), static_cast<float>(y), static_cast<float>(z));
    at(axis) += share;
    const Eigen::Vector3f block(static_cast<float>(place_.x), static_cast<float>(place_.y),
                                static_cast<float>(place_.z));
    part_.vertex_of[static_cast<size_t>(3 * voxel_at(x, y, z) + axis)] =
        static_cast<uint16_t>(part_.vertices.size());
    part_.vertices.push_back((block * kBlockSide + at) * static_cast<float>(job_.voxel_m));
    const Eigen::Vector3f slope =
        distances_.gradient(x, y, z) * (1 - share) +
        distances_.gradient(x + step[0], y + step[1], z + step[2]) * share;
    part_.normals.push_back(slope.normalized());
    if (!job_.colors) return;
    int at_a = 0, at_b = 0;
    const VoxelBlock* const in_a = part_.around.find(x, y, z, at_a);
    const VoxelBlock* const in_b = part_.around.find(x + step[0], y + step[1], z + step[2], at_b);
    part_.colors.push_back(blend(in_a, at_a, in_b, at_b, share));
  }

  void add_cube(int x, int y, int z) {
    int inside = 0;
    float corner[8];
    for (int i = 0; i < 8; ++i) {
      corner[i] = distances_.at(x + (i & 1), y + (i >> 1 & 1), z + (i >> 2));
      if (std::isnan(corner[i])) return;
      inside |= static_cast<int>(corner[i] < 0) << i;
    }
    if (inside == 0 || inside == 0xFF) return;
    for (int i = 0; i < 8; ++i) {
      for (const int other : {i | 1, i | 2, i | 4}) {
        const bool parted = ((inside >> i ^ inside >> other) & 1) != 0;
        if (parted && std::abs(corner[i] - corner[other]) > kSteepest) return;
      }
    }
    part_.cubes.push_back({static_cast<uint8_t>(x), static_cast<uint8_t>(y),
                           static_cast<uint8_t>(z), static_cast<uint8_t>(inside)});
    part_.triangles += static_cast<size_t>(cube_cases()[static_cast<size_t>(inside)].count);
  }

  const MarchJob& job_;
  const BlockPlace& place_;
  Part& part_;
  const Distances distances_;
};

/// Whether a block and those behind it have voxels on both sides of a surface.
class Sides {
 public:
  Sides(const VoxelBlocks& blocks, const std::vector<uint32_t>& all) {
    for (const uint32_t index : all) {
      if (index >= of_.size()) of_.resize(index + 1);
      const VoxelBlock& block = blocks.block(index);
      uint8_t sides = 0;
      for (int i = 0; i < kBlockVoxels; ++i) {
        const uint8_t side = block.voxels[i].distance < 0 ? 1 : 2;
        sides |= block.voxels[i].weight > 0 ? side : uint8_t{0};
      }
      of_[index] = sides;
    }
  }
  [[nodiscard]] bool both(const Surroundings& around) const {
    uint8_t sides = 0;
    for (int i = 0; i < 8; ++i) {
      const uint32_t index = around.index(i & 1, i >> 1 & 1, i >> 2);
      if (index != VoxelBlocks::kNone) sides |= of_[index];
    }
    return sides == 3;
  }

 private:
  std::vector<uint8_t> of_;
};

/// The parts of a mesh, by the index of their block.
class March {
 public:
  explicit March(const MarchJob& job) : job_(job), all_(job.blocks.all()) {}

  TriangleMesh operator()() {
    find();
    TriangleMesh mesh;
    make_room(mesh);
    each([&](Part& part) { write(part, mesh); });
    return mesh;
  }

 private:
  void each(const std::function<void(Part&)>& use) {
    const int turns = (static_cast<int>(all_.size()) + kTurn - 1) / kTurn;
    parallel_for(job_.threads, turns, [&](int turn) {
      const size_t first = static_cast<size_t>(turn) * kTurn;
      for (size_t i = first; i < std::min(all_.size(), first + kTurn); ++i) {
        if (parts_[all_[i]] != nullptr) use(*parts_[all_[i]]);
      }
    });
  }

  void find() {
    const Sides sides(job_.blocks, all_);
    parts_.resize(all_.empty() ? 0 : *std::max_element(all_.begin(), all_.end()) + size_t{1});
    const int turns = (static_cast<int>(all_.size()) + kTurn - 1) / kTurn;
    parallel_for(job_.threads, turns, [&](int turn) {
      const size_t first = static_cast<size_t>(turn) * kTurn;
      for (size_t i = first; i < std::min(all_.size(), first + kTurn); ++i) {
        const Surroundings around(job_.blocks, all_[i]);
        if (!sides.both(around)) continue;
        auto part = std::make_unique<Part>(around);
        Finder(job_, job_.blocks.place(all_[i]), *part)();
        if (!part->vertices.empty()) parts_[all_[i]] = std::move(part);
      }
    });
  }

  void make_room(TriangleMesh& mesh) {
    size_t vertices = 0, triangles = 0;
    for (const uint32_t index : all_) {
      if (parts_[index] == nullptr) continue;
      parts_[index]->first_vertex = vertices;
      parts_[index]->first_triangle = triangles;
      vertices += parts_[index]->vertices.size();
      triangles += parts_[index]->triangles;
    }
    mesh.vertices.resize(vertices);
    mesh.normals.resize(vertices);
    mesh.colors.resize(job_.colors ? vertices : 0);
    mesh.triangles.resize(triangles);
  }

  void write(const Part& part, TriangleMesh& mesh) {
    const auto first = static_cast<ptrdiff_t>(part.first_vertex);
    std::copy(part.vertices.begin(), part.vertices.end(), mesh.vertices.begin() + first);
    std::copy(part.normals.begin(), part.normals.end(), mesh.normals.begin() + first);
    if (job_.colors) std::copy(part.colors.begin(), part.colors.end(), mesh.colors.begin() + first);
    size_t at = part.first_triangle;
    for (const Part::Cube& cube : part.cubes) {
      const CubeCase& of = cube_cases()[cube.inside];
      for (int i = 0; i < of.count; ++i) {
        auto& triangle = mesh.triangles[at++];
        for (size_t corner = 0; corner < 3; ++corner)
          triangle[corner] = vertex(part, cube, of.triangles[static_cast<size_t>(i)][corner]);
      }
    }
  }

  /// The vertex on an edge of a cube, which may belong to the next block.
  [[nodiscard]] uint32_t vertex(const Part& part, const Part::Cube& cube, int edge) const {
    const int corner = edge / 3;
    const int x = cube.x + (corner & 1), y = cube.y + (corner >> 1 & 1), z = cube.z + (corner >> 2);
    const auto beyond = [](int at) { return at == kBlockSide ? 1 : 0; };
    constexpr int kMask = kBlockSide - 1;
    const uint32_t block = part.around.index(beyond(x), beyond(y), beyond(z));
    const Part& owner = *parts_[block];
    const int voxel = voxel_at(x & kMask, y & kMask, z & kMask);
    return static_cast<uint32_t>(owner.first_vertex) +
           owner.vertex_of[static_cast<size_t>(3 * voxel + edge % 3)];
  }

  const MarchJob& job_;
  const std::vector<uint32_t> all_;
  std::vector<std::unique_ptr<Part>> parts_;
};

/// Takes out the vertices that no triangle has: of edges between cubes that are not whole.
void drop_unused(TriangleMesh& mesh) {
  std::vector<uint32_t> moved(mesh.vertices.size(), 0);
  for (const auto& triangle : mesh.triangles) {
    for (const uint32_t vertex : triangle) moved[vertex] = 1;
  }
  uint32_t count = 0;
  for (size_t i = 0; i < moved.size(); ++i) {
    if (moved[i] == 0) continue;
    mesh.vertices[count] = mesh.vertices[i];
    mesh.normals[count] = mesh.normals[i];
    if (!mesh.colors.empty()) mesh.colors[count] = mesh.colors[i];
    moved[i] = count++;
  }
  mesh.vertices.resize(count);
  mesh.normals.resize(count);
  if (!mesh.colors.empty()) mesh.colors.resize(count);
  for (auto& triangle : mesh.triangles) {
    for (uint32_t& vertex : triangle) vertex = moved[vertex];
  }
}

}  // namespace

TriangleMesh march(const MarchJob& job) {
  TriangleMesh mesh = March(job)();
  drop_unused(mesh);
  return mesh;
}

}  // namespace lockstep
