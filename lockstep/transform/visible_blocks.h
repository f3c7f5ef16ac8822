// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lockstep/transform/device_geometry.h"
#include "lockstep/transform/kernels.h"
#include "lockstep/transform/ray_table.h"

namespace lockstep {

/// Columns of a row, from `first` on and before `end`.
struct Columns {
  int first = 0, end = 0;

  [[nodiscard]] int count() const { return end - first; }
  [[nodiscard]] bool empty() const { return first >= end; }
  [[nodiscard]] Columns with(Columns other) const;  ///< and what lies between the two
};

/// Which blocks of four neighbouring depth pixels can show in the colour image, whatever a depth
/// image says: a wide view has more beside the colour image than in it. It holds for readings from
/// kNearestMm on; what is nearer may show anywhere.
class VisibleBlocks {
 public:
  static constexpr uint16_t kNearestMm = 200;

  VisibleBlocks() = default;
  /// Both cameras are computable; `rays` are those of the depth camera.
  VisibleBlocks(const Kernels& kernels, const DeviceGeometry& geometry, const RayTable& rays);

  /// Those of one image, in rows of pixels; borrows this object.
  class Rows {
   public:
    Rows(const VisibleBlocks& visible, std::span<const uint16_t> depth);

    /// The pixels at the corners of those blocks between rows y - 1 and y; none at row 0.
    [[nodiscard]] Columns between(int y) const;
    /// The pixels of row y at corners of any.
    [[nodiscard]] Columns row(int y) const;

   private:
    const VisibleBlocks& visible_;
    const bool everywhere_;
  };

 private:
  int width_ = 0;
  std::vector<Columns> between_;  ///< by the lower row
};

}  // namespace lockstep
