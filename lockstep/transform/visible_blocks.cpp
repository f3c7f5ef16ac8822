// SPDX-License-Identifier: MIT
#include "lockstep/transform/visible_blocks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "lockstep/transform/lens_numbers.h"

namespace lockstep {
namespace {

/// A sample of the rays of a lens, and where they reach the image.
struct Sample {
  float x, y, u, v;
};

/// Rays on a grid over all that the lens model holds for.
class Samples {
 public:
  Samples(const Kernels& kernels, const CameraModel& camera)
      : step_(static_cast<float>(camera.metric_radius / kToEachSide)) {
    const Lens<float> lens = lens_of<float>(camera);
    const Motion<float> none = motion_of<float>(RigidTransform{}, 1);
    constexpr auto kRoom = static_cast<size_t>(kRowRoom(kCount));
    std::array<float, kRoom> x{}, y{}, u{}, v{}, z{};
    std::array<uint16_t, kRoom> one;
    one.fill(1);
    for (int i = 0; i < kCount; ++i) x[static_cast<size_t>(i)] = lens.cod_x + at(i);
    for (int row = 0; row < kCount; ++row) {
      y.fill(lens.cod_y + at(row));
      kernels.vertices(lens, none, x.data(), y.data(), one.data(), kCount,
                       {u.data(), v.data(), z.data()});
      for (size_t i = 0; i < kCount; ++i)
        if (z[i] > 0) samples_.push_back({x[i], y[i], u[i], v[i]});
    }
  }

  [[nodiscard]] const std::vector<Sample>& all() const { return samples_; }
  [[nodiscard]] float step() const { return step_; }

 private:
  static constexpr int kToEachSide = 64, kCount = 2 * kToEachSide + 1;

  [[nodiscard]] float at(int i) const { return step_ * static_cast<float>(i - kToEachSide); }

  float step_;
  std::vector<Sample> samples_;
};

/// The rays that an image can show lie within these, and what lies beyond one of them reaches
/// beyond the same side of the image.
struct Window {
  float left, right, top, bottom;
};

/// Nothing when the image has no such window: the lens turns rays back into it, or shows none.
std::optional<Window> window_of(const Kernels& kernels, const CameraModel& camera) {
  constexpr float kMarginPx = 1;
  const float end_u = static_cast<float>(camera.width_px) + kMarginPx;
  const float end_v = static_cast<float>(camera.height_px) + kMarginPx;
  const Samples samples(kernels, camera);
  constexpr float kFar = 1e9F;
  Window window{kFar, -kFar, kFar, -kFar};
  for (const Sample& s : samples.all()) {
    if (s.u < -kMarginPx || s.u > end_u || s.v < -kMarginPx || s.v > end_v) continue;
    window.left = std::min(window.left, s.x - samples.step());
    window.right = std::max(window.right, s.x + samples.step());
    window.top = std::min(window.top, s.y - samples.step());
    window.bottom = std::max(window.bottom, s.y + samples.step());
  }
  const bool as_seen =
      std::all_of(samples.all().begin(), samples.all().end(), [&](const Sample& s) {
        return (s.x >= window.left || s.u < -kMarginPx) && (s.x <= window.right || s.u > end_u) &&
               (s.y >= window.top || s.v < -kMarginPx) && (s.y <= window.bottom || s.v > end_v);
      });
  return as_seen && window.left < window.right ? std::optional(window) : std::nullopt;
}

/// Tells the rays of the depth camera whose points are beyond one side of the window, at
/// kNearestMm and at all that is farther.
class Beyond {
 public:
  /// Beyond is where sign * (x / z - at) > 0, x being the colour camera's `axis`.
  Beyond(const RigidTransform& color_from_depth, int axis, double sign, float at) {
    // With the reading d, sign * (x - at * z) is d times a number of the ray and another one.
    const Eigen::Vector3d across =
        sign * (color_from_depth.rotation.row(axis) - at * color_from_depth.rotation.row(2));
    const Eigen::Vector3d& t = color_from_depth.translation;
    const double offset = sign * (t(axis) - at * t(2));
    constexpr double kNearestM = VisibleBlocks::kNearestMm / 1000.0;
    x_ = static_cast<float>(across.x());
    y_ = static_cast<float>(across.y());
    one_ = static_cast<float>(across.z() - std::max(0.0, -offset / kNearestM) - kSlack);
  }

  /// Also where there is no ray.
  [[nodiscard]] bool operator()(float x, float y) const { return !(x_ * x + y_ * y + one_ <= 0); }

 private:
  static constexpr double kSlack = 1e-5;  // more than what is rounded

  float x_, y_, one_;
};

/// The columns of a row from the first to the last that are not beyond `left` or `right`.
Columns seen_columns(const RayTable& rays, size_t row, const Beyond& left, const Beyond& right) {
  const auto width = static_cast<size_t>(rays.width_px);
  const float *const x = &rays.x[row * width], *const y = &rays.y[row * width];
  size_t first = 0, end = width;
  while (first < end && left(x[first], y[first])) ++first;
  while (first < end && right(x[end - 1], y[end - 1])) --end;
  return {static_cast<int>(first), static_cast<int>(end)};
}

bool all_beyond(const RayTable& rays, size_t row, const Beyond& beyond) {
  const auto width = static_cast<size_t>(rays.width_px);
  for (size_t i = row * width; i < (row + 1) * width; ++i)
    if (!beyond(rays.x[i], rays.y[i])) return false;
  return true;
}

/// With the neighbours on both sides, and in whole vectors.
Columns widened(Columns columns, int width) {
  constexpr int kWhole = 16;
  if (columns.empty()) return {};
  return {std::max(columns.first - 1, 0) / kWhole * kWhole,
          std::min((columns.end + kWhole) / kWhole * kWhole, width)};
}

/// Whether a reading is nearer than the blocks are known for.
bool has_nearer(std::span<const uint16_t> depth) {
  uint16_t nearest = UINT16_MAX;  // less one, so that no reading is the farthest
  for (const uint16_t reading : depth)
    nearest = std::min(nearest, static_cast<uint16_t>(reading - 1));
  return nearest < VisibleBlocks::kNearestMm - 1;
}

}  // namespace

Columns Columns::with(Columns other) const {
  if (empty()) return other;
  if (other.empty()) return *this;
  return {std::min(first, other.first), std::max(end, other.end)};
}

VisibleBlocks::VisibleBlocks(const Kernels& kernels, const DeviceGeometry& geometry,
                             const RayTable& rays)
    : width_(rays.width_px), between_(static_cast<size_t>(rays.height_px), Columns{0, width_}) {
  const std::optional<Window> window = window_of(kernels, *geometry.color);
  if (!window) return;
  const RigidTransform& motion = geometry.color_from_depth;
  const Beyond left(motion, 0, -1, window->left), right(motion, 0, 1, window->right);
  const Beyond above(motion, 1, -1, window->top), below(motion, 1, 1, window->bottom);
  struct Row {
    Columns seen;
    bool above, below;
  };
  const auto row_at = [&](size_t y) {
    return Row{seen_columns(rays, y, left, right), all_beyond(rays, y, above),
               all_beyond(rays, y, below)};
  };
  Row upper = row_at(0);
  for (size_t y = 1; y < between_.size(); ++y) {
    const Row lower = row_at(y);
    const bool none = (upper.above && lower.above) || (upper.below && lower.below);
    between_[y] = none ? Columns{} : widened(upper.seen.with(lower.seen), width_);
    upper = lower;
  }
}

VisibleBlocks::Rows::Rows(const VisibleBlocks& visible, std::span<const uint16_t> depth)
    : visible_(visible), everywhere_(has_nearer(depth)) {}

Columns VisibleBlocks::Rows::between(int y) const {
  if (y == 0 || static_cast<size_t>(y) >= visible_.between_.size()) return {};
  return everywhere_ ? Columns{0, visible_.width_} : visible_.between_[static_cast<size_t>(y)];
}

Columns VisibleBlocks::Rows::row(int y) const {
  return between(y).with(between(y + 1));
}

}  // namespace lockstep
