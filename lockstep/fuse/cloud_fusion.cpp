// SPDX-License-Identifier: MIT
#include "lockstep/fuse/cloud_fusion.h"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <tuple>

#include "lockstep/fuse/clean_depth.h"
#include "lockstep/fuse/cloud_rows.h"
#include "lockstep/fuse/color_sight.h"
#include "lockstep/fuse/fusion_checks.h"
#include "lockstep/fuse/parallel.h"

namespace lockstep {
namespace {

constexpr int kBand = 32;  // rows that a thread takes at a time

/// One camera on its way into the cloud.
struct Source {
  FusionCamera camera;
  DepthCleaner cleaner;
  std::optional<ColorSight> color;
  CleanDepth clean;
  std::vector<uint8_t> kept;
  FusionImages images;

  Source(const FusionCamera& of, bool colors, const Kernels& kernels)
      : camera(of), cleaner(of, kernels) {
    if (colors) color.emplace(of, kernels);
  }

  [[nodiscard]] bool seen() const { return !images.depth_mm.empty(); }
  [[nodiscard]] int bands() const { return (cleaner.height_px() + kBand - 1) / kBand; }

  void prepare(const FuseKernels& kernels) {
    if (!seen()) return;
    cleaner.clean(images, clean);
    const size_t pixels = clean.depth_mm.size();
    kept.resize(pixels + kRowMargin);  // the last are worked on in whole vectors
    if (color) {
      kernels.keep(color->shown(cleaner, clean), static_cast<int>(pixels), clean.packed.data(),
                   kept.data());
      return;
    }
    for (size_t i = 0; i < pixels; ++i) kept[i] = clean.depth_mm[i] != 0;
  }
};

/// Where two readings are equal in everything one camera has to win, wherever it stands in the
/// list.
bool wins_ties(const std::vector<Source>& sources, size_t a, size_t b) {
  const Eigen::Vector3d &at = sources[a].camera.rig_from_depth.translation,
                        &other = sources[b].camera.rig_from_depth.translation;
  return std::tuple(at.x(), at.y(), at.z(), a) < std::tuple(other.x(), other.y(), other.z(), b);
}

/// A few rows of a camera.
struct Band {
  size_t source;
  int first, end;
  size_t points = 0, at = 0;
};

}  // namespace

struct CloudFusion::State {
  const Kernels& kernels;
  CloudOptions options;
  std::vector<Source> sources;
  std::vector<Band> bands;
  std::vector<std::string> names;  ///< for sentences

  void fuse(PointCloud& out);
  void list_bands();
  void contest(Band& band);
  void write(const Band& band, PointCloud& out);
  void make_room(size_t points, PointCloud& out) const;
};

void CloudFusion::State::list_bands() {
  bands.clear();
  for (size_t i = 0; i < sources.size(); ++i) {
    if (!sources[i].seen()) continue;
    for (int band = 0; band < sources[i].bands(); ++band) {
      const int end = std::min(sources[i].cleaner.height_px(), (band + 1) * kBand);
      bands.push_back({i, band * kBand, end});
    }
  }
}

void CloudFusion::State::contest(Band& band) {
  Source& own = sources[band.source];
  const FuseKernels& fuse = fuse_kernels(kernels);
  const auto width = static_cast<size_t>(own.cleaner.width_px());
  // Whole vectors are worked on: where they end with the row, in place.
  const bool whole = width % kRowMargin == 0;
  std::vector<uint8_t> kept(whole ? 0 : width + kRowMargin);
  std::vector<std::pair<DepthSight, bool>> others;
  for (size_t i = 0; i < sources.size(); ++i) {
    if (i == band.source || !sources[i].seen()) continue;
    DepthSight sight = sources[i].cleaner.sight_from(sources[i].camera.rig_from_depth.inverse() *
                                                     own.camera.rig_from_depth);
    sight.readings = sources[i].clean.packed.data();
    others.emplace_back(sight, wins_ties(sources, band.source, i));
  }
  for (int y = band.first; y < band.end; ++y) {
    const size_t first = static_cast<size_t>(y) * width;
    uint8_t* const row = own.kept.data() + first;
    uint8_t* const worked_on = whole ? row : kept.data();
    if (!whole) std::copy_n(row, width, worked_on);
    for (const auto& [sight, wins_ties] : others)
      fuse.contest(sight,
                   {own.cleaner.ray_x(y), own.cleaner.ray_y(y), own.clean.packed.data() + first,
                    static_cast<int>(width), worked_on, wins_ties});
    if (!whole) std::copy_n(worked_on, width, row);
    band.points += std::accumulate(row, row + width, size_t{0});
  }
}

void CloudFusion::State::make_room(size_t points, PointCloud& out) const {
  out.points.resize(points);
  out.normals.resize(options.normals ? points : 0);
  out.colors.resize(options.colors ? points : 0);
  out.confidence.resize(points);
  out.cameras.resize(points);
  out.instants_us.resize(points);
}

void CloudFusion::State::write(const Band& band, PointCloud& out) {
  const Source& source = sources[band.source];
  const CloudPart part{&source.camera, &source.cleaner, &source.clean,
                       &source.kept,   source.images,   static_cast<uint8_t>(band.source)};
  CloudWriter writer(part, kernels, out);
  size_t at = band.at;
  for (int y = band.first; y < band.end; ++y) at = writer(y, at);
}

void CloudFusion::State::fuse(PointCloud& out) {
  const auto count = [](const auto& all) { return static_cast<int>(all.size()); };
  parallel_for(options.threads, count(sources),
               [&](int i) { sources[static_cast<size_t>(i)].prepare(fuse_kernels(kernels)); });
  list_bands();
  parallel_for(options.threads, count(bands),
               [&](int i) { contest(bands[static_cast<size_t>(i)]); });
  size_t points = 0;
  for (Band& band : bands) {
    band.at = points;
    points += band.points;
  }
  make_room(points, out);
  parallel_for(options.threads, count(bands),
               [&](int i) { write(bands[static_cast<size_t>(i)], out); });
}

CloudFusion::CloudFusion(std::unique_ptr<State> state) : state_(std::move(state)) {}
CloudFusion::~CloudFusion() = default;
CloudFusion::CloudFusion(CloudFusion&&) noexcept = default;
CloudFusion& CloudFusion::operator=(CloudFusion&&) noexcept = default;

Result<CloudFusion> CloudFusion::make(std::vector<FusionCamera> cameras, CloudOptions options,
                                      const Kernels& kernels) {
  if (auto fine = check_count(cameras); !fine) return std::move(fine).error();
  if (auto usable = check_lenses(cameras, options.colors); !usable)
    return std::move(usable).error();
  auto state =
      std::make_unique<State>(State{kernels, options, {}, {}, names_for_sentences(cameras)});
  for (const FusionCamera& camera : cameras)
    state->sources.emplace_back(camera, options.colors, kernels);
  return CloudFusion(std::move(state));
}

Result<void> CloudFusion::fuse(std::span<const FusionImages> images, PointCloud& out) {
  std::vector<Source>& sources = state_->sources;
  const auto fits = [&](size_t i) { return sources[i].cleaner.fits(images[i]); };
  if (auto fine = check_images(images, state_->names, fits); !fine) return fine;
  for (size_t i = 0; i < sources.size(); ++i) {
    if (!state_->options.colors || images[i].depth_mm.empty()) continue;
    if (images[i].bgra.size() != 4 * pixels_of(*sources[i].camera.geometry.color))
      return refuse_fusion(
          fmt::format("the colour image of {} has another size than its lens, or is missing",
                      state_->names[i]));
  }
  for (size_t i = 0; i < sources.size(); ++i) sources[i].images = images[i];
  state_->fuse(out);
  return {};
}

}  // namespace lockstep
