// SPDX-License-Identifier: MIT
#include "lockstep/fuse/color_sight.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "lockstep/transform/lens_numbers.h"

namespace lockstep {
namespace {

/// So far behind, and this share of its depth, a reading is hidden: millimetres.
constexpr int kHiddenMm = 40, kHiddenShift = 5;
constexpr uint16_t kNothing = 0xFFFF;

}  // namespace

ColorSight::ColorSight(const FusionCamera& camera, const Kernels& kernels)
    : kernels_(fuse_kernels(kernels)) {
  const CameraModel &depth = *camera.geometry.depth, &color = *camera.geometry.color;
  // Neighbours are no farther apart than a cell is wide, so that a surface leaves no cell empty.
  const double apart_px = 1.5 * std::max(color.fx_px / depth.fx_px, color.fy_px / depth.fy_px);
  job_.lens = lens_of<float>(color);
  job_.mm = motion_of<float>(camera.geometry.color_from_depth, 1000);
  job_.cells_per_px = static_cast<float>(1 / apart_px);
  job_.width = static_cast<float>(color.width_px);
  job_.height = static_cast<float>(color.height_px);
  job_.stride = static_cast<int>(std::ceil(color.width_px / apart_px)) + 3;
  rows_ = static_cast<int>(std::ceil(color.height_px / apart_px)) + 3;
  const size_t cells = static_cast<size_t>(job_.stride) * static_cast<size_t>(rows_);
  nearest_.resize(cells);
  around_.resize(cells);
}

void ColorSight::draw(const DepthCleaner& rays, const CleanDepth& clean) {
  const auto width = static_cast<size_t>(rays.width_px());
  const size_t pixels = clean.depth_mm.size();
  cell_.resize(pixels + kRowMargin);
  z_.resize(pixels + kRowMargin);
  std::fill(nearest_.begin(), nearest_.end(), kNothing);
  for (int y = 0; y < rays.height_px(); ++y) {
    const size_t first = static_cast<size_t>(y) * width;
    job_.ray_x = rays.ray_x(y);
    job_.ray_y = rays.ray_y(y);
    job_.depth = clean.depth_mm.data() + first;
    job_.count = rays.width_px();
    kernels_.cells(job_, cell_.data() + first, z_.data() + first);
    take(first, width);
  }
}

/// Neighbours mostly share a cell, and would wait for each other: so from places of a row that are
/// far apart, in turns. What is not read at both ends would all share one.
void ColorSight::take(size_t first, size_t width) {
  constexpr size_t kPlaces = 4;
  const auto is_there = [&](uint16_t z) { return z != 0; };
  const auto row = std::span(z_).subspan(first, width);
  const size_t before = static_cast<size_t>(std::ranges::find_if(row, is_there) - row.begin());
  const auto behind =
      std::find_if(row.rbegin(), row.rend() - static_cast<ptrdiff_t>(before), is_there);
  first += before;
  width = static_cast<size_t>(behind.base() - row.begin()) - before;
  const size_t apart = width / kPlaces;
  const auto one = [&](size_t i) {
    uint16_t& nearest = nearest_[static_cast<size_t>(cell_[i])];
    nearest = std::min(nearest, static_cast<uint16_t>(z_[i] - 1));
  };
  for (size_t i = first; i < first + apart; ++i) {
    for (size_t place = 0; place < kPlaces; ++place) one(i + place * apart);
  }
  for (size_t i = first + kPlaces * apart; i < first + width; ++i) one(i);
}

/// Of nine cells the nearest.
void ColorSight::spread() {
  const auto stride = static_cast<size_t>(job_.stride);
  for (size_t y = 1; y + 1 < static_cast<size_t>(rows_); ++y) {
    const uint16_t* const here = nearest_.data() + y * stride;
    kernels_.least_of_nine(here - stride, here, here + stride, job_.stride,
                           around_.data() + y * stride);
  }
}

const uint8_t* ColorSight::shown(const DepthCleaner& rays, const CleanDepth& clean) {
  draw(rays, clean);
  spread();
  const size_t pixels = clean.depth_mm.size();
  shown_.resize(pixels + kRowMargin);  // the last are worked on in whole vectors
  kernels_.shown(
      {around_.data(), cell_.data(), z_.data(), static_cast<int>(pixels), kHiddenMm, kHiddenShift},
      shown_.data());
  return shown_.data();
}

}  // namespace lockstep
