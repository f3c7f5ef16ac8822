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
  RowProjection(const DeviceView& view, std::span<const uint16_t> depth)
      : kernels_(view.kernels),
        lens_(lens_of<float>(*view.geometry.color)),
        mm_(motion_of<float>(view.geometry.color_from_depth, 1000)),
        fine_lens_(lens_of<double>(*view.geometry.color)),
        fine_mm_(motion_of<double>(view.geometry.color_from_depth, 1000)),
        rays_(view.rays),
        depth_(depth) {}

  /// `out` is the whole row, of which `columns` are filled.
  void operator()(int y, Columns columns, VertexRow out) const {
    const int first = columns.first;
    project(kernels_.vertices, lens_, mm_, y, columns,
            VertexRow{out.u + first, out.v + first, out.z + first});
  }
  void operator()(int y, Columns columns, int grid_bits, GridRow out) const {
    const int first = columns.first;
    const GridRow from{out.u + first, out.v + first, out.z + first, nullptr};
    if (grid_bits == kCustomGridBits)
      project(kernels_.fine_vertices, fine_lens_, fine_mm_, y, columns, grid_bits, from);
    else
      project(kernels_.grid_vertices, lens_, mm_, y, columns, grid_bits, from);
  }

 private:
  template <typename Kernel, typename Lens, typename Motion, typename... Rest>
  void project(Kernel kernel, const Lens& lens, const Motion& mm, int y, Columns columns,
               Rest... rest) const {
    const size_t first = static_cast<size_t>(y) * static_cast<size_t>(rays_.width_px) +
                         static_cast<size_t>(columns.first);
    kernel(lens, mm, rays_.x.data() + first, rays_.y.data() + first, depth_.data() + first,
           columns.count(), rest...);
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

PaintJob job_of(const DeviceGeometry& geometry, Interpolation interpolation,
                std::span<uint16_t> out, const CustomOutput& custom_out) {
  PaintJob job{};
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

void draw_surfaces(const DeviceView& view, std::span<const uint16_t> depth, CustomSamples custom,
                   Interpolation interpolation, std::span<uint16_t> out, CustomOutput custom_out) {
  const RowProjection project(view, depth);
  const VisibleBlocks::Rows blocks(view.visible, depth);
  const int width = view.rays.width_px;
  GridRowMemory one(width), other(width);
  PaintJob job = job_of(view.geometry, interpolation, out, custom_out);
  job.above = one.row();
  job.below = other.row();
  for (int y = 0; y < view.rays.height_px; ++y) {
    std::swap(job.above, job.below);
    if (const Columns row = blocks.row(y); !row.empty()) {
      project(y, row, job.grid_bits, job.below);
      custom_row(custom, static_cast<size_t>(y * width + row.first),
                 static_cast<size_t>(row.count()), job.below.custom + row.first);
    }
    const Columns between = blocks.between(y);
    if (between.empty()) continue;
    job.first = between.first;
    job.end = between.end;
    (job.format == CustomFormat::none ? view.kernels.paint_depth : view.kernels.paint_custom)(job);
  }
  const auto drawn = static_cast<size_t>(job.cleared_rows) * static_cast<size_t>(job.width);
  std::fill(out.begin() + static_cast<ptrdiff_t>(drawn), out.end(), uint16_t{0});
}

void sample_colors(const DeviceView& view, std::span<const uint16_t> depth,
                   std::span<const uint8_t> bgra, std::span<uint8_t> out) {
  const RowProjection project(view, depth);
  const VisibleBlocks::Rows blocks(view.visible, depth);
  const int width = view.rays.width_px;
  RowMemory<float> memory(width, 3);
  const VertexRow row{memory.row(0), memory.row(1), memory.row(2)};
  for (int y = 0; y < view.rays.height_px; ++y) {
    const Columns seen = blocks.row(y);
    uint8_t* const to = out.data() + 4 * static_cast<size_t>(y * width);
    std::fill(to, to + 4 * seen.first, uint8_t{0});
    std::fill(to + 4 * seen.end, to + 4 * width, uint8_t{0});
    if (seen.empty()) continue;
    project(y, seen, row);
    view.kernels.colors(bgra.data(), view.geometry.color->width_px, view.geometry.color->height_px,
                        {row.u + seen.first, row.v + seen.first, row.z + seen.first}, seen.count(),
                        to + 4 * seen.first);
  }
}

}  // namespace lockstep
