// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <set>
#include <vector>

namespace lockstep {

/// Which of 8 x 6 fields of an image had a corner in them.
class Coverage {
 public:
  void add(const Eigen::Vector2d& pixel, int width_px, int height_px);
  [[nodiscard]] double share() const;  ///< 0..1

 private:
  std::set<int> fields_;
};

/// Between any two of some directions of unit length; 0 for fewer than two.
[[nodiscard]] double widest_angle_deg(const std::vector<Eigen::Vector3d>& directions);

}  // namespace lockstep
