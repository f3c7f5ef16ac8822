// SPDX-License-Identifier: MIT
#include "lockstep/transform/color_to_depth_search.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lockstep {
namespace {

constexpr double kNearest = 0.05, kFarthest = 14;  // metres
constexpr double kWithinPx = 10;
constexpr double kPi = 3.14159265358979323846;

/// The depth camera without its distortion: pixels of an ideal lens of that view.
class IdealView {
 public:
  IdealView(const CameraModel& depth, const SearchView& view)
      : center_(depth.width_px / 2.0, depth.height_px / 2.0),
        focal_(focal(view.horizontal_deg) * depth.width_px,
               focal(view.vertical_deg) * depth.height_px) {}

  [[nodiscard]] Eigen::Vector2d pixel(const Eigen::Vector3d& point) const {
    return Eigen::Vector2d(point.x() / point.z(), point.y() / point.z()).cwiseProduct(focal_) +
           center_;
  }
  [[nodiscard]] Eigen::Vector2d ray(const Eigen::Vector2d& pixel) const {
    return (pixel - center_).cwiseQuotient(focal_);
  }

 private:
  static double focal(double angle_deg) { return 0.5 / std::tan(angle_deg / 2 * kPi / 180); }

  Eigen::Vector2d center_, focal_;
};

/// What a depth camera's ray shows in the colour image.
class Candidate {
 public:
  Candidate(const DeviceGeometry& geometry, std::span<const uint16_t> depth)
      : geometry_(geometry), depth_(depth) {}

  /// Squared distance, in pixels of the colour image, of what the depth image reads on a ray; the
  /// pixel of the depth image comes back in `at`. Nothing where it reads nothing.
  [[nodiscard]] std::optional<double> miss(const Eigen::Vector2d& ray,
                                           const Eigen::Vector2d& color_pixel,
                                           Eigen::Vector2d& at) const {
    const CameraModel& camera = *geometry_.depth;
    const auto seen = project_ray(camera, ray);
    if (!seen || !inside(*seen, camera)) return std::nullopt;
    const auto rounded = [](double place, int size) {
      return static_cast<size_t>(std::min(static_cast<int>(std::floor(place + 0.5)), size - 1));
    };
    const uint16_t reading =
        depth_[rounded(seen->y(), camera.height_px) * static_cast<size_t>(camera.width_px) +
               rounded(seen->x(), camera.width_px)];
    if (reading == 0) return std::nullopt;
    const double z = reading / 1000.0;
    const auto color = project(*geometry_.color, geometry_.color_from_depth *
                                                     Eigen::Vector3d(ray.x() * z, ray.y() * z, z));
    if (!color || !inside(*color, *geometry_.color)) return std::nullopt;
    at = *seen;
    return (*color - color_pixel).squaredNorm();
  }

 private:
  static bool inside(const Eigen::Vector2d& pixel, const CameraModel& camera) {
    return pixel.x() >= 0 && pixel.y() >= 0 && pixel.x() < camera.width_px &&
           pixel.y() < camera.height_px;
  }

  const DeviceGeometry& geometry_;
  const std::span<const uint16_t> depth_;
};

}  // namespace

Result<std::optional<Eigen::Vector2d>> find_in_depth_image(const DeviceGeometry& geometry,
                                                           const SearchView& view,
                                                           std::span<const uint16_t> depth,
                                                           const Eigen::Vector2d& color_pixel) {
  using Found = std::optional<Eigen::Vector2d>;
  const bool both = geometry.depth && geometry.color;
  if (!both || depth.size() != static_cast<size_t>(geometry.depth->width_px) *
                                   static_cast<size_t>(geometry.depth->height_px))
    return Error{Errc::invalid_argument, "a camera is off, or the image has not its size"};
  const auto color_ray = unproject_ray(*geometry.color, color_pixel);
  if (!color_ray) return Found();
  const RigidTransform depth_from_color = geometry.color_from_depth.inverse();
  const auto at_distance = [&](double z) {
    return depth_from_color * Eigen::Vector3d(color_ray->x() * z, color_ray->y() * z, z);
  };
  const IdealView ideal(*geometry.depth, view);
  const Eigen::Vector2d start = ideal.pixel(at_distance(kNearest));
  const Eigen::Vector2d way = ideal.pixel(at_distance(kFarthest)) - start;
  if (way.x() == 0) return Error{Errc::invalid_argument, "the ray shows as a point"};
  // One pixel at a time along the longer side.
  const double longer = std::max(std::abs(way.x()), std::abs(way.y()));
  const Candidate candidate(geometry, depth);
  double best = std::numeric_limits<double>::max();
  Eigen::Vector2d best_pixel = Eigen::Vector2d::Zero(), pixel = best_pixel;
  if (!std::isfinite(longer)) return Found();
  for (double step = 0; step <= longer; ++step) {
    const auto miss = candidate.miss(ideal.ray(start + way * (step / longer)), color_pixel, pixel);
    if (!miss || *miss >= best) continue;
    best = *miss;
    best_pixel = pixel;
  }
  return best > kWithinPx * kWithinPx ? Found() : Found(best_pixel);
}

}  // namespace lockstep
