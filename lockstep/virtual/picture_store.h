// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/base/thread_annotations.h"
#include "lockstep/rig/rig.h"
#include "lockstep/virtual/pictures.h"
#include "lockstep/virtual/pose.h"
#include "lockstep/virtual/rendered_pictures.h"
#include "lockstep/virtual/virtual_rig.h"

namespace lockstep {

/// The pictures of every camera of a rig, made when first asked for. Thread-safe.
class PictureStore {
 public:
  PictureStore(const Rig& rig, const VirtualRigOptions& options);

  /// Pictures of one camera in one configuration. The first call for a mode may take seconds.
  /// Errors: io, no_space, unusable_input, cancelled.
  Result<std::shared_ptr<const Pictures>> get(int camera, const CameraConfig& config,
                                              const RenderProgress& progress = {});

  /// Factory calibration of a camera as its JSON blob.
  [[nodiscard]] const std::string& calibration_json(int camera) const;
  [[nodiscard]] const CameraPose& pose(int camera) const;

 private:
  struct CameraView {
    std::string calibration_json;
    RenderJob job;
  };
  /// How the file of one sensor in one mode is made and known.
  struct Recipe {
    std::string mode;
    std::function<Result<PictureFile::Blobs>(const RenderJob&)> render;
    std::function<bool(const PictureFile&, int frames)> holds;
  };

  static Recipe color_recipe(const CameraConfig& config, const RenderProgress& progress);

  /// The file of a camera in a mode: open already, from the cache, or rendered now.
  Result<std::shared_ptr<const PictureFile>> file(int camera, const Recipe& recipe)
      LOCKSTEP_REQUIRES(mutex_);
  [[nodiscard]] Result<void> keep(const std::filesystem::path& folder,
                                  const std::filesystem::path& path,
                                  const std::string& content) const;

  const RigWorld world_;
  const VirtualRigOptions options_;
  std::vector<CameraView> views_;
  Mutex mutex_;
  std::map<std::string, std::shared_ptr<const PictureFile>> files_ LOCKSTEP_GUARDED_BY(mutex_);
};

}  // namespace lockstep
