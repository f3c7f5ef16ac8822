// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
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

  /// Pictures of one camera in one configuration. The first call for a mode may take seconds, in
  /// which others wait, and ask their own `progress`: whoever is next renders what was stopped.
  /// Errors: io, no_space, unusable_input, cancelled.
  Result<std::shared_ptr<const Pictures>> get(int camera, const CameraConfig& config,
                                              const RenderProgress& progress = {});

  /// Factory calibration of a camera as its JSON blob.
  [[nodiscard]] const std::string& calibration_json(int camera) const;
  /// What the pictures of a camera are rendered from.
  [[nodiscard]] const RenderJob& job(int camera) const;

 private:
  struct CameraView {
    std::string calibration_json;
    RenderJob job;
  };
  /// How the file of one sensor in one mode is made and known.
  struct Recipe {
    Sensor sensor;
    std::string mode;
    std::function<Result<PictureFile::Blobs>(const RenderJob&)> render;
    std::function<bool(const PictureFile&, int frames)> holds;
  };

  static Recipe color_recipe(const CameraConfig& config, const RenderProgress& progress);

  /// Pictures are made by one caller at a time, on all processors.
  class Turn;
  bool take_turn(const RenderProgress& progress);
  void end_turn();

  /// The file of a camera in a mode: open already, from the cache, or rendered now. Of whoever has
  /// the turn.
  Result<std::shared_ptr<const PictureFile>> file(int camera, const Recipe& recipe);
  Result<std::shared_ptr<const PictureFile>> render(const std::string& key, int camera,
                                                    const Recipe& recipe);
  [[nodiscard]] Result<void> keep(const std::filesystem::path& folder,
                                  const std::filesystem::path& path,
                                  const std::string& content) const;

  const RigWorld world_;
  const VirtualRigOptions options_;
  std::vector<CameraView> views_;
  Mutex mutex_;
  std::condition_variable_any turn_ended_;
  bool busy_ LOCKSTEP_GUARDED_BY(mutex_) = false;
  struct Held {
    std::string key;
    std::shared_ptr<const PictureFile> file;
  };
  /// Of each camera's sensors, in the mode asked for last: those of others are held by the cameras
  /// that play them, and are found in the cache again. Of whoever has the turn.
  std::map<std::pair<int, Sensor>, Held> files_;
};

}  // namespace lockstep
