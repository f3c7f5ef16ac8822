// SPDX-License-Identifier: MIT
#include "lockstep/virtual/picture_store.h"

#include <fmt/core.h>

#include "lockstep/virtual/random.h"

namespace lockstep {
namespace {

/// What the pictures of a camera depend on.
std::string key_of(int camera, const CameraConfig& config) {
  return fmt::format("{} {} {}", camera, to_string(config.depth_mode),
                     to_string(config.color_resolution));
}

}  // namespace

PictureStore::PictureStore(const Rig& rig, const VirtualRigOptions& options)
    : world_(*rig.world), frames_per_second_(frames_per_second(rig.frame_rate)), options_(options) {
  const auto base = parse_calibration(base_calibration_json());
  const int cameras = static_cast<int>(rig.cameras.size());
  for (int camera = 0; camera < cameras; ++camera) {
    const uint64_t seed = mix_bits(world_.seed, static_cast<uint64_t>(camera) + 1);
    const FactoryCalibration own = draw_calibration(*base, seed);
    views_.push_back({write_calibration(own, base_calibration_json()).value(),
                      pose_of(world_, camera, cameras, own)});
  }
}

const std::string& PictureStore::calibration_json(int camera) const {
  return views_[static_cast<size_t>(camera)].calibration_json;
}

const CameraPose& PictureStore::pose(int camera) const {
  return views_[static_cast<size_t>(camera)].pose;
}

Result<std::shared_ptr<const Pictures>> PictureStore::get(
    int camera, const CameraConfig& config, const std::function<void(double)>& /*progress*/) {
  const MutexLock lock(mutex_);
  auto& made = made_[key_of(camera, config)];
  if (made == nullptr) made = tiny_pictures(config);
  return made;
}

}  // namespace lockstep
