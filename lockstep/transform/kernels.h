// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

// The inner loops of the transformations. They exist in several builds: one for every processor of
// the architecture, and others for those that have more, which differ from it in the last bits
// because they round a product and a sum once instead of twice. Every build is held to the plain
// form (plain_form_test.cpp). So this header and those that the builds are made of hold no function
// that the linker could take from the wrong one.

namespace lockstep {

/// A CameraModel in plain numbers.
template <typename Number>
struct Lens {
  Number fx, fy, cx, cy, k[6], p1, p2, cod_x, cod_y, radius2;
  Number cross;  ///< weight of the cross terms of the tangential distortion
};

/// From the depth camera's frame to the colour camera's.
template <typename Number>
struct Motion {
  Number rotation[9], translation[3];
};

/// One row of depth pixels as the colour camera sees them: where each lies in the colour image, and
/// how far it is along the colour camera's axis, in millimetres (0: nothing there).
struct VertexRow {
  float *u, *v, *z;
};

/// The same on a grid: what is painted has its vertices there, so that areas between them are exact
/// and neighbours agree about every pixel. Coordinates are even, and count pixels times
/// 2^grid_bits; `custom` is what a pixel carries of a custom image.
struct GridRow {
  int32_t *u, *v;
  float *z, *custom;
};

enum class CustomFormat { none, bits8, bits16 };

/// Custom images are painted on the finest grid, on which all coordinates still fit: those beyond
/// kFarthestPx are as good as there.
constexpr int kCustomGridBits = 16;
constexpr int kFarthestPx = 16'000;

/// The blocks between two rows of vertices, and what they are drawn into.
struct PaintJob {
  GridRow above, below;
  int grid_bits;
  int largest;        ///< side of a block, on the grid, that paint_depth takes several of at a time
  int first, end;     ///< the columns of the rows; behind them these have room: kRowRoom()
  int width, height;  ///< of the output
  uint16_t* depth;    ///< millimetres
  int cleared_rows;   ///< of `depth`, from the top; what is below is cleared when it is needed
  CustomFormat format;
  void* custom;
  bool nearest;
};

/// Rows are worked on in whole vectors.
constexpr int kRowRoom(int columns) {
  return columns + 64;
}

/// The largest block whose areas fit 32 bits as far as eight pixels beside its box, on the grid.
constexpr int largest_block(int grid_bits) {
  const int64_t pixel = int64_t{1} << grid_bits;
  int64_t side = 0;
  while ((side + pixel / 8) * (4 * (side + pixel / 8) + 16 * pixel) < INT32_MAX) side += pixel / 8;
  return static_cast<int>(side);
}

/// A way through the depth image, on which the search for a colour pixel steps.
struct Walk {
  Lens<double> depth_lens, color_lens;
  Motion<double> color_from_depth;  ///< metres
  double start[2], way[2], longer;  ///< in the ideal image; `longer` steps make the way
  double first_step, last_step;     ///< those to take
  double center[2], focal[2];       ///< of the ideal image
  const uint16_t* depth;            ///< millimetres
  int width, height, color_width, color_height;
  double wanted[2];  ///< the colour pixel
};

/// Where the walk came nearest: squared distance in the colour image, and the depth pixel.
struct WalkEnd {
  double miss, x, y;
};

struct Kernels {
  const char* name;

  /// Rays of one row of pixels; (NaN, 0) where the lens has none.
  void (*rays)(const Lens<double>&, int row, int count, float* x, float* y);

  /// One row of a depth image; fills u, v and z.
  void (*vertices)(const Lens<float>&, const Motion<float>& mm, const float* ray_x,
                   const float* ray_y, const uint16_t* depth, int count, VertexRow out);
  /// The same on a grid; the latter in double precision.
  void (*grid_vertices)(const Lens<float>&, const Motion<float>& mm, const float* ray_x,
                        const float* ray_y, const uint16_t* depth, int count, int grid_bits,
                        GridRow out);
  void (*fine_vertices)(const Lens<double>&, const Motion<double>& mm, const float* ray_x,
                        const float* ray_y, const uint16_t* depth, int count, int grid_bits,
                        GridRow out);

  /// Paints the blocks of a job, over what is farther away; the former leaves `custom` alone.
  void (*paint_depth)(PaintJob&);
  void (*paint_custom)(PaintJob&);

  /// The colours (BGRA) at one row of vertices; zero where nothing is known.
  void (*colors)(const uint8_t* bgra, int width, int height, VertexRow at, int count, uint8_t* out);

  void (*points)(const float* ray_x, const float* ray_y, const uint16_t* depth, size_t count,
                 int16_t* xyz);

  WalkEnd (*walk)(const Walk&);
};

/// Those that this processor can run, the fastest first.
[[nodiscard]] std::vector<const Kernels*> usable_kernels();

/// The fastest of them.
[[nodiscard]] const Kernels& best_kernels();

}  // namespace lockstep
