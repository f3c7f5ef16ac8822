// SPDX-License-Identifier: MIT
#include "lockstep/virtual/color_renderer.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "lockstep/virtual/for_each_hit.h"

namespace lockstep {
namespace {

// Linear colour that differs by more than this from a neighbour's makes an edge.
constexpr float kEdge = 0.06F;

const Eigen::Vector3f kLamp(0.3F, -0.5F, 2.5F);

/// Eight-bit sRGB-like code of a linear value, by table: the same on every machine.
uint8_t code_of(float linear) {
  static const auto table = [] {
    std::array<uint8_t, 4096> codes{};
    for (size_t i = 0; i < codes.size(); ++i) {
      const double value = std::pow((static_cast<double>(i) + 0.5) / 4096, 1 / 2.2);
      codes[i] = static_cast<uint8_t>(std::lround(255 * value));
    }
    return codes;
  }();
  return table[static_cast<size_t>(std::clamp(linear, 0.0F, 0.9999F) * 4096)];
}

}  // namespace

struct ColorRenderer::Sample {
  Eigen::Vector3f color = Eigen::Vector3f::Zero();  ///< linear, mean of the rays that hit
  float share = 0;                                  ///< of the rays that hit
  float depth = std::numeric_limits<float>::infinity();
};

struct ColorRenderer::Layer {
  explicit Layer(const PixelRect& area)
      : rect(area), samples(static_cast<size_t>(area.width) * static_cast<size_t>(area.height)) {}

  [[nodiscard]] const Sample& at(int x, int y) const { return samples[index(x, y)]; }
  [[nodiscard]] Sample& at(int x, int y) { return samples[index(x, y)]; }
  [[nodiscard]] size_t index(int x, int y) const {
    return static_cast<size_t>(y - rect.y) * static_cast<size_t>(rect.width) +
           static_cast<size_t>(x - rect.x);
  }
  /// True where a neighbour within the rectangle looks otherwise.
  [[nodiscard]] bool is_edge(int x, int y) const {
    const Sample& here = at(x, y);
    const auto differs = [&](int nx, int ny) {
      if (nx < rect.x || ny < rect.y || nx >= rect.x + rect.width || ny >= rect.y + rect.height) {
        return false;
      }
      const Sample& there = at(nx, ny);
      return here.share != there.share ||
             (here.color - there.color).lpNorm<Eigen::Infinity>() > kEdge;
    };
    return differs(x - 1, y) || differs(x + 1, y) || differs(x, y - 1) || differs(x, y + 1);
  }

  PixelRect rect;
  std::vector<Sample> samples;
};

ColorRenderer::ColorRenderer(const Scene& scene, const RayScene& still, SensorView view)
    : scene_(scene),
      still_(still),
      view_(std::move(view)),
      background_(view_.width_px(), view_.height_px()) {
  const Layer layer = cast(still_, {0, 0, view_.width_px(), view_.height_px()});
  depth_.reserve(layer.samples.size());
  uint8_t* pixel = background_.rgb.data();
  for (const Sample& sample : layer.samples) {
    for (int c = 0; c < 3; ++c) *pixel++ = code_of(sample.color[c] * sample.share);
    depth_.push_back(sample.depth);
  }
}

Eigen::Vector3f ColorRenderer::shade(const RayHit& hit, const Eigen::Vector3f& point) const {
  const Eigen::Vector3f to_lamp = kLamp - point;
  const float distance2 = to_lamp.squaredNorm();
  const float facing = std::max(0.0F, hit.normal.dot(to_lamp) / std::sqrt(distance2));
  float direct = 2.3F * facing / (1 + 0.6F * distance2);
  if (facing > 0 && still_.blocked(point + 0.002F * hit.normal, kLamp)) direct *= 0.15F;
  const float ambient = 0.30F + 0.10F * hit.normal.z();
  return (direct + ambient) * color_at(scene_.materials()[hit.material], hit.at_rest);
}

void ColorRenderer::cast_row(const RayScene& rays, int y, Layer& layer) const {
  const int end = layer.rect.x + layer.rect.width;
  for_each_hit(view_, rays, y, layer.rect.x, end,
               [&](int x, const RayHit& hit, const Eigen::Vector3f& direction) {
                 layer.at(x, y) = {shade(hit, view_.origin() + hit.t * direction), 1, hit.t};
               });
}

ColorRenderer::Sample ColorRenderer::cast_edge(const RayScene& rays, int x, int y) const {
  const auto places = places_in_pixel(scene_.has_board());
  std::array<Eigen::Vector3f, kPacket> directions;
  std::array<RayHit, kPacket> hits;
  for (size_t i = 0; i < places.size(); ++i)
    directions[i] = view_.direction(x, y, places[i].x(), places[i].y());
  rays.cast(view_.origin(), {directions.data(), places.size()}, hits);
  Sample sample;
  int hit_count = 0;
  for (size_t i = 0; i < places.size(); ++i) {
    if (hits[i].t < 0) continue;
    ++hit_count;
    sample.color += shade(hits[i], view_.origin() + hits[i].t * directions[i]);
    sample.depth = std::min(sample.depth, hits[i].t);
  }
  if (hit_count > 0) sample.color /= static_cast<float>(hit_count);
  sample.share = static_cast<float>(hit_count) / static_cast<float>(places.size());
  return sample;
}

ColorRenderer::Layer ColorRenderer::cast(const RayScene& rays, const PixelRect& rect) const {
  Layer middles(rect);
  const int bottom = rect.y + rect.height;
  tbb::parallel_for(rect.y, bottom, [&](int y) { cast_row(rays, y, middles); });
  Layer layer = middles;
  tbb::parallel_for(rect.y, bottom, [&](int y) {
    for (int x = rect.x; x < rect.x + rect.width; ++x) {
      if (middles.is_edge(x, y)) layer.at(x, y) = cast_edge(rays, x, y);
    }
  });
  return layer;
}

namespace {

/// `picture` twice or more as large, interpolated.
RgbPicture enlarged(const RgbPicture& picture, int scale) {
  RgbPicture large(picture.width_px * scale, picture.height_px * scale);
  const auto place = [&](int at, int limit) {
    const float low =
        std::max(0.0F, (static_cast<float>(at) + 0.5F) / static_cast<float>(scale) - 0.5F);
    const int index = std::min(static_cast<int>(low), limit - 1);
    return std::pair<int, float>(index, low - static_cast<float>(index));
  };
  for (int y = 0; y < large.height_px; ++y) {
    const auto [y0, ty] = place(y, picture.height_px);
    const uint8_t* above = picture.row(y0);
    const uint8_t* below = picture.row(std::min(y0 + 1, picture.height_px - 1));
    for (int x = 0; x < large.width_px; ++x) {
      const auto [x0, tx] = place(x, picture.width_px);
      const int x1 = std::min(x0 + 1, picture.width_px - 1);
      for (int c = 0; c < 3; ++c) {
        const float top = above[3 * x0 + c] * (1 - tx) + above[3 * x1 + c] * tx;
        const float bottom = below[3 * x0 + c] * (1 - tx) + below[3 * x1 + c] * tx;
        large.row(y)[3 * x + c] = static_cast<uint8_t>(top * (1 - ty) + bottom * ty + 0.5F);
      }
    }
  }
  return large;
}

}  // namespace

RgbPicture ColorRenderer::still(int scale) const {
  return scale > 1 ? enlarged(background_, scale) : background_;
}

RgbPicture ColorRenderer::frame(double phase, int scale) const {
  const RayScene moving(scene_.moving(phase));
  RgbPicture picture = background_;
  const Layer layer = cast(moving, view_.covered(moving.mesh(), 1));
  const PixelRect& rect = layer.rect;
  for (int y = rect.y; y < rect.y + rect.height; ++y) {
    for (int x = rect.x; x < rect.x + rect.width; ++x) {
      const Sample& sample = layer.at(x, y);
      const size_t behind =
          static_cast<size_t>(y) * static_cast<size_t>(picture.width_px) + static_cast<size_t>(x);
      if (sample.share == 0 || sample.depth > depth_[behind]) continue;
      uint8_t* pixel = picture.row(y) + 3 * x;
      for (int c = 0; c < 3; ++c) {
        const float mixed = sample.share * code_of(sample.color[c]) + (1 - sample.share) * pixel[c];
        pixel[c] = static_cast<uint8_t>(mixed + 0.5F);
      }
    }
  }
  return scale > 1 ? enlarged(picture, scale) : picture;
}

}  // namespace lockstep
