// SPDX-License-Identifier: MIT
#include "lockstep/transform/surface.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "lockstep/transform/lens_numbers.h"

namespace lockstep {
namespace {

/// A VertexRow and its memory.
class RowMemory {
 public:
  explicit RowMemory(int columns)
      : room_(static_cast<size_t>(kRowRoom(columns))), numbers_(4 * room_) {}
  [[nodiscard]] VertexRow row() {
    float* const first = numbers_.data();
    return {first, first + room_, first + 2 * room_, first + 3 * room_};
  }

 private:
  size_t room_;
  std::vector<float> numbers_;
};

/// Carries rows of a depth image into the colour image.
class RowProjection {
 public:
  RowProjection(const Kernels& kernels, const DeviceGeometry& geometry, const RayTable& rays,
                std::span<const uint16_t> depth)
      : kernels_(kernels),
        lens_(lens_of<float>(*geometry.color)),
        mm_(motion_of<float>(geometry.color_from_depth, 1000)),
        rays_(rays),
        depth_(depth) {}

  void operator()(int y, VertexRow out) const {
    const size_t first = static_cast<size_t>(y) * static_cast<size_t>(rays_.width_px);
    kernels_.vertices(lens_, mm_, rays_.x.data() + first, rays_.y.data() + first,
                      depth_.data() + first, rays_.width_px, out);
  }

 private:
  const Kernels& kernels_;
  const Lens<float> lens_;
  const Motion<float> mm_;
  const RayTable& rays_;
  const std::span<const uint16_t> depth_;
};

void custom_row(const CustomSamples& custom, size_t first, size_t count, float* out) {
  std::visit(
      [&](auto samples) {
        if (samples.empty()) return;
        const auto row = samples.subspan(first, count);
        std::transform(row.begin(), row.end(), out,
                       [](auto sample) { return static_cast<float>(sample); });
      },
      custom);
}

PaintJob job_of(const CameraModel& color, int columns, Interpolation interpolation,
                std::span<uint16_t> out, const CustomOutput& custom_out) {
  PaintJob job{};
  job.columns = columns;
  job.width = color.width_px;
  job.height = color.height_px;
  job.depth = out.data();
  job.nearest = interpolation == Interpolation::nearest;
  std::visit(
      [&](auto samples) {
        if (samples.empty()) return;
        job.format = sizeof samples[0] == 1 ? CustomFormat::bits8 : CustomFormat::bits16;
        job.custom = samples.data();
      },
      custom_out);
  return job;
}

}  // namespace

void draw_surfaces(const Kernels& kernels, const DeviceGeometry& geometry, const RayTable& rays,
                   std::span<const uint16_t> depth, CustomSamples custom,
                   Interpolation interpolation, std::span<uint16_t> out, CustomOutput custom_out) {
  const RowProjection project(kernels, geometry, rays, depth);
  const auto columns = static_cast<size_t>(rays.width_px);
  RowMemory one(rays.width_px), other(rays.width_px);
  PaintJob job = job_of(*geometry.color, rays.width_px, interpolation, out, custom_out);
  job.above = one.row();
  job.below = other.row();
  for (int y = 0; y < rays.height_px; ++y) {
    std::swap(job.above, job.below);
    project(y, job.below);
    custom_row(custom, static_cast<size_t>(y) * columns, columns, job.below.custom);
    if (y == 0) continue;
    (job.format == CustomFormat::none ? kernels.paint_depth : kernels.paint_custom)(job);
  }
  const auto drawn = static_cast<size_t>(job.cleared_rows) * static_cast<size_t>(job.width);
  std::fill(out.begin() + static_cast<ptrdiff_t>(drawn), out.end(), uint16_t{0});
}

void sample_colors(const Kernels& kernels, const DeviceGeometry& geometry, const RayTable& rays,
                   std::span<const uint16_t> depth, std::span<const uint8_t> bgra,
                   std::span<uint8_t> out) {
  const RowProjection project(kernels, geometry, rays, depth);
  RowMemory memory(rays.width_px);
  const VertexRow row = memory.row();
  for (int y = 0; y < rays.height_px; ++y) {
    project(y, row);
    const size_t first = static_cast<size_t>(y) * static_cast<size_t>(rays.width_px);
    kernels.colors(bgra.data(), geometry.color->width_px, geometry.color->height_px, row,
                   rays.width_px, out.data() + 4 * first);
  }
}

}  // namespace lockstep
