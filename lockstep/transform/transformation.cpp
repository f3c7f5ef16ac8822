// SPDX-License-Identifier: MIT
#include "lockstep/transform/transformation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "lockstep/transform/color_vertices.h"
#include "lockstep/transform/surface.h"

namespace lockstep {
namespace {

size_t pixels_of(const CameraModel& camera) {
  return static_cast<size_t>(camera.width_px) * static_cast<size_t>(camera.height_px);
}

Error refuse(const char* what) {
  return {Errc::invalid_argument, what};
}

/// Where a program may ask for the same table from several threads at once.
class LazyRays {
 public:
  const RayTable& of(const CameraModel& camera) {
    std::call_once(once_, [&] { table_ = make_ray_table(camera); });
    return table_;
  }

 private:
  std::once_flag once_;
  RayTable table_;
};

Result<void> points(const CameraModel& camera, const RayTable& rays,
                    std::span<const uint16_t> depth, std::span<int16_t> xyz) {
  const size_t count = pixels_of(camera);
  if (depth.size() != count || xyz.size() != 3 * count)
    return refuse("an image has not the size of its camera");
  const auto whole = [](float value) {
    return static_cast<int16_t>(std::nearbyint(std::clamp(value, -32768.0F, 32767.0F)));
  };
  for (size_t i = 0; i < count; ++i) {
    const auto d = static_cast<float>(depth[i]);
    const bool valid = !std::isnan(rays.x[i]);
    xyz[3 * i] = valid ? whole(rays.x[i] * d) : int16_t{0};
    xyz[3 * i + 1] = valid ? whole(rays.y[i] * d) : int16_t{0};
    xyz[3 * i + 2] = valid ? static_cast<int16_t>(depth[i]) : int16_t{0};
  }
  return {};
}

}  // namespace

struct Transformation::State {
  DeviceGeometry geometry;
  mutable LazyRays depth_rays, color_rays;

  [[nodiscard]] bool both() const { return geometry.depth && geometry.color; }
};

Transformation::Transformation(const DeviceGeometry& geometry) : state_(std::make_unique<State>()) {
  state_->geometry = geometry;
}
Transformation::~Transformation() = default;
Transformation::Transformation(Transformation&&) noexcept = default;
Transformation& Transformation::operator=(Transformation&&) noexcept = default;

const DeviceGeometry& Transformation::geometry() const {
  return state_->geometry;
}

Result<void> Transformation::depth_to_color(std::span<const uint16_t> depth,
                                            std::span<uint16_t> out) const {
  const DeviceGeometry& geometry = state_->geometry;
  if (!state_->both()) return refuse("a camera is off");
  if (depth.size() != pixels_of(*geometry.depth) || out.size() != pixels_of(*geometry.color))
    return refuse("an image has not the size of its camera");
  SurfaceTarget<uint8_t> target{geometry.color->width_px, geometry.color->height_px, out, {}};
  draw_surfaces<uint8_t>(geometry, state_->depth_rays.of(*geometry.depth), depth, {},
                         Interpolation::nearest, target);
  return {};
}

Result<void> Transformation::depth_to_color(std::span<const uint16_t> depth, CustomSamples custom,
                                            std::span<uint16_t> out, CustomOutput custom_out,
                                            Interpolation interpolation, uint32_t invalid) const {
  const DeviceGeometry& geometry = state_->geometry;
  if (!state_->both()) return refuse("a camera is off");
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
        SurfaceTarget<Sample> target{geometry.color->width_px, geometry.color->height_px, out,
                                     filled};
        draw_surfaces<Sample>(geometry, state_->depth_rays.of(*geometry.depth), depth, samples,
                              interpolation, target);
        return {};
      },
      custom);
}

Result<void> Transformation::color_to_depth(std::span<const uint16_t> depth,
                                            std::span<const uint8_t> bgra,
                                            std::span<uint8_t> out) const {
  const DeviceGeometry& geometry = state_->geometry;
  if (!state_->both()) return refuse("a camera is off");
  const size_t count = pixels_of(*geometry.depth);
  if (depth.size() != count || out.size() != 4 * count ||
      bgra.size() != 4 * pixels_of(*geometry.color))
    return refuse("an image has not the size of its camera");
  const ColorProjection projection(geometry, state_->depth_rays.of(*geometry.depth));
  const auto width = static_cast<size_t>(geometry.depth->width_px);
  const int color_width = geometry.color->width_px;
  ColorVertices vertices;
  vertices.resize(width);
  for (int y = 0; y < geometry.depth->height_px; ++y) {
    const size_t first = static_cast<size_t>(y) * width;
    projection.row(y, depth.subspan(first, width), vertices);
    for (size_t i = 0; i < width; ++i) {
      sample_color(bgra, color_width, geometry.color->height_px, vertices.u[i], vertices.v[i],
                   vertices.z[i] > 0, out.subspan(4 * (first + i)).first<4>());
    }
  }
  return {};
}

Result<void> Transformation::depth_points(std::span<const uint16_t> depth,
                                          std::span<int16_t> xyz) const {
  if (!state_->geometry.depth) return refuse("the depth camera is off");
  const CameraModel& camera = *state_->geometry.depth;
  return points(camera, state_->depth_rays.of(camera), depth, xyz);
}

Result<void> Transformation::color_points(std::span<const uint16_t> depth,
                                          std::span<int16_t> xyz) const {
  if (!state_->geometry.color) return refuse("the colour camera is off");
  const CameraModel& camera = *state_->geometry.color;
  return points(camera, state_->color_rays.of(camera), depth, xyz);
}

}  // namespace lockstep
