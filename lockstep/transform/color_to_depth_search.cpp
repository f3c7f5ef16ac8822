// SPDX-License-Identifier: MIT
#include "lockstep/transform/color_to_depth_search.h"

#include <algorithm>
#include <cmath>

#include "lockstep/transform/lens_numbers.h"

namespace lockstep {
namespace {

constexpr double kNearest = 0.05, kFarthest = 14;  // metres
constexpr double kWithinPx = 10;
constexpr double kMostSteps = 1e6;  // no lens shows that many pixels
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
  [[nodiscard]] const Eigen::Vector2d& center() const { return center_; }
  [[nodiscard]] const Eigen::Vector2d& focal() const { return focal_; }

 private:
  static double focal(double angle_deg) { return 0.5 / std::tan(angle_deg / 2 * kPi / 180); }

  Eigen::Vector2d center_, focal_;
};

/// The steps of the walk on which the lens can show anything.
bool shorten(Walk& walk) {
  const Lens<double>& lens = walk.depth_lens;
  const double radius = std::sqrt(lens.radius2), middle[2] = {lens.cod_x, lens.cod_y};
  double from = 0, to = walk.longer;
  for (size_t axis = 0; axis < 2; ++axis) {
    const double first = (walk.start[axis] - walk.center[axis]) / walk.focal[axis] - middle[axis];
    const double step = walk.way[axis] / walk.longer / walk.focal[axis];
    if (step == 0 && std::abs(first) > radius) return false;
    if (step == 0) continue;
    const auto [enters, leaves] = std::minmax({(-radius - first) / step, (radius - first) / step});
    from = std::max(from, enters);
    to = std::min(to, leaves);
  }
  walk.first_step = std::floor(from);
  walk.last_step = to;
  return from <= to && to - from <= kMostSteps;
}

}  // namespace

Result<std::optional<Eigen::Vector2d>> find_in_depth_image(const DeviceGeometry& geometry,
                                                           const SearchView& view,
                                                           std::span<const uint16_t> depth,
                                                           const Eigen::Vector2d& color_pixel,
                                                           const Kernels& kernels) {
  using Found = std::optional<Eigen::Vector2d>;
  const bool both = geometry.depth && geometry.color && is_computable(*geometry.depth) &&
                    is_computable(*geometry.color);
  if (!both || depth.size() != static_cast<size_t>(geometry.depth->width_px) *
                                   static_cast<size_t>(geometry.depth->height_px))
    return Error{
        Errc::invalid_argument,
        "a camera is off, its lens cannot be computed with, or the image has not its size"};
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
  Walk walk;
  walk.depth_lens = lens_of<double>(*geometry.depth);
  walk.color_lens = lens_of<double>(*geometry.color);
  walk.color_from_depth = motion_of<double>(geometry.color_from_depth, 1);
  for (int axis = 0; axis < 2; ++axis) {
    walk.start[axis] = start(axis);
    walk.way[axis] = way(axis);
    walk.center[axis] = ideal.center()(axis);
    walk.focal[axis] = ideal.focal()(axis);
    walk.wanted[axis] = color_pixel(axis);
  }
  // One pixel at a time along the longer side.
  walk.longer = std::max(std::abs(way.x()), std::abs(way.y()));
  walk.depth = depth.data();
  walk.width = geometry.depth->width_px;
  walk.height = geometry.depth->height_px;
  walk.color_width = geometry.color->width_px;
  walk.color_height = geometry.color->height_px;
  if (!std::isfinite(walk.longer) || !shorten(walk)) return Found();
  const WalkEnd end = kernels.walk(walk);
  return end.miss > kWithinPx * kWithinPx ? Found() : Found(Eigen::Vector2d(end.x, end.y));
}

}  // namespace lockstep
