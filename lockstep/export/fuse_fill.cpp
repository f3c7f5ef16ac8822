// SPDX-License-Identifier: MIT
#include "lockstep/export/fuse_fill.h"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "lockstep/base/suggestion.h"
#include "lockstep/base/text.h"
#include "lockstep/codec/color_picture.h"
#include "lockstep/codec/png_file.h"
#include "lockstep/export/open3d_camera.h"
#include "lockstep/export/pinhole.h"
#include "lockstep/export/set_images.h"
#include "lockstep/fuse/depth_fill.h"

namespace lockstep {
namespace {

/// The number of the target among the views.
Result<size_t> find_target(const Footage& footage, const FootageViews& views,
                           const std::string& target) {
  std::vector<std::string> names;
  for (const FusionCamera& camera : views.cameras) names.push_back(camera.name);
  const auto found = std::find(names.begin(), names.end(), target);
  if (found == names.end()) {
    const auto& all = footage.cameras();
    if (std::any_of(all.begin(), all.end(),
                    [&target](const FootageCamera& camera) { return camera.name == target; })) {
      return Error{Errc::invalid_argument,
                   fmt::format("--fill {0}: --camera leaves this camera out: choose it, too "
                               "(--camera {0})",
                               target)};
    }
    return Error{Errc::invalid_argument,
                 fmt::format("--fill {}: {} has no such camera: {}", printable(target),
                             footage.path().string(), suggest(target, names))};
  }
  const auto number = static_cast<size_t>(found - names.begin());
  if (views.cameras[number].geometry.color) return number;
  return Error{Errc::invalid_argument,
               fmt::format("--fill {}: the camera has no colour to be filled", target)};
}

/// Whether colours of two cameras are alike where they look at one thing: all were exposed alike,
/// as each of them says.
bool alike_exposed(const CaptureSet& set) {
  const Image* first = nullptr;
  for (const CaptureSlot& slot : set.slots) {
    if (slot.capture == nullptr || !slot.capture->color) continue;
    const Image& color = *slot.capture->color;
    if (!color.exposure || !color.gain || !color.white_balance_k) return false;
    if (first == nullptr) first = &color;
    if (color.exposure != first->exposure || color.gain != first->gain ||
        color.white_balance_k != first->white_balance_k)
      return false;
  }
  return true;
}

class FillExport {
 public:
  FillExport(const Footage& footage, const FootageViews& views, size_t target, DepthFill fill,
             const std::filesystem::path& folder)
      : footage_(footage),
        views_(views),
        target_(target),
        folder_(folder),
        images_(footage, views, target),
        undistortion_(*views.cameras[target].geometry.color),
        fill_(std::move(fill)) {
    exported_.target = folder;
  }

  Result<void> add(const CaptureSet& set) {
    const CapturePtr& capture = set.slots[target_].capture;
    if (capture == nullptr || !capture->color) {  // no picture to be filled
      ++without_picture_;
      return {};
    }
    const FusionCamera& camera = views_.cameras[target_];
    const auto picture =
        lens_picture(*capture->color, *camera.geometry.color, camera.name, set.tick);
    if (!picture) {
      undecoded_.add(picture.error());
      return {};
    }
    const RgbPicture straight = undistortion_.picture(*picture);
    if (auto filled = fill(set, straight); !filled) return filled;
    if (!folder_.made()) {
      if (auto begun = begin(); !begun) return begun;
    }
    const std::string name = tick_name(set.tick) + ".png";
    const int width = view_.width_px, height = view_.height_px;
    for (const auto& [kind, png] :
         {std::pair{"color", encode_png(straight)},
          std::pair{"depth", encode_png16(view_.depth_mm, width, height)},
          std::pair{"source", encode_png8(view_.camera, width, height)},
          std::pair{"confidence", encode_png8(view_.confidence, width, height)}}) {
      if (!png) return png.error();
      if (auto added = add_file(exported_.target / kind / name, *png, exported_); !added)
        return added;
      ++exported_.items;
    }
    ++exported_.ticks;
    return {};
  }
  [[nodiscard]] Exported& exported() { return exported_; }
  [[nodiscard]] Exported finish() {
    images_.remark_on_undecoded(exported_);
    undecoded_.remark(exported_);
    if (without_picture_ > 0) {
      exported_.remarks.push_back(
          fmt::format("{} left out: '{}', whose view is filled, has no colour image there",
                      counted(without_picture_, "more tick"), views_.cameras[target_].name));
    }
    return exported_;
  }
  [[nodiscard]] const NewFolder& folder() const { return folder_; }
  [[nodiscard]] Error nothing() const { return no_picture(footage_, undecoded_); }

 private:
  Result<void> fill(const CaptureSet& set, const RgbPicture& straight) {
    const bool in_color = alike_exposed(set);
    if (auto read = images_.read(set, in_color); !read) return read;
    std::vector<FusionImages> images(images_.images().begin(), images_.images().end());
    const std::vector<uint8_t> bgra = in_color ? bgra_of(straight) : std::vector<uint8_t>{};
    images[target_].bgra = bgra;
    return fill_.fill(images, view_);
  }

  Result<void> begin() {
    const std::filesystem::path& folder = folder_.path();
    if (auto made = folder_.make(); !made) return made;
    for (const char* kind : {"color", "depth", "source", "confidence"}) {
      if (auto made = make_new_folders(folder / kind); !made) return made;
    }
    nlohmann::ordered_json names = nlohmann::ordered_json::array();
    for (const FusionCamera& camera : views_.cameras) names.push_back(camera.name);
    const nlohmann::ordered_json sources{{"cameras", names}, {"none", kNoCamera}};
    if (auto added = add_file(folder / "cameras.json", sources.dump(1) + "\n", exported_); !added)
      return added;
    const FusionCamera& camera = views_.cameras[target_];
    return add_open3d_camera(folder, pinhole_of(*camera.geometry.color),
                             camera.geometry.color_from_depth * camera.rig_from_depth.inverse(),
                             views_.calibration.has_value(), exported_);
  }

  const Footage& footage_;
  const FootageViews& views_;
  size_t target_;
  NewFolder folder_;
  SetImages images_;  ///< without the target's colour, which is made straight first
  Undistortion undistortion_;
  DepthFill fill_;
  FilledView view_;
  UndecodedImages undecoded_;    ///< pictures of the target
  int64_t without_picture_ = 0;  ///< ticks that have none of the target
  Exported exported_;
};

}  // namespace

Result<Exported> fuse_fill(Footage& footage, const FootageViews& views, const FootageChoice& choice,
                           const std::string& target, const std::filesystem::path& folder,
                           const ExportProgress& progress) {
  if (auto named = check_folder_name(folder); !named) return std::move(named).error();
  if (auto known = need_rig(footage, views); !known) return std::move(known).error();
  if (auto has = need_depth(footage, views, target); !has) return std::move(has).error();
  const auto number = find_target(footage, views, target);
  if (!number) return number.error();
  auto walk = TickWalk::begin(footage, views, choice);
  if (!walk) return std::move(walk).error();
  if (auto absent = check_new(folder); !absent) return std::move(absent).error();
  std::vector<FusionCamera> straight = views.cameras;
  straight[*number].geometry.color = pinhole_of(*straight[*number].geometry.color);
  auto fill = DepthFill::make(std::move(straight), *number);
  if (!fill) return std::move(fill).error();
  FillExport work(footage, views, *number, *std::move(fill), folder);
  auto exported = add_all(footage, *walk, progress, work);
  if (!exported) {
    work.folder().remove_if_empty(work.exported());
    return exported;
  }
  return work.finish();
}

}  // namespace lockstep
