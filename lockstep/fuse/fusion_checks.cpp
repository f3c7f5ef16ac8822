// SPDX-License-Identifier: MIT
#include "lockstep/fuse/fusion_checks.h"

#include <fmt/core.h>

#include <utility>

namespace lockstep {

Error refuse_fusion(std::string what) {
  return {Errc::invalid_argument, std::move(what)};
}

std::vector<std::string> names_for_sentences(const std::vector<FusionCamera>& cameras) {
  std::vector<std::string> names;
  for (const FusionCamera& camera : cameras) {
    const size_t number = names.size();
    names.push_back(camera.name.empty() ? fmt::format("camera {}", number)
                                        : fmt::format("camera {} ('{}')", number, camera.name));
  }
  return names;
}

bool is_usable(const std::optional<CameraModel>& lens) {
  return lens && is_computable(*lens);
}

size_t pixels_of(const CameraModel& lens) {
  return static_cast<size_t>(lens.width_px) * static_cast<size_t>(lens.height_px);
}

Result<void> check_count(const std::vector<FusionCamera>& cameras) {
  constexpr size_t kMost = 255;  // kNoCamera is none
  if (cameras.empty()) return refuse_fusion("there are no cameras to fuse");
  if (cameras.size() > kMost) return refuse_fusion("more than 255 cameras cannot be fused");
  return {};
}

Error refuse_lens(const char* which, const std::string& name, const char* more) {
  return refuse_fusion(
      fmt::format("the {} of {}{} is off, or its lens cannot be computed with", which, name, more));
}

Result<void> check_lenses(const std::vector<FusionCamera>& cameras, bool colors) {
  for (size_t i = 0; i < cameras.size(); ++i) {
    const DeviceGeometry& geometry = cameras[i].geometry;
    const bool depth = is_usable(geometry.depth);
    if (depth && (!colors || is_usable(geometry.color))) continue;
    return refuse_lens(depth ? "colour" : "depth", names_for_sentences(cameras)[i]);
  }
  return {};
}

}  // namespace lockstep
