// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/geometry/board_pattern.h"
#include "lockstep/rig/rig.h"

namespace lockstep {

/// How a surface's colour varies over it.
enum class Texture { plain, planks, plaster, checks, stripes, board };

struct Material {
  Eigen::Vector3f albedo;  ///< linear red, green, blue
  float ir_albedo;         ///< at 850 nm
  Texture texture = Texture::plain;
  std::shared_ptr<const BoardPattern> board;  ///< of Texture::board
};

/// Triangles in world coordinates (metres, z up). A vertex also has its place at rest, so that a
/// texture moves with its thing.
struct Mesh {
  std::vector<Eigen::Vector3f> vertices;
  std::vector<Eigen::Vector3f> at_rest;
  std::vector<std::array<uint32_t, 3>> triangles;
  std::vector<uint16_t> material_of;  ///< per triangle
};

/// Both as one.
[[nodiscard]] Mesh joined(Mesh mesh, const Mesh& other);

/// Linear colour of a material at a place.
[[nodiscard]] Eigen::Vector3f color_at(const Material& material, const Eigen::Vector3f& at_rest);

/// What the cameras of a world look at: a room or a bare floor that stands still, and what moves in
/// it periodically.
class Scene {
 public:
  /// `places`: where cameras are set up, which the room contains. Errors: unusable_input for a
  /// scene that does not exist.
  static Result<Scene> make(const RigWorld& world, const std::vector<CameraPlace>& places);

  [[nodiscard]] const Mesh& still() const { return still_; }
  /// The moving things at `phase`, 0..1 of the period.
  [[nodiscard]] Mesh moving(double phase) const;
  /// Whether what moves is a board, whose edges must be where they are to parts of a pixel.
  [[nodiscard]] bool has_board() const { return board_.has_value(); }
  [[nodiscard]] const std::vector<Material>& materials() const { return materials_; }

 private:
  Mesh still_;
  std::vector<Material> materials_;
  bool has_person_ = false;
  /// What moves in place of the person and the ball.
  struct CarriedBoard {
    RigWorld world;
    std::vector<CameraPlace> places;
  };
  std::optional<CarriedBoard> board_;
};

}  // namespace lockstep
