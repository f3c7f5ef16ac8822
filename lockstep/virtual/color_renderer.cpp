// SPDX-License-Identifier: MIT
#include "lockstep/virtual/color_renderer.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "lockstep/virtual/depth_noise.h"
#include "lockstep/virtual/random.h"

namespace lockstep {
namespace {

constexpr int kRaysPerPixel = 4;
constexpr int kPixelsPerPacket = kPacket / kRaysPerPixel;
// A rotated grid, so that edges near the axes are smooth.
constexpr float kOffsets[kRaysPerPixel][2] = {
    {-0.125F, -0.375F}, {0.375F, -0.125F}, {0.125F, 0.375F}, {-0.375F, 0.125F}};

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

ColorRenderer::ColorRenderer(const Scene& scene, const RayScene& still, SensorView view)
    : scene_(scene),
      still_(still),
      view_(std::move(view)),
      background_(view_.width_px(), view_.height_px()),
      depth_(static_cast<size_t>(view_.width_px()) * static_cast<size_t>(view_.height_px())) {
  tbb::parallel_for(0, view_.height_px(), [&](int y) {
    std::array<Sample, kPixelsPerPacket> samples;
    for (int x = 0; x < view_.width_px(); x += kPixelsPerPacket) {
      const int count = std::min(kPixelsPerPacket, view_.width_px() - x);
      cast_pixels(still_, x, y, count, samples.data());
      for (int i = 0; i < count; ++i) {
        const Sample& sample = samples[static_cast<size_t>(i)];
        uint8_t* pixel = background_.row(y) + 3 * (x + i);
        for (int c = 0; c < 3; ++c) pixel[c] = code_of(sample.color[c] * sample.share);
        depth_[static_cast<size_t>(y) * static_cast<size_t>(view_.width_px()) +
               static_cast<size_t>(x + i)] = sample.depth;
      }
    }
  });
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

void ColorRenderer::cast_pixels(const RayScene& rays, int x, int y, int count,
                                Sample* samples) const {
  std::array<Eigen::Vector3f, kPacket> directions;
  std::array<RayHit, kPacket> hits;
  for (int i = 0; i < count * kRaysPerPixel; ++i) {
    const float* offset = kOffsets[i % kRaysPerPixel];
    directions[static_cast<size_t>(i)] =
        view_.direction(x + i / kRaysPerPixel, y, offset[0], offset[1]);
  }
  rays.cast(view_.origin(), {directions.data(), static_cast<size_t>(count * kRaysPerPixel)}, hits);
  for (int i = 0; i < count; ++i) {
    Sample sample;
    int hit_count = 0;
    for (int r = 0; r < kRaysPerPixel; ++r) {
      const auto at = static_cast<size_t>(i * kRaysPerPixel + r);
      const RayHit& hit = hits[at];
      if (hit.t < 0) continue;
      ++hit_count;
      sample.color += shade(hit, view_.origin() + hit.t * directions[at]);
      sample.depth = std::min(sample.depth, hit.t);
    }
    if (hit_count > 0) sample.color /= static_cast<float>(hit_count);
    sample.share = static_cast<float>(hit_count) / kRaysPerPixel;
    samples[i] = sample;
  }
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

/// Noise of the sensor: about two codes, less in the light.
void add_noise(RgbPicture& picture, uint64_t seed) {
  const auto noise = noise_numbers();
  const size_t row_length = size_t{3} * static_cast<size_t>(picture.width_px);
  for (int y = 0; y < picture.height_px; ++y) {
    const uint64_t bits = mix_bits(seed, static_cast<uint64_t>(y));
    const int16_t* draw = noise.data() + bits % (noise.size() - row_length);
    uint8_t* row = picture.row(y);
    for (size_t i = 0; i < row_length; ++i) {
      const int value = row[i];
      const int sigma_q4 = 40 - value / 16;
      row[i] = static_cast<uint8_t>(
          std::clamp(value + ((draw[i] * sigma_q4) >> (kNoiseUnitBits + 4)), 0, 255));
    }
  }
}

}  // namespace

RgbPicture ColorRenderer::frame(double phase, uint64_t noise_seed, int scale) const {
  const RayScene moving(scene_.moving(phase));
  RgbPicture picture = background_;
  const PixelRect rect = view_.covered(moving.mesh(), 1);
  std::array<Sample, kPixelsPerPacket> samples;
  for (int y = rect.y; y < rect.y + rect.height; ++y) {
    for (int x = rect.x; x < rect.x + rect.width; x += kPixelsPerPacket) {
      const int count = std::min(kPixelsPerPacket, rect.x + rect.width - x);
      cast_pixels(moving, x, y, count, samples.data());
      for (int i = 0; i < count; ++i) {
        const Sample& sample = samples[static_cast<size_t>(i)];
        const size_t at = static_cast<size_t>(y) * static_cast<size_t>(picture.width_px) +
                          static_cast<size_t>(x + i);
        if (sample.share == 0 || sample.depth > depth_[at]) continue;
        uint8_t* pixel = picture.row(y) + 3 * (x + i);
        for (int c = 0; c < 3; ++c) {
          const float mixed =
              sample.share * code_of(sample.color[c]) + (1 - sample.share) * pixel[c];
          pixel[c] = static_cast<uint8_t>(mixed + 0.5F);
        }
      }
    }
  }
  if (scale > 1) picture = enlarged(picture, scale);
  add_noise(picture, noise_seed);
  return picture;
}

}  // namespace lockstep
