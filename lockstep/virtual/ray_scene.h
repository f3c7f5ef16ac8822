// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <memory>
#include <span>

#include "lockstep/virtual/scene.h"

namespace lockstep {

/// Rays are cast in packets of this many.
inline constexpr int kPacket = 16;

/// Where a ray met a surface. `t` counts in lengths of the ray's direction; negative: nowhere.
struct RayHit {
  float t = -1;
  Eigen::Vector3f normal = Eigen::Vector3f::Zero();  ///< unit, towards the ray's origin
  Eigen::Vector3f at_rest = Eigen::Vector3f::Zero();
  uint16_t material = 0;
};

/// A mesh prepared for ray casting. Immutable; any number of threads may cast.
class RayScene {
 public:
  explicit RayScene(Mesh mesh);
  ~RayScene();
  RayScene(RayScene&&) noexcept;
  RayScene& operator=(RayScene&&) noexcept;

  /// First hits of at most kPacket rays from one origin.
  void cast(const Eigen::Vector3f& origin, std::span<const Eigen::Vector3f> directions,
            std::span<RayHit> hits) const;
  /// True when something lies between `from` and `to`.
  [[nodiscard]] bool blocked(const Eigen::Vector3f& from, const Eigen::Vector3f& to) const;

  [[nodiscard]] const Mesh& mesh() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lockstep
