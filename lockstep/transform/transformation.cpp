// SPDX-License-Identifier: MIT
#include "lockstep/transform/transformation.h"

#include <mutex>

#include "lockstep/transform/ray_table.h"
#include "lockstep/transform/surface.h"

namespace lockstep {
namespace {

size_t pixels_of(const CameraModel& camera) {
  return static_cast<size_t>(camera.width_px) * static_cast<size_t>(camera.height_px);
}

constexpr const char* kOff = "a camera is off, or its lens cannot be computed with";

Error refuse(const char* what) {
  return {Errc::invalid_argument, what};
}

/// Made when it is first needed. A program may ask from several threads at once.
template <typename Value>
class Lazy {
 public:
  template <typename Make>
  const Value& of(const Make& make) {
    std::call_once(once_, [&] { value_ = make(); });
    return value_;
  }

 private:
  std::once_flag once_;
  Value value_;
};

}  // namespace

struct Transformation::State {
  State(const DeviceGeometry& of, const Kernels& with) : geometry(of), kernels(with) {}

  const DeviceGeometry geometry;
  const Kernels& kernels;
  mutable Lazy<RayTable> depth_rays, color_rays;
  mutable Lazy<VisibleBlocks> visible;

  static bool there(const std::optional<CameraModel>& camera) {
    return camera && is_computable(*camera);
  }
  [[nodiscard]] bool both() const { return there(geometry.depth) && there(geometry.color); }
  /// Both cameras are there.
  [[nodiscard]] DeviceView view() const {
    const RayTable& rays = rays_of(*geometry.depth, depth_rays);
    return {kernels, geometry, rays,
            visible.of([&] { return VisibleBlocks(kernels, geometry, rays); })};
  }
  const RayTable& rays_of(const CameraModel& camera, Lazy<RayTable>& rays) const {
    return rays.of([&] { return make_ray_table(kernels, camera); });
  }

  Result<void> points(const CameraModel& camera, Lazy<RayTable>& rays,
                      std::span<const uint16_t> depth, std::span<int16_t> xyz) const {
    const size_t count = pixels_of(camera);
    if (depth.size() != count || xyz.size() != 3 * count)
      return refuse("an image has not the size of its camera");
    const RayTable& table = rays_of(camera, rays);
    kernels.points(table.x.data(), table.y.data(), depth.data(), count, xyz.data());
    return {};
  }
};

Transformation::Transformation(const DeviceGeometry& geometry, const Kernels& kernels)
    : state_(std::make_unique<State>(geometry, kernels)) {}
Transformation::~Transformation() = default;
Transformation::Transformation(Transformation&&) noexcept = default;
Transformation& Transformation::operator=(Transformation&&) noexcept = default;

const DeviceGeometry& Transformation::geometry() const {
  return state_->geometry;
}

Result<void> Transformation::depth_to_color(std::span<const uint16_t> depth,
                                            std::span<uint16_t> out) const {
  const DeviceGeometry& geometry = state_->geometry;
  if (!state_->both()) return refuse(kOff);
  if (depth.size() != pixels_of(*geometry.depth) || out.size() != pixels_of(*geometry.color))
    return refuse("an image has not the size of its camera");
  draw_surfaces(state_->view(), depth, {}, Interpolation::nearest, out, {});
  return {};
}

Result<void> Transformation::depth_to_color(std::span<const uint16_t> depth, CustomSamples custom,
                                            std::span<uint16_t> out, CustomOutput custom_out,
                                            Interpolation interpolation, uint32_t invalid) const {
  const DeviceGeometry& geometry = state_->geometry;
  if (!state_->both()) return refuse(kOff);
  if (custom.index() != custom_out.index()) return refuse("the custom images differ in format");
  const size_t from = pixels_of(*geometry.depth);
  const size_t to = pixels_of(*geometry.color);
  return std::visit(
      [&](auto samples) -> Result<void> {
        using Sample = std::remove_const_t<typename decltype(samples)::element_type>;
        const auto filled = std::get<std::span<Sample>>(custom_out);
        if (depth.size() != from || samples.size() != from || out.size() != to ||
            filled.size() != to)
          return refuse("an image has not the size of its camera");
        std::fill(filled.begin(), filled.end(), static_cast<Sample>(invalid));
        draw_surfaces(state_->view(), depth, samples, interpolation, out, filled);
        return {};
      },
      custom);
}

Result<void> Transformation::color_to_depth(std::span<const uint16_t> depth,
                                            std::span<const uint8_t> bgra,
                                            std::span<uint8_t> out) const {
  const DeviceGeometry& geometry = state_->geometry;
  if (!state_->both()) return refuse(kOff);
  const size_t count = pixels_of(*geometry.depth);
  if (depth.size() != count || out.size() != 4 * count ||
      bgra.size() != 4 * pixels_of(*geometry.color))
    return refuse("an image has not the size of its camera");
  sample_colors(state_->view(), depth, bgra, out);
  return {};
}

Result<void> Transformation::depth_points(std::span<const uint16_t> depth,
                                          std::span<int16_t> xyz) const {
  if (!State::there(state_->geometry.depth)) return refuse(kOff);
  return state_->points(*state_->geometry.depth, state_->depth_rays, depth, xyz);
}

Result<void> Transformation::color_points(std::span<const uint16_t> depth,
                                          std::span<int16_t> xyz) const {
  if (!State::there(state_->geometry.color)) return refuse(kOff);
  return state_->points(*state_->geometry.color, state_->color_rays, depth, xyz);
}

}  // namespace lockstep
