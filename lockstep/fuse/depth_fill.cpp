// SPDX-License-Identifier: MIT
#include "lockstep/fuse/depth_fill.h"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "lockstep/fuse/clean_depth.h"
#include "lockstep/fuse/fill_rows.h"
#include "lockstep/fuse/parallel.h"
#include "lockstep/transform/transformation.h"

namespace lockstep {
namespace {

Error refuse(const char* what) {
  return {Errc::invalid_argument, what};
}

bool there(const std::optional<CameraModel>& camera) {
  return camera && is_computable(*camera);
}

size_t pixels_of(const CameraModel& camera) {
  return static_cast<size_t>(camera.width_px) * static_cast<size_t>(camera.height_px);
}

/// The view that is filled.
struct View {
  CameraModel model;
  RigidTransform view_from_rig;
};

View view_of(const FusionCamera& camera, FillOptions::View which) {
  const RigidTransform depth_from_rig = camera.rig_from_depth.inverse();
  if (which == FillOptions::View::depth) return {*camera.geometry.depth, depth_from_rig};
  return {*camera.geometry.color, camera.geometry.color_from_depth * depth_from_rig};
}

/// One camera on its way into the view.
struct Source {
  DepthCleaner cleaner;
  Transformation into_view;
  CleanDepth clean;
  std::vector<uint16_t> layer;
  bool seen = false;

  Source(const FusionCamera& camera, const View& view, const Kernels& kernels)
      : cleaner(camera, kernels),
        into_view({camera.geometry.depth, view.model, view.view_from_rig * camera.rig_from_depth},
                  kernels) {}

  /// `as_it_is`: this camera's own depth image is the view.
  void draw(const FusionImages& images, bool as_it_is) {
    seen = !images.depth_mm.empty();
    if (!seen) return;
    cleaner.clean(images, clean);
    const size_t pixels = pixels_of(*into_view.geometry().color);
    layer.resize(pixels + kRowMargin);  // the last row is worked on in whole vectors
    if (as_it_is)
      std::copy(clean.depth_mm.begin(), clean.depth_mm.end(), layer.begin());
    else
      (void)into_view.depth_to_color(clean.depth_mm, std::span(layer).first(pixels));
  }

  [[nodiscard]] FillLayer as_layer(size_t camera) const {
    const RigidTransform& view_from_depth = into_view.geometry().color_from_depth;
    FillLayer result{static_cast<uint8_t>(camera), layer.data(),
                     cleaner.sight_from(view_from_depth.inverse())};
    result.sight.readings = clean.packed.data();
    return result;
  }
};

}  // namespace

struct DepthFill::State {
  const Kernels& kernels;
  size_t target;
  FillOptions options;
  RayTable rays;  ///< of the view
  std::vector<Source> sources;

  void fill(std::span<const FusionImages> images, FilledView& out);
  void draw(std::span<const FusionImages> images);
};

void DepthFill::State::draw(std::span<const FusionImages> images) {
  parallel_for(options.threads, static_cast<int>(sources.size()), [&](int i) {
    const auto at = static_cast<size_t>(i);
    const bool as_it_is = at == target && options.view == FillOptions::View::depth;
    sources[at].draw(images[at], as_it_is);
  });
}

void DepthFill::State::fill(std::span<const FusionImages> images, FilledView& out) {
  draw(images);
  std::optional<FillLayer> own;
  std::vector<FillLayer> others;
  for (size_t i = 0; i < sources.size(); ++i) {
    if (!sources[i].seen) continue;
    if (i == target)
      own = sources[i].as_layer(i);
    else
      others.push_back(sources[i].as_layer(i));
  }
  out.width_px = rays.width_px;
  out.height_px = rays.height_px;
  const size_t pixels = rays.x.size();
  out.depth_mm.resize(pixels);
  out.camera.resize(pixels);
  out.confidence.resize(pixels);
  const FillJob job{fuse_kernels(kernels), rays, own ? &*own : nullptr, others};
  constexpr int kBand = 32;  // rows that one thread fills at a time
  parallel_for(options.threads, (rays.height_px + kBand - 1) / kBand, [&](int band) {
    RowFiller filler(job);
    for (int y = band * kBand; y < std::min(rays.height_px, (band + 1) * kBand); ++y)
      filler(y, out);
  });
}

DepthFill::DepthFill(std::unique_ptr<State> state) : state_(std::move(state)) {}
DepthFill::~DepthFill() = default;
DepthFill::DepthFill(DepthFill&&) noexcept = default;
DepthFill& DepthFill::operator=(DepthFill&&) noexcept = default;

Result<DepthFill> DepthFill::make(std::vector<FusionCamera> cameras, size_t target,
                                  FillOptions options, const Kernels& kernels) {
  if (cameras.size() >= kNoCamera) return refuse("more than 255 cameras cannot be fused");
  if (target >= cameras.size()) return refuse("the view to fill belongs to none of the cameras");
  const bool color = options.view == FillOptions::View::color;
  if (color && !there(cameras[target].geometry.color))
    return refuse(
        "the colour camera whose view is to be filled is off, or its lens cannot be computed with");
  for (const FusionCamera& camera : cameras) {
    if (!there(camera.geometry.depth))
      return refuse("a depth camera is off, or its lens cannot be computed with");
  }
  const View view = view_of(cameras[target], options.view);
  auto state = std::make_unique<State>(
      State{kernels, target, options, make_ray_table(kernels, view.model), {}});
  for (const FusionCamera& camera : cameras) state->sources.emplace_back(camera, view, kernels);
  return DepthFill(std::move(state));
}

Result<void> DepthFill::fill(std::span<const FusionImages> images, FilledView& out) {
  std::vector<Source>& sources = state_->sources;
  if (images.size() != sources.size()) return refuse("there are not as many images as cameras");
  for (size_t i = 0; i < sources.size(); ++i) {
    if (!sources[i].cleaner.fits(images[i]))
      return refuse("an image has not the size of its camera");
  }
  state_->fill(images, out);
  return {};
}

}  // namespace lockstep
