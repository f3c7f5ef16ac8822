// SPDX-License-Identifier: MIT
#include "lockstep/fuse/voxel_camera.h"

#include <algorithm>
#include <array>

#include "lockstep/fuse/fusion_checks.h"
#include "lockstep/transform/lens_numbers.h"

namespace lockstep {
namespace {

constexpr uint32_t kShown = 0x8000'0000;

/// Every so many pixels lie half a block apart at most, at what is read.
int step_of(const CameraModel& camera, double block_mm, const std::vector<uint16_t>& depth_mm) {
  const int farthest = *std::max_element(depth_mm.begin(), depth_mm.end());
  const double apart_mm = std::max(1, farthest) / std::min(camera.fx_px, camera.fy_px);
  return std::clamp(static_cast<int>(block_mm / 2 / apart_mm), 1, 8);
}

/// Readings of a row, some way apart.
struct SparseRow {
  std::vector<float> ray_x, ray_y;
  std::vector<uint16_t> depth;
  std::array<std::vector<int32_t>, 3> place;

  explicit SparseRow(int columns) {
    const auto room = static_cast<size_t>(kRowRoom(columns));
    ray_x.resize(room);
    ray_y.resize(room);
    depth.resize(room);
    for (auto& numbers : place) numbers.resize(room);
  }

  int take(const float* of_ray_x, const float* of_ray_y, const uint16_t* of_depth, int columns,
           int step) {
    size_t count = 0;
    for (int x = 0; x < columns; x += step) {
      ray_x[count] = of_ray_x[x];
      ray_y[count] = of_ray_y[x];
      depth[count] = of_depth[x];
      count += of_depth[x] != 0;
    }
    return static_cast<int>(count);
  }
};

}  // namespace

VoxelCamera::VoxelCamera(const FusionCamera& camera, bool colors, const Kernels& kernels)
    : kernels_(fuse_kernels(kernels)), camera_(camera), cleaner_(camera, kernels) {
  if (colors) color_.emplace(camera, kernels);
}

bool VoxelCamera::fits(const FusionImages& images) const {
  const bool color_fits = !color_ || images.bgra.empty() ||
                          images.bgra.size() == 4 * pixels_of(*camera_.geometry.color);
  return cleaner_.fits(images) && color_fits;
}

void VoxelCamera::see(const FusionImages& images) {
  images_ = images;
  if (!seen()) return;
  cleaner_.clean(images, clean_);
  readings_.resize(clean_.packed.size());
  const bool colored = color_ && !images.bgra.empty();
  const uint8_t* const shown = colored ? color_->shown(cleaner_, clean_) : nullptr;
  for (size_t i = 0; i < clean_.depth_mm.size(); ++i) {
    const uint32_t mark = shown != nullptr && shown[i] != 0 ? kShown : 0;
    readings_[i] = (clean_.packed[i] & 0xFF'FFFF) | mark;
  }
}

void VoxelCamera::touch(double voxel_m, double reach_m, VoxelBlocks& blocks) const {
  const double block_mm = voxel_m * kBlockSide * 1000;
  PlacesJob job{};
  RigidTransform to_blocks = camera_.rig_from_depth;
  job.blocks = motion_of<float>(to_blocks, 1000 / block_mm);
  for (float& number : job.blocks.rotation) number *= static_cast<float>(1 / block_mm);
  const int step = step_of(*camera_.geometry.depth, block_mm, clean_.depth_mm);
  const int samples = std::max(2, static_cast<int>(std::ceil(4 * reach_m * 1000 / block_mm)) + 1);
  SparseRow row(cleaner_.width_px());
  for (int y = 0; y < cleaner_.height_px(); y += step) {
    const size_t first = static_cast<size_t>(y) * static_cast<size_t>(cleaner_.width_px());
    const int count = row.take(cleaner_.ray_x(y), cleaner_.ray_y(y), clean_.depth_mm.data() + first,
                               cleaner_.width_px(), step);
    for (int sample = 0; sample < samples; ++sample) {
      const double share = 2.0 * sample / (samples - 1) - 1;  // -1..1
      job.shift_mm = cleaner_.residual_mm() + static_cast<float>(share * reach_m * 1000);
      kernels_.block_places(job, row.ray_x.data(), row.ray_y.data(), row.depth.data(), count,
                            row.place[0].data(), row.place[1].data(), row.place[2].data());
      BlockPlace last{INT32_MAX, 0, 0};
      for (size_t i = 0; i < static_cast<size_t>(count); ++i) {
        const BlockPlace here{row.place[0][i], row.place[1][i], row.place[2][i]};
        if (here == last) continue;
        blocks.touch(here);
        last = here;
      }
    }
  }
}

IntegrateJob VoxelCamera::job() const {
  IntegrateJob job{};
  const RigidTransform depth_from_rig = camera_.rig_from_depth.inverse();
  job.lens = lens_of<float>(*camera_.geometry.depth);
  job.mm = motion_of<float>(depth_from_rig, 1000);
  job.readings = readings_.data();
  job.width = cleaner_.width_px();
  job.height = cleaner_.height_px();
  job.residual_mm = cleaner_.residual_mm();
  if (!color_ || images_.bgra.empty()) return job;
  const CameraModel& color = *camera_.geometry.color;
  job.color_lens = lens_of<float>(color);
  job.color_mm = motion_of<float>(camera_.geometry.color_from_depth * depth_from_rig, 1000);
  job.bgra = images_.bgra.data();
  job.color_width = color.width_px;
  job.color_height = color.height_px;
  return job;
}

}  // namespace lockstep
