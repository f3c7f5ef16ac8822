// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/fuse/fusion_camera.h"
#include "lockstep/fuse/triangle_mesh.h"
#include "lockstep/transform/kernels.h"

namespace lockstep {

struct TsdfOptions {
  double voxel_m = 0.005;
  double truncation_m = 0;  ///< 0: four voxels
  bool colors = true;
  /// Blocks of 8 by 8 by 8 voxels, 6 KiB each, that are held at most. The memory is bounded by
  /// this and not by how long is integrated: when there is no room the blocks go that no camera saw
  /// for the longest time.
  size_t most_blocks = 131'072;
  /// Weight at which a voxel forgets as much as it learns; a good reading weighs 255 at most.
  /// Small for scenes that move.
  int most_weight = 65'000;
  int threads = 2;
};

/// A surface as signed distances in sparse blocks of voxels, out of the depth of any number of
/// cameras at any number of ticks, and its mesh.
///
/// Readings are those that cleaning leaves (clean_depth.h), weighted by their confidence; a voxel
/// near the surface takes the colour of the camera's own image where nothing nearer hides it.
/// *Simulated*, the still demo room, four cameras, 30 ticks, voxels of 10 mm: the mesh is off by
/// 0.7 mm (mean), 90 % of it by less than 2 mm (tests/fuse/mesh_truth_test.cpp). One
/// object is used by one thread at a time; what comes out does not depend on the number of threads.
class Tsdf {
 public:
  /// Errors: invalid_argument for no cameras, a lens that is missing or not computable (colour with
  /// colours only), voxels below 1 mm or above 30 mm, a truncation below two voxels.
  static Result<Tsdf> make(std::vector<FusionCamera> cameras, TsdfOptions options = {},
                           const Kernels& kernels = best_kernels());
  ~Tsdf();
  Tsdf(Tsdf&&) noexcept;
  Tsdf& operator=(Tsdf&&) noexcept;

  /// Adds one tick. `images` are those of the cameras in their order; some may have no depth, or no
  /// colour. Errors: invalid_argument for another number or size of images; nothing is added then.
  Result<void> integrate(std::span<const FusionImages> images);

  /// The surface between voxels that were seen.
  [[nodiscard]] TriangleMesh mesh() const;

  /// Forgets everything and keeps the memory: for a mesh of every tick.
  void clear();

  [[nodiscard]] size_t blocks() const;
  /// How many blocks had to go for want of room.
  [[nodiscard]] uint64_t dropped_blocks() const;
  /// Whether a camera saw more at one tick than there is room for: the rest is missing.
  [[nodiscard]] bool overflowed() const;

 private:
  struct State;
  explicit Tsdf(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace lockstep
