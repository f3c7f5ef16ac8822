// SPDX-License-Identifier: MIT
#include "lockstep/export/set_images.h"

#include <fmt/core.h>

#include "lockstep/codec/color_picture.h"
#include "lockstep/fuse/parallel.h"

namespace lockstep {
namespace {

constexpr int kThreads = 2;

}  // namespace

std::vector<FusionImages> with_color_only(std::span<const FusionImages> images) {
  std::vector<FusionImages> whole(images.begin(), images.end());
  for (FusionImages& each : whole) {
    if (each.bgra.empty()) each.depth_mm = {};
  }
  return whole;
}

SetImages::SetImages(const Footage& footage, const FootageViews& views,
                     std::optional<size_t> but_of)
    : footage_(footage),
      views_(views),
      but_of_(but_of),
      captures_(views.cameras.size()),
      bgra_(views.cameras.size()),
      images_(views.cameras.size()),
      undecoded_(views.cameras.size()) {}

Result<void> SetImages::read(const CaptureSet& set, bool colors) {
  std::vector<Result<void>> done(images_.size());
  parallel_for(kThreads, static_cast<int>(images_.size()), [&](int camera) {
    const auto number = static_cast<size_t>(camera);
    done[number] = read_camera(number, set, colors && number != but_of_);
  });
  for (Result<void>& each : done) {
    if (!each) return std::move(each);
  }
  return {};
}

void SetImages::remark_on_undecoded(Exported& to) const {
  UndecodedImages all;
  for (const UndecodedImages& each : undecoded_) all.add(each);
  all.remark(to);
}

Result<void> SetImages::read_camera(size_t camera, const CaptureSet& set, bool colors) {
  FusionImages& images = images_[camera] = {};
  captures_[camera] = set.slots[camera].capture;
  if (captures_[camera] == nullptr) return {};
  const Capture& capture = *captures_[camera];
  const FusionCamera& view = views_.cameras[camera];
  if (capture.depth && view.geometry.depth) {
    if (auto checked = check_pixels(*capture.depth, *view.geometry.depth, view.name, set.tick);
        !checked)
      return checked;
    images.depth_mm = capture.depth->samples();
    const RigTime exposed =
        footage_.rig_time(views_.chosen[camera], set.tick, capture.depth->stamp);
    images.depth_instant_us =
        std::chrono::duration<double, std::micro>(exposed - footage_.instant(set.tick)).count();
    const bool with_infrared = capture.ir && capture.ir->samples().size() == images.depth_mm.size();
    if (with_infrared) images.infrared = capture.ir->samples();
  }
  if (!colors || !capture.color || !view.geometry.color) return {};
  if (auto checked = check_pixels(*capture.color, *view.geometry.color, view.name, set.tick);
      !checked) {
    undecoded_[camera].add(checked.error());
    return {};
  }
  auto bgra = color_bgra(*capture.color);
  if (!bgra) {
    undecoded_[camera].add(of_image(bgra.error(), view.name, set.tick));
    return {};
  }
  bgra_[camera] = *std::move(bgra);
  images.bgra = bgra_[camera];
  return {};
}

}  // namespace lockstep
