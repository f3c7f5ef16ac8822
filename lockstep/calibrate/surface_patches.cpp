// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/surface_patches.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <utility>

namespace lockstep {
namespace {

constexpr int kColumns = 80;          // of patches over the width of an image
constexpr double kLeastFacing = 0.2;  // cosine: flatter, and noise makes the slope
constexpr double kMostNormalSigma = 0.05;

/// Points of a window of pixels.
struct Window {
  Eigen::Vector3d sum = Eigen::Vector3d::Zero();
  Eigen::Matrix3d squares = Eigen::Matrix3d::Zero();
  double variance_sum = 0;
  int count = 0;
};

Window points_around(const SceneCamera& camera, int x, int y, int half_px) {
  const SceneDepth& scene = camera.scene;
  Window window;
  for (int row = y - half_px; row <= y + half_px; ++row) {
    for (int column = x - half_px; column <= x + half_px; ++column) {
      const auto at = static_cast<size_t>(row) * static_cast<size_t>(scene.width_px) +
                      static_cast<size_t>(column);
      if (scene.depth_m[at] == 0) continue;
      const double depth_m = static_cast<double>(scene.depth_m[at]) - camera.depth_offset_m;
      const auto point = unproject(camera.depth, Eigen::Vector2d(column, row), depth_m);
      if (!point) continue;
      window.sum += *point;
      window.squares += *point * point->transpose();
      window.variance_sum += static_cast<double>(scene.sigma_m[at]) * scene.sigma_m[at];
      ++window.count;
    }
  }
  return window;
}

std::optional<SurfacePatch> patch_of(const Window& window, int window_pixels) {
  if (window.count < window_pixels * 3 / 5) return std::nullopt;
  const double count = window.count;
  SurfacePatch patch;
  patch.middle = window.sum / count;
  const Eigen::Matrix3d spread = window.squares / count - patch.middle * patch.middle.transpose();
  Eigen::SelfAdjointEigenSolver<Eigen::Matrix3d> axes;
  axes.compute(spread);
  patch.normal = axes.eigenvectors().col(0);
  if (patch.normal.dot(patch.middle) > 0) patch.normal = -patch.normal;
  const double facing = -patch.normal.dot(patch.middle.normalized());
  // Off the plane by more than noise makes it: an edge, or a bend.
  const double noise2 = window.variance_sum / count * facing * facing;
  const double off2 = std::max(0.0, axes.eigenvalues()[0]);
  if (facing < kLeastFacing || off2 > 9 * noise2 + 1e-6) return std::nullopt;
  patch.sigma_m = std::sqrt(std::max(off2, noise2) / count);
  patch.normal_sigma = patch.sigma_m / std::sqrt(std::max(1e-12, axes.eigenvalues()[1]));
  if (patch.normal_sigma > kMostNormalSigma) return std::nullopt;
  return patch;
}

/// Whether two patches are of one plane, as far as noise lets it be told.
bool are_of_one_plane(const SurfacePatch& one, const SurfacePatch& other) {
  constexpr double kLeastAgreement = 0.97;  // cosine of their normals
  constexpr double kMostOffM = 0.004;
  if (one.normal.dot(other.normal) < kLeastAgreement) return false;
  const Eigen::Vector3d way = other.middle - one.middle;
  const double noise_m = one.sigma_m + other.sigma_m + one.normal_sigma * way.norm();
  return std::abs(one.normal.dot(way)) < kMostOffM + 3 * noise_m;
}

}  // namespace

SurfacePatches::SurfacePatches(const SceneCamera& camera)
    : step_px_(std::max(1, camera.scene.width_px / kColumns)),
      columns_(camera.scene.width_px / step_px_),
      rows_(camera.scene.height_px / step_px_),
      at_(static_cast<size_t>(columns_) * static_cast<size_t>(rows_), -1) {
  const int half_px = std::max(2, camera.scene.width_px / 200);
  const int side = 2 * half_px + 1;
  for (int row = 0; row < rows_; ++row) {
    for (int column = 0; column < columns_; ++column) {
      const int x = column * step_px_ + step_px_ / 2;
      const int y = row * step_px_ + step_px_ / 2;
      if (x < half_px || y < half_px || x + half_px >= camera.scene.width_px ||
          y + half_px >= camera.scene.height_px)
        continue;
      const auto patch = patch_of(points_around(camera, x, y, half_px), side * side);
      if (!patch) continue;
      at_[static_cast<size_t>(row * columns_ + column)] = static_cast<int>(patches_.size());
      patches_.push_back(*patch);
    }
  }
  keep_planes();
}

void SurfacePatches::keep_planes() {
  constexpr int kLeastNeighbours = 5;  // of eight: those at a corner of a plane have three
  std::vector<int> kept(at_.size(), -1);
  std::vector<SurfacePatch> planes;
  const auto patch_at = [this](int column, int row) -> const SurfacePatch* {
    if (column < 0 || row < 0 || column >= columns_ || row >= rows_) return nullptr;
    const int at = at_[static_cast<size_t>(row * columns_ + column)];
    return at < 0 ? nullptr : &patches_[static_cast<size_t>(at)];
  };
  for (int row = 0; row < rows_; ++row) {
    for (int column = 0; column < columns_; ++column) {
      const SurfacePatch* const patch = patch_at(column, row);
      if (patch == nullptr) continue;
      int like = -1;  // itself
      for (int y = row - 1; y <= row + 1; ++y) {
        for (int x = column - 1; x <= column + 1; ++x) {
          const SurfacePatch* const beside = patch_at(x, y);
          like += beside != nullptr && are_of_one_plane(*patch, *beside) ? 1 : 0;
        }
      }
      if (like < kLeastNeighbours) continue;
      kept[static_cast<size_t>(row * columns_ + column)] = static_cast<int>(planes.size());
      planes.push_back(*patch);
    }
  }
  at_ = std::move(kept);
  patches_ = std::move(planes);
}

const SurfacePatch* SurfacePatches::near(const Eigen::Vector2d& pixel) const {
  const double column = std::floor((pixel.x() + 0.5) / step_px_);
  const double row = std::floor((pixel.y() + 0.5) / step_px_);
  if (!(column >= 0 && row >= 0 && column < columns_ && row < rows_)) return nullptr;
  const int at =
      at_[static_cast<size_t>(row) * static_cast<size_t>(columns_) + static_cast<size_t>(column)];
  return at < 0 ? nullptr : &patches_[static_cast<size_t>(at)];
}

}  // namespace lockstep
