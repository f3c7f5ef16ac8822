// SPDX-License-Identifier: MIT
#include "lockstep/transform/surface.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "lockstep/transform/lens_numbers.h"

namespace lockstep {
namespace {

/// Numbers of type `Number` for some rows.
template <typename Number>
class RowMemory {
 public:
  RowMemory(int columns, size_t rows)
      : room_(static_cast<size_t>(kRowRoom(columns))), numbers_(rows * room_) {}
  [[nodiscard]] Number* row(size_t which) { return numbers_.data() + which * room_; }

 private:
  size_t room_;
  std::vector<Number> numbers_;
};

/// A GridRow and its memory.
class GridRowMemory {
 public:
  explicit GridRowMemory(int columns) : places_(columns, 2), others_(columns, 2) {}
  [[nodiscard]] GridRow row() {
    return {places_.row(0), places_.row(1), others_.row(0), others_.row(1)};
  }

 private:
  RowMemory<int32_t> places_;
  RowMemory<float> others_;
};

/// Carries rows of a depth image into the colour image.
class RowProjection {
 public:
  RowProjection(const Kernels& kernels, const DeviceGeometry& geometry, const RayTable& rays,
                std::span<const uint16_t> depth)
      : kernels_(kernels),
        lens_(lens_of<float>(*geometry.color)),
        mm_(motion_of<float>(geometry.color_from_depth, 1000)),
        fine_lens_(lens_of<double>(*geometry.color)),
        fine_mm_(motion_of<double>(geometry.color_from_depth, 1000)),
        rays_(rays),
        depth_(depth) {}

  void operator()(int y, VertexRow out) const { project(kernels_.vertices, lens_, mm_, y, out); }
  void operator()(int y, int grid_bits, GridRow out) const {
    if (grid_bits == kCustomGridBits)
      project(kernels_.fine_vertices, fine_lens_, fine_mm_, y, grid_bits, out);
    else
      project(kernels_.grid_vertices, lens_, mm_, y, grid_bits, out);
  }

 private:
  template <typename Kernel, typename Lens, typename Motion, typename... Rest>
  void project(Kernel kernel, const Lens& lens, const Motion& mm, int y, Rest... rest) const {
    const size_t first = static_cast<size_t>(y) * static_cast<size_t>(rays_.width_px);
    kernel(lens, mm, rays_.x.data() + first, rays_.y.data() + first, depth_.data() + first,
           rays_.width_px, rest...);
  }

  const Kernels& kernels_;
  const Lens<float> lens_;
  const Motion<float> mm_;
  const Lens<double> fine_lens_;
  const Motion<double> fine_mm_;
  const RayTable& rays_;
  const std::span<const uint16_t> depth_;
};

/// The finest grid on which blocks three times as large as usual are painted several at a time:
/// those at the border of a wide view are.
int grid_bits_of(const DeviceGeometry& geometry) {
  constexpr int kFinest = 12, kCoarsest = 6;
  const double usual_px = std::max(geometry.color->fx_px / geometry.depth->fx_px,
                                   geometry.color->fy_px / geometry.depth->fy_px);
  int bits = kFinest;
  while (bits > kCoarsest && largest_block(bits) < 3 * usual_px * (1 << bits)) --bits;
  return bits;
}

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

PaintJob job_of(const DeviceGeometry& geometry, int columns, Interpolation interpolation,
                std::span<uint16_t> out, const CustomOutput& custom_out) {
  PaintJob job{};
  job.columns = columns;
  job.width = geometry.color->width_px;
  job.height = geometry.color->height_px;
  job.depth = out.data();
  job.nearest = interpolation == Interpolation::nearest;
  std::visit(
      [&](auto samples) {
        if (samples.empty()) return;
        job.format = sizeof samples[0] == 1 ? CustomFormat::bits8 : CustomFormat::bits16;
        job.custom = samples.data();
      },
      custom_out);
  job.grid_bits = job.format == CustomFormat::none ? grid_bits_of(geometry) : kCustomGridBits;
  constexpr int kNarrowest = 8;  // the vectors work on so many pixels of a row
  job.largest = job.width < kNarrowest ? -1 : largest_block(job.grid_bits);
  return job;
}

}  // namespace

void draw_surfaces(const Kernels& kernels, const DeviceGeometry& geometry, const RayTable& rays,
                   std::span<const uint16_t> depth, CustomSamples custom,
                   Interpolation interpolation, std::span<uint16_t> out, CustomOutput custom_out) {
  const RowProjection project(kernels, geometry, rays, depth);
  const auto columns = static_cast<size_t>(rays.width_px);
  GridRowMemory one(rays.width_px), other(rays.width_px);
  PaintJob job = job_of(geometry, rays.width_px, interpolation, out, custom_out);
  job.above = one.row();
  job.below = other.row();
  for (int y = 0; y < rays.height_px; ++y) {
    std::swap(job.above, job.below);
    project(y, job.grid_bits, job.below);
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
  RowMemory<float> memory(rays.width_px, 3);
  const VertexRow row{memory.row(0), memory.row(1), memory.row(2)};
  for (int y = 0; y < rays.height_px; ++y) {
    project(y, row);
    const size_t first = static_cast<size_t>(y) * static_cast<size_t>(rays.width_px);
    kernels.colors(bgra.data(), geometry.color->width_px, geometry.color->height_px, row,
                   rays.width_px, out.data() + 4 * first);
  }
}

}  // namespace lockstep
