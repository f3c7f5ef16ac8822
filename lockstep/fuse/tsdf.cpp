// SPDX-License-Identifier: MIT
#include "lockstep/fuse/tsdf.h"

#include <algorithm>
#include <cstring>

#include "lockstep/fuse/fusion_checks.h"
#include "lockstep/fuse/marching_cubes.h"
#include "lockstep/fuse/parallel.h"
#include "lockstep/fuse/voxel_blocks.h"
#include "lockstep/fuse/voxel_camera.h"

namespace lockstep {
namespace {

/// Share of the truncation within which a voxel takes a colour: those beside the surface, also
/// where it is slanted.
constexpr float kColorBand = 0.4F;

}  // namespace

struct Tsdf::State {
  const Kernels& kernels;
  TsdfOptions options;
  VoxelBlocks blocks;
  std::vector<VoxelCamera> cameras;
  std::vector<std::string> names;  ///< of cameras, for sentences

  void add(const VoxelCamera& camera);
};

/// Looks where the camera reads surfaces, then at every voxel there.
void Tsdf::State::add(const VoxelCamera& camera) {
  blocks.begin_round();
  camera.touch(options.voxel_m, options.truncation_m, blocks);
  IntegrateJob job = camera.job();
  job.voxel_mm = static_cast<float>(options.voxel_m * 1000);
  job.truncation_mm = static_cast<float>(options.truncation_m * 1000);
  job.color_band = kColorBand;
  job.most_weight = static_cast<float>(options.most_weight);
  const std::vector<uint32_t>& touched = blocks.touched();
  const FuseKernels& fuse = fuse_kernels(kernels);
  constexpr int kTurn = 64;  // blocks that a thread takes at a time
  const int turns = (static_cast<int>(touched.size()) + kTurn - 1) / kTurn;
  parallel_for(options.threads, turns, [&](int turn) {
    const size_t first = static_cast<size_t>(turn) * kTurn;
    for (size_t i = first; i < std::min(touched.size(), first + kTurn); ++i) {
      VoxelBlock& block = blocks.block(touched[i]);
      if (blocks.is_new(touched[i])) {
        std::memset(&block, 0, sizeof block);
        blocks.set_known(touched[i]);
      }
      const BlockPlace& place = blocks.place(touched[i]);
      const float side = job.voxel_mm * kBlockSide;
      const float origin[3] = {static_cast<float>(place.x) * side,
                               static_cast<float>(place.y) * side,
                               static_cast<float>(place.z) * side};
      fuse.integrate(job, origin, block);
    }
  });
}

Tsdf::Tsdf(std::unique_ptr<State> state) : state_(std::move(state)) {}
Tsdf::~Tsdf() = default;
Tsdf::Tsdf(Tsdf&&) noexcept = default;
Tsdf& Tsdf::operator=(Tsdf&&) noexcept = default;

Result<Tsdf> Tsdf::make(std::vector<FusionCamera> cameras, TsdfOptions options,
                        const Kernels& kernels) {
  if (auto fine = check_count(cameras); !fine) return std::move(fine).error();
  // A block of larger ones would have corners beside what a camera sees wherever it looks near.
  if (!(options.voxel_m >= 0.001 && options.voxel_m <= 0.03))
    return refuse_fusion("voxels are from 1 mm to 30 mm");
  if (options.truncation_m == 0) options.truncation_m = 4 * options.voxel_m;
  if (!(options.truncation_m >= 2 * options.voxel_m))
    return refuse_fusion("the truncation is two voxels at least");
  if (auto usable = check_lenses(cameras, options.colors); !usable)
    return std::move(usable).error();
  options.most_weight = std::clamp(options.most_weight, 1, 65'000);
  auto state = std::make_unique<State>(
      State{kernels, options, VoxelBlocks(options.most_blocks), {}, names_for_sentences(cameras)});
  for (const FusionCamera& camera : cameras)
    state->cameras.emplace_back(camera, options.colors, kernels);
  return Tsdf(std::move(state));
}

Result<void> Tsdf::integrate(std::span<const FusionImages> images) {
  std::vector<VoxelCamera>& cameras = state_->cameras;
  const auto fits = [&](size_t i) { return cameras[i].fits(images[i]); };
  if (auto fine = check_images(images, state_->names, fits); !fine) return fine;
  parallel_for(state_->options.threads, static_cast<int>(cameras.size()),
               [&](int i) { cameras[static_cast<size_t>(i)].see(images[static_cast<size_t>(i)]); });
  for (const VoxelCamera& camera : cameras) {
    if (camera.seen()) state_->add(camera);
  }
  return {};
}

TriangleMesh Tsdf::mesh() const {
  return march(
      {state_->blocks, state_->options.voxel_m, state_->options.colors, state_->options.threads});
}

void Tsdf::clear() {
  state_->blocks.clear();
}

size_t Tsdf::blocks() const {
  return state_->blocks.size();
}

uint64_t Tsdf::dropped_blocks() const {
  return state_->blocks.dropped();
}

bool Tsdf::overflowed() const {
  return state_->blocks.overflowed();
}

}  // namespace lockstep
