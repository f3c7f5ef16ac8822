// SPDX-License-Identifier: MIT
#include "lockstep/fuse/depth_fill.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <optional>

#include "lockstep/fuse/clean_depth.h"
#include "lockstep/fuse/fill_rows.h"
#include "lockstep/fuse/fusion_checks.h"
#include "lockstep/fuse/parallel.h"
#include "lockstep/transform/lens_numbers.h"
#include "lockstep/transform/transformation.h"

namespace lockstep {
namespace {

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
class Source {
 public:
  Source(const FusionCamera& camera, const View& view, const Kernels& kernels)
      : camera_(camera),
        cleaner_(camera, kernels),
        into_view_({camera.geometry.depth, view.model, view.view_from_rig * camera.rig_from_depth},
                   kernels) {}

  [[nodiscard]] bool fits(const FusionImages& images) const {
    const size_t color = camera_.geometry.color ? 4 * pixels_of(*camera_.geometry.color) : 0;
    return cleaner_.fits(images) && (images.bgra.empty() || images.bgra.size() == color);
  }

  /// `as_it_is`: this camera's own depth image is the view.
  void draw(const FusionImages& images, bool as_it_is) {
    images_ = images;
    as_it_is_ = as_it_is;
    if (!seen()) return;
    cleaner_.clean(images, clean_);
    const size_t pixels = pixels_of(*into_view_.geometry().color);
    layer_.resize(pixels + kRowMargin);  // the last row is worked on in whole vectors
    if (as_it_is) {
      std::copy(clean_.depth_mm.begin(), clean_.depth_mm.end(), layer_.begin());
      return;
    }
    cleaner_.pack_uncleaned(images, uncleaned_);
    cleaner_.smooth(clean_, smooth_);
    (void)into_view_.depth_to_color(smooth_, std::span(layer_).first(pixels));
  }
  [[nodiscard]] bool seen() const { return !images_.depth_mm.empty(); }

  [[nodiscard]] FillLayer as_layer(size_t number) const {
    const RigidTransform depth_from_view = into_view_.geometry().color_from_depth.inverse();
    FillLayer layer{};
    layer.camera = static_cast<uint8_t>(number);
    layer.depth_mm = layer_.data();
    if (as_it_is_) layer.confidence = clean_.confidence.data();
    layer.sight = cleaner_.sight_from(depth_from_view);
    layer.sight.readings = clean_.packed.data();
    layer.uncleaned = layer.sight;
    layer.uncleaned.readings = uncleaned_.data();
    if (images_.bgra.empty()) return layer;
    const CameraModel& color = *camera_.geometry.color;
    layer.bgra = images_.bgra.data();
    layer.color_lens = lens_of<float>(color);
    layer.color_mm = motion_of<float>(camera_.geometry.color_from_depth * depth_from_view, 1000);
    layer.color_width = color.width_px;
    layer.color_height = color.height_px;
    return layer;
  }

 private:
  FusionCamera camera_;
  DepthCleaner cleaner_;
  Transformation into_view_;
  CleanDepth clean_;
  std::vector<uint16_t> smooth_, layer_;
  std::vector<PackedReading> uncleaned_;
  FusionImages images_;
  bool as_it_is_ = false;
};

}  // namespace

struct DepthFill::State {
  const Kernels& kernels;
  size_t target;
  FillOptions options;
  RayTable rays;                               ///< of the view
  std::vector<std::optional<Source>> sources;  ///< nothing for a target without a depth camera
  std::vector<std::string> names;              ///< for sentences

  /// Of a target without a depth camera.
  [[nodiscard]] bool fits_blind(const FusionImages& view) const {
    return view.depth_mm.empty() && (view.bgra.empty() || view.bgra.size() == 4 * rays.x.size());
  }
  void fill(std::span<const FusionImages> images, FilledView& out);
  void draw(std::span<const FusionImages> images);
};

void DepthFill::State::draw(std::span<const FusionImages> images) {
  parallel_for(options.threads, static_cast<int>(sources.size()), [&](int i) {
    const auto at = static_cast<size_t>(i);
    const bool as_it_is = at == target && options.view == FillOptions::View::depth;
    if (sources[at]) sources[at]->draw(images[at], as_it_is);
  });
}

void DepthFill::State::fill(std::span<const FusionImages> images, FilledView& out) {
  draw(images);
  std::optional<FillLayer> own;
  std::vector<FillLayer> others;
  for (size_t i = 0; i < sources.size(); ++i) {
    if (!sources[i] || !sources[i]->seen()) continue;
    if (i == target)
      own = sources[i]->as_layer(i);
    else
      others.push_back(sources[i]->as_layer(i));
  }
  out.width_px = rays.width_px;
  out.height_px = rays.height_px;
  const size_t pixels = rays.x.size();
  out.depth_mm.resize(pixels);
  out.camera.resize(pixels);
  out.confidence.resize(pixels);
  const bool in_color = options.view == FillOptions::View::color && !images[target].bgra.empty();
  const FillJob job{kernels, rays, in_color ? images[target].bgra.data() : nullptr,
                    own ? &*own : nullptr, others};
  constexpr int kBand = 32;  // rows that one thread fills at a time
  std::atomic<int> next{0};
  parallel_for(options.threads, std::max(1, options.threads), [&](int) {
    RowFiller filler(job);
    for (int first = next.fetch_add(kBand); first < rays.height_px; first = next.fetch_add(kBand)) {
      for (int y = first; y < std::min(rays.height_px, first + kBand); ++y) filler(y, out);
    }
  });
}

DepthFill::DepthFill(std::unique_ptr<State> state) : state_(std::move(state)) {}
DepthFill::~DepthFill() = default;
DepthFill::DepthFill(DepthFill&&) noexcept = default;
DepthFill& DepthFill::operator=(DepthFill&&) noexcept = default;

Result<DepthFill> DepthFill::make(std::vector<FusionCamera> cameras, size_t target,
                                  FillOptions options, const Kernels& kernels) {
  if (auto fine = check_count(cameras); !fine) return std::move(fine).error();
  if (target >= cameras.size())
    return refuse_fusion("the view to fill belongs to none of the cameras");
  const std::vector<std::string> names = names_for_sentences(cameras);
  const bool color = options.view == FillOptions::View::color;
  if (color && !is_usable(cameras[target].geometry.color))
    return refuse_lens("colour", names[target], ", which is to be filled,");
  const auto blind = [&](size_t i) { return color && i == target && !cameras[i].geometry.depth; };
  for (size_t i = 0; i < cameras.size(); ++i) {
    if (!blind(i) && !is_usable(cameras[i].geometry.depth)) return refuse_lens("depth", names[i]);
  }
  const View view = view_of(cameras[target], options.view);
  auto state = std::make_unique<State>(
      State{kernels, target, options, make_ray_table(kernels, view.model), {}, names});
  for (size_t i = 0; i < cameras.size(); ++i) {
    auto& source = state->sources.emplace_back();
    if (!blind(i)) source.emplace(cameras[i], view, kernels);
  }
  return DepthFill(std::move(state));
}

Result<void> DepthFill::fill(std::span<const FusionImages> images, FilledView& out) {
  const std::vector<std::optional<Source>>& sources = state_->sources;
  const auto fits = [&](size_t i) {
    return sources[i] ? sources[i]->fits(images[i]) : state_->fits_blind(images[i]);
  };
  if (auto fine = check_images(images, state_->names, fits); !fine) return fine;
  state_->fill(images, out);
  return {};
}

}  // namespace lockstep
