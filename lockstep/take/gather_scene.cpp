// SPDX-License-Identifier: MIT
#include "lockstep/take/gather_scene.h"

#include <fmt/core.h>

#include <optional>
#include <utility>

#include "lockstep/base/text.h"
#include "lockstep/take/camera_of_take.h"
#include "lockstep/take/set_reader.h"
#include "lockstep/take/spread_ticks.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

/// Which cameras count: slots of the take's sets.
Result<std::vector<size_t>> join(const fs::path& folder, const SetReader& take,
                                 const RigCalibration& calibration, GatheredScene& scene) {
  const TakeManifest& manifest = take.manifest();
  std::vector<size_t> slots;
  for (size_t i = 0; i < manifest.cameras.size(); ++i) {
    const TakeCamera& camera = manifest.cameras[i];
    const CalibratedCamera* const known = calibration.find(camera.serial);
    if (known == nullptr) {
      scene.uncalibrated.push_back(camera.name);
      continue;
    }
    const auto own = camera_of_take(take, i);
    if (!own) return own.error();
    if (auto agree = check_lenses_agree(*known, own->depth, own->color); !agree)
      return std::move(agree).error();
    scene.cameras.push_back({camera.name,
                             in_mode(known->depth, own->depth),
                             known->rig_from_depth,
                             known->depth_offset_m,
                             known->covariance,
                             {}});
    scene.serials.push_back(camera.serial);
    slots.push_back(i);
  }
  for (const CalibratedCamera& known : calibration.cameras) {
    const bool there =
        std::find(scene.serials.begin(), scene.serials.end(), known.serial) != scene.serials.end();
    if (!there) scene.absent.push_back(known.name);
  }
  if (slots.size() >= 2) return slots;
  return Error{Errc::unusable_input,
               fmt::format("the calibration is of another rig: of the cameras of {} it has {}, and "
                           "two must be compared at least. Cameras are told apart by their serial "
                           "numbers.",
                           folder.string(), slots.empty() ? "none" : scene.cameras[0].name)};
}

/// A camera's images as they come.
class Eye {
 public:
  explicit Eye(const CameraModel& depth) : mean_(depth.width_px, depth.height_px), depth_(depth) {}

  void see(const Capture& capture) {
    if (!capture.depth || capture.depth->width_px != depth_.width_px ||
        capture.depth->height_px != depth_.height_px)
      return;
    mean_.add(capture.depth->samples());
  }

  [[nodiscard]] SceneDepth mean() const { return mean_.mean(); }

 private:
  SceneDepthMean mean_;
  const CameraModel& depth_;
};

Result<void> look(SetReader& reader, const std::vector<size_t>& slots, std::vector<Eye>& eyes,
                  GatheredScene& scene, const GatherSceneOptions& options) {
  const std::vector<int64_t> ticks = spread_ticks(reader.tick_count(), options.most_ticks);
  for (const int64_t tick : ticks) {
    reader.seek(tick);
    const auto set = reader.next();
    if (!set) return set.error();
    for (size_t i = 0; *set && i < slots.size(); ++i) {
      const CapturePtr& capture = (*set)->slots[slots[i]].capture;
      if (capture != nullptr) eyes[i].see(*capture);
    }
    ++scene.ticks_looked_at;
    if (options.progress &&
        !options.progress(scene.ticks_looked_at, static_cast<int64_t>(ticks.size())))
      return Error{Errc::cancelled, "looking at the scene was stopped"};
  }
  return {};
}

}  // namespace

Result<GatheredScene> gather_scene(const fs::path& take_folder, const RigCalibration& calibration,
                                   const GatherSceneOptions& options) {
  auto reader = SetReader::open(take_folder);
  if (!reader) return std::move(reader).error();
  const TakeManifest& manifest = (*reader)->manifest();
  GatheredScene scene;
  scene.simulated = manifest.is_virtual;
  scene.take = manifest.name;
  scene.ticks_of_take = (*reader)->tick_count();
  scene.ticks_recorded = manifest.common_ticks;
  const auto slots = join(take_folder, **reader, calibration, scene);
  if (!slots) return slots.error();
  std::vector<Eye> eyes;
  for (const SceneCamera& camera : scene.cameras) eyes.emplace_back(camera.depth);
  if (auto seen = look(**reader, *slots, eyes, scene, options); !seen)
    return std::move(seen).error();
  for (size_t i = 0; i < eyes.size(); ++i) {
    scene.cameras[i].scene = eyes[i].mean();
    if (scene.cameras[i].scene.ticks > 0) continue;
    return Error{
        Errc::unusable_input,
        fmt::format("camera '{}' of {} recorded no depth to compare: record the scene with "
                    "a depth mode",
                    scene.cameras[i].name, take_folder.string())};
  }
  return scene;
}

}  // namespace lockstep
