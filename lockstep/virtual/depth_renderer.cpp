// SPDX-License-Identifier: MIT
#include "lockstep/virtual/depth_renderer.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>

#include "lockstep/virtual/depth_noise.h"
#include "lockstep/virtual/for_each_hit.h"

namespace lockstep {
namespace {

/// Depth readings whose neighbours differ by more than this come from two surfaces at once and are
/// lost; by more than the second they are a mixture.
constexpr float kTornM = 0.8F;
constexpr float kMixedM = 0.1F;

struct Range {
  float near_m, far_m;
};

Range operating_range(DepthMode mode) {
  switch (mode) {
    case DepthMode::nfov_2x2binned:
      return {0.5F, 5.46F};
    case DepthMode::nfov_unbinned:
      return {0.5F, 3.86F};
    case DepthMode::wfov_2x2binned:
      return {0.25F, 2.88F};
    default:
      return {0.25F, 2.21F};
  }
}

/// Infrared of a white wall at one metre.
float illumination(DepthMode mode) {
  const bool narrow = mode == DepthMode::nfov_2x2binned || mode == DepthMode::nfov_unbinned;
  return narrow ? 2200.0F : 1000.0F;
}

}  // namespace

DepthRenderer::DepthRenderer(const Scene& scene, const RayScene& still, SensorView view,
                             DepthMode mode, double bias_m)
    : scene_(scene), view_(std::move(view)), mode_(mode), bias_m_(static_cast<float>(bias_m)) {
  still_.rect = {0, 0, view_.width_px(), view_.height_px()};
  const auto pixels =
      static_cast<size_t>(view_.width_px()) * static_cast<size_t>(view_.height_px());
  still_.depth_m.assign(pixels, 0);
  still_.ir.assign(pixels, 0);
  tbb::parallel_for(0, view_.height_px(), [&](int y) { cast_row(still, y, still_); });
}

/// The narrow modes are lit in a hexagon, the wide ones in a circle.
bool DepthRenderer::illuminated(int x, int y) const {
  const auto width = static_cast<float>(view_.width_px());
  const float dx = std::abs(static_cast<float>(x) - (width - 1) / 2);
  const float dy =
      std::abs(static_cast<float>(y) - (static_cast<float>(view_.height_px()) - 1) / 2);
  if (mode_ == DepthMode::passive_ir) return true;
  if (mode_ == DepthMode::nfov_2x2binned || mode_ == DepthMode::nfov_unbinned) {
    const float corner = 0.55F * width;  // of the hexagon, beyond the image's edge
    return dx + dy / 1.7320508F <= corner;
  }
  return dx * dx + dy * dy <= 0.24F * width * width;
}

float DepthRenderer::infrared(const RayHit& hit, const Eigen::Vector3f& direction) const {
  const Material& material = scene_.materials()[hit.material];
  const float pattern =
      color_at(material, hit.at_rest).sum() / std::max(0.01F, material.albedo.sum());
  // Dyes hardly show in infrared; the toner of a board does.
  const float shown = material.texture == Texture::board ? std::max(0.15F, pattern)
                                                         : 0.5F + 0.5F * std::min(1.6F, pattern);
  const float albedo = std::min(1.0F, material.ir_albedo * shown);
  if (mode_ == DepthMode::passive_ir) return 60 * albedo * (0.6F + 0.4F * hit.normal.z());
  const float length = direction.norm();
  const float distance = hit.t * length;
  const float facing = std::max(0.03F, -hit.normal.dot(direction) / length);
  const float falloff = 1 / (length * length);  // the light is stronger in the middle
  return illumination(mode_) * albedo * facing * falloff / (distance * distance);
}

float DepthRenderer::fine_infrared(const RayScene& rays, int x, int y) const {
  const auto places = places_in_pixel(true);
  std::array<Eigen::Vector3f, kPacket> directions;
  std::array<RayHit, kPacket> hits;
  for (size_t i = 0; i < places.size(); ++i)
    directions[i] = view_.direction(x, y, places[i].x(), places[i].y());
  rays.cast(view_.origin(), {directions.data(), places.size()}, hits);
  float sum = 0;
  int count = 0;
  for (size_t i = 0; i < places.size(); ++i) {
    if (hits[i].t <= 0) continue;
    sum += infrared(hits[i], directions[i]);
    ++count;
  }
  return count == 0 ? 0 : sum / static_cast<float>(count);
}

void DepthRenderer::cast_row(const RayScene& rays, int y, Layer& layer) const {
  const int end = layer.rect.x + layer.rect.width;
  for_each_hit(view_, rays, y, layer.rect.x, end,
               [&](int x, const RayHit& hit, const Eigen::Vector3f& direction) {
                 const size_t at = layer.index(x, y);
                 layer.depth_m[at] = hit.t;
                 const float lit = illuminated(x, y) ? 1.0F : 0.05F;
                 layer.ir[at] = lit * (scene_.has_board() ? fine_infrared(rays, x, y)
                                                          : infrared(hit, direction));
               });
}

uint16_t DepthRenderer::reading(const Layer& layer, int x, int y) const {
  if (!illuminated(x, y)) return 0;
  float low = 1e9F, high = 0, sum = 0;
  int count = 0;
  for (int ny = std::max(0, y - 1); ny <= std::min(view_.height_px() - 1, y + 1); ++ny) {
    for (int nx = std::max(0, x - 1); nx <= std::min(view_.width_px() - 1, x + 1); ++nx) {
      const float depth = layer.depth_m[layer.index(nx, ny)];
      if (depth == 0) continue;
      low = std::min(low, depth);
      high = std::max(high, depth);
      sum += depth;
      ++count;
    }
  }
  const float own = layer.depth_m[layer.index(x, y)];
  const float mixed = high - low > kMixedM ? sum / static_cast<float>(std::max(1, count)) : own;
  const Range range = operating_range(mode_);
  const bool torn = high - low > kTornM;
  if (own == 0 || torn || mixed < range.near_m || mixed > range.far_m) return 0;
  return static_cast<uint16_t>((mixed + bias_m_) * (1000 * kDepthUnitsPerMm) + 0.5F);
}

DepthPatch DepthRenderer::finish(const Layer& layer, const PixelRect& rect) const {
  DepthPatch patch;
  patch.rect = rect;
  const auto pixels = static_cast<size_t>(rect.width) * static_cast<size_t>(rect.height);
  patch.depth_units.reserve(pixels);
  patch.ir.reserve(pixels);
  for (int y = rect.y; y < rect.y + rect.height; ++y) {
    for (int x = rect.x; x < rect.x + rect.width; ++x) {
      const bool has_depth = mode_ != DepthMode::passive_ir;
      patch.depth_units.push_back(has_depth ? reading(layer, x, y) : uint16_t{0});
      const float ir = std::min(layer.ir[layer.index(x, y)], static_cast<float>(kBrightestIr));
      patch.ir.push_back(static_cast<uint16_t>(ir + 0.5F));
    }
  }
  return patch;
}

DepthPatch DepthRenderer::background() const {
  return finish(still_, still_.rect);
}

DepthPatch DepthRenderer::patch(double phase) const {
  const RayScene moving(scene_.moving(phase));
  // Two pixels more than it covers: its edges change the readings beside them.
  const PixelRect rect = view_.covered(moving.mesh(), 2);
  if (rect.empty()) return {};
  // One more to look at the neighbours; those at the image's edge have none beyond it.
  const int left = std::max(0, rect.x - 1);
  const int top = std::max(0, rect.y - 1);
  Layer layer;
  layer.rect = {left, top, std::min(view_.width_px(), rect.x + rect.width + 1) - left,
                std::min(view_.height_px(), rect.y + rect.height + 1) - top};
  const auto pixels =
      static_cast<size_t>(layer.rect.width) * static_cast<size_t>(layer.rect.height);
  layer.depth_m.assign(pixels, 0);
  layer.ir.assign(pixels, 0);
  for (int y = top; y < top + layer.rect.height; ++y) {
    cast_row(moving, y, layer);
    for (int x = left; x < left + layer.rect.width; ++x) {
      const size_t at = layer.index(x, y);
      const size_t behind = still_.index(x, y);
      const float wall = still_.depth_m[behind];
      if (layer.depth_m[at] > 0 && (wall == 0 || layer.depth_m[at] < wall)) continue;
      layer.depth_m[at] = wall;
      layer.ir[at] = still_.ir[behind];
    }
  }
  return finish(layer, rect);
}

}  // namespace lockstep
