// SPDX-License-Identifier: MIT
#include "lockstep/export/rgbd_folder.h"

#include "lockstep/base/files.h"
#include "lockstep/codec/png_file.h"
#include "lockstep/export/open3d_camera.h"
#include "lockstep/export/pinhole.h"
#include "lockstep/transform/depth_offset.h"
#include "lockstep/transform/transformation.h"

namespace lockstep {
namespace {

/// One camera's folder.
class RgbdCamera {
 public:
  /// `depth`: whether it measures depth, and not infrared alone.
  RgbdCamera(const FusionCamera& camera, bool depth, std::filesystem::path folder)
      : camera_(camera), depth_(depth), folder_(std::move(folder)) {
    const DeviceGeometry& device = camera.geometry;
    if (device.color) {
      DeviceGeometry straight = device;
      straight.color = pinhole_of(*device.color);
      undistortion_.emplace(*device.color);
      if (device.depth) transformation_.emplace(straight);
    } else {
      undistortion_.emplace(*device.depth);
    }
  }

  Result<void> begin(bool in_rig, Exported& to) const {
    std::error_code failed;
    const bool color = camera_.geometry.color.has_value();
    if (color) std::filesystem::create_directories(folder_ / "color", failed);
    if (depth_ && !failed) std::filesystem::create_directories(folder_ / "depth", failed);
    if (failed) return error_from_errno(failed.value(), "cannot make the folder", folder_);
    const RigidTransform depth_from_rig = camera_.rig_from_depth.inverse();
    const CameraModel& lens = color ? *camera_.geometry.color : *camera_.geometry.depth;
    return add_open3d_camera(
        folder_, pinhole_of(lens),
        color ? camera_.geometry.color_from_depth * depth_from_rig : depth_from_rig, in_rig, to);
  }

  Result<void> add(const Capture& capture, Tick tick, Exported& to,
                   UndecodedImages& undecoded) const {
    const std::string name = tick_name(tick) + ".png";
    if (capture.color && camera_.geometry.color) {
      const CameraModel& lens = *camera_.geometry.color;
      const auto picture = lens_picture(*capture.color, lens, camera_.name, tick);
      if (!picture) {
        undecoded.add(picture.error());
      } else {
        auto png = encode_png(undistortion_->picture(*picture));
        if (!png) return std::move(png).error();
        if (auto added = add_file(folder_ / "color" / name, *png, to); !added) return added;
        ++to.items;
      }
    }
    if (capture.depth && camera_.geometry.depth) {
      auto png = depth_png(*capture.depth, tick);
      if (!png) return std::move(png).error();
      if (auto added = add_file(folder_ / "depth" / name, *png, to); !added) return added;
      ++to.items;
    }
    return {};
  }

 private:
  [[nodiscard]] Result<std::string> depth_png(const Image& image, Tick tick) const {
    const CameraModel& lens = *camera_.geometry.depth;
    if (auto checked = check_pixels(image, lens, camera_.name, tick); !checked)
      return checked.error();
    const std::vector<uint16_t> depth = without_offset(image.samples(), camera_.depth_offset_m);
    if (!transformation_)
      return encode_png16(undistortion_->samples(depth), lens.width_px, lens.height_px);
    const CameraModel& view = *camera_.geometry.color;
    std::vector<uint16_t> seen(static_cast<size_t>(view.width_px) *
                               static_cast<size_t>(view.height_px));
    if (auto carried = transformation_->depth_to_color(depth, seen); !carried)
      return carried.error();
    return encode_png16(seen, view.width_px, view.height_px);
  }

  const FusionCamera& camera_;
  bool depth_;
  std::filesystem::path folder_;
  std::optional<Undistortion> undistortion_;
  std::optional<Transformation> transformation_;
};

/// The folders of all cameras, made with the first tick.
class RgbdExport {
 public:
  RgbdExport(const Footage& footage, const FootageViews& views, const std::filesystem::path& folder)
      : footage_(footage), views_(views), folder_(folder) {
    exported_.target = folder;
  }

  Result<void> add(const CaptureSet& set) {
    if (!folder_.made()) {
      if (auto begun = begin(); !begun) return begun;
    }
    const uint64_t before = exported_.items;
    for (size_t i = 0; i < cameras_.size(); ++i) {
      const CapturePtr& capture = set.slots[i].capture;
      if (capture == nullptr) continue;
      if (auto added = cameras_[i].add(*capture, set.tick, exported_, undecoded_); !added)
        return added;
    }
    if (exported_.items > before) ++exported_.ticks;
    return {};
  }
  [[nodiscard]] Exported& exported() { return exported_; }
  [[nodiscard]] Exported finish() {
    undecoded_.remark(exported_);
    return exported_;
  }
  [[nodiscard]] const NewFolder& folder() const { return folder_; }
  [[nodiscard]] Error nothing() const { return no_picture(footage_, undecoded_); }

 private:
  Result<void> begin() {
    if (auto made = folder_.make(); !made) return made;
    for (size_t i = 0; i < views_.cameras.size(); ++i) {
      const FusionCamera& camera = views_.cameras[i];
      const bool depth = footage_.cameras()[views_.chosen[i]].header.has_depth;
      cameras_.emplace_back(camera, depth, folder_.path() / camera.name);
      if (auto begun = cameras_.back().begin(views_.calibration.has_value(), exported_); !begun)
        return begun;
    }
    return {};
  }

  const Footage& footage_;
  const FootageViews& views_;
  NewFolder folder_;
  std::vector<RgbdCamera> cameras_;
  UndecodedImages undecoded_;
  Exported exported_;
};

}  // namespace

Result<Exported> export_rgbd(Footage& footage, const FootageViews& views,
                             const FootageChoice& choice, const std::filesystem::path& folder,
                             const ExportProgress& progress) {
  if (auto named = check_folder_name(folder, ".png"); !named) return std::move(named).error();
  auto walk = TickWalk::begin(footage, views, choice);
  if (!walk) return std::move(walk).error();
  if (auto absent = check_new(folder); !absent) return std::move(absent).error();
  RgbdExport work(footage, views, folder);
  auto exported = add_all(footage, *walk, progress, work);
  if (exported) return work.finish();
  work.folder().remove_if_empty(work.exported());
  return exported;
}

}  // namespace lockstep
