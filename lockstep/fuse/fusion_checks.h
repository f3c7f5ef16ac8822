// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/fuse/fusion_camera.h"

// What all that fuses asks of cameras and images alike.

namespace lockstep {

/// invalid_argument.
[[nodiscard]] Error refuse_fusion(std::string what);

/// How a sentence names each camera: "camera 1 ('left')", by its place in the list.
[[nodiscard]] std::vector<std::string> names_for_sentences(
    const std::vector<FusionCamera>& cameras);

/// Whether a lens is there that can be computed with.
[[nodiscard]] bool is_usable(const std::optional<CameraModel>& lens);
[[nodiscard]] size_t pixels_of(const CameraModel& lens);

/// Whether there are cameras, and no more than the byte that numbers them tells apart.
Result<void> check_count(const std::vector<FusionCamera>& cameras);

/// Refuses the `which` lens ("depth") of a camera, as names_for_sentences has it; `more` goes on.
[[nodiscard]] Error refuse_lens(const char* which, const std::string& name, const char* more = "");

/// Whether each camera has the lenses that are needed. The refusal names the first that has not.
Result<void> check_lenses(const std::vector<FusionCamera>& cameras, bool colors);

/// Whether there are images for each of the cameras with these `names`, of the size that
/// `fits(number)` asks for.
template <typename Fits>
Result<void> check_images(std::span<const FusionImages> images,
                          const std::vector<std::string>& names, const Fits& fits) {
  if (images.size() != names.size())
    return refuse_fusion("there are not as many images as cameras");
  for (size_t i = 0; i < names.size(); ++i) {
    if (!fits(i))
      return refuse_fusion("an image of " + names[i] + " has another size than its lens");
  }
  return {};
}

}  // namespace lockstep
