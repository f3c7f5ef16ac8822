// SPDX-License-Identifier: MIT
#include "lockstep/fuse/clean_depth.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "lockstep/transform/depth_offset.h"
#include "lockstep/transform/lens_numbers.h"

namespace lockstep {
namespace {

/// A surface that is met at more than this angle is a jump.
constexpr double kSteepestTangent = 5.67;  // 80 degrees

std::vector<float> with_margins(const std::vector<float>& numbers) {
  std::vector<float> result(numbers.size() + 2 * kRowMargin);
  std::copy(numbers.begin(), numbers.end(), result.begin() + kRowMargin);
  return result;
}

/// A row of an image, of which whole vectors are read: in place, or the last one in `room`, where
/// it stays until the next.
const uint16_t* roomy_row(std::span<const uint16_t> image, size_t first, size_t width,
                          std::vector<uint16_t>& room) {
  if (first + width + kRowMargin <= image.size()) return image.data() + first;
  room.resize(width + kRowMargin);
  std::copy_n(image.data() + first, width, room.data());
  return room.data();
}

}  // namespace

DepthCleaner::DepthCleaner(const FusionCamera& camera, const Kernels& kernels)
    : kernels_(fuse_kernels(kernels)),
      width_(camera.geometry.depth->width_px),
      height_(camera.geometry.depth->height_px),
      largest_slope_(static_cast<float>(
          kSteepestTangent / std::min(camera.geometry.depth->fx_px, camera.geometry.depth->fy_px))),
      offset_mm_(static_cast<float>(camera.depth_offset_m * 1000)),
      // Readings are whole, so the sum that is cut off to round is the same for all of them.
      residual_mm_(-offset_mm_ - std::floor(0.5F - offset_mm_)),
      lens_(lens_of<float>(*camera.geometry.depth)) {
  const RayTable rays = make_ray_table(kernels, *camera.geometry.depth);
  ray_x_ = with_margins(rays.x);
  ray_y_ = with_margins(rays.y);
}

/// Three rows each of an image and of what cleaning leaves of it.
class DepthCleaner::Rows {
 public:
  Rows(const DepthCleaner& of, std::span<const uint16_t> depth)
      : of_(of),
        depth_(depth),
        room_(static_cast<size_t>(of.width_) + 2 * kRowMargin),
        numbers_(7 * room_) {
    read(0);
    read(1);
    drop(0);
  }

  /// Row `y` without mixtures, between those above and below; rows are asked for in their order.
  DepthRows at(int y) {
    read(y + 2);
    drop(y + 1);
    return {y == 0 ? none() : dropped(y - 1), dropped(y),
            y + 1 == of_.height_ ? none() : dropped(y + 1)};
  }

 private:
  float* row(size_t which) { return numbers_.data() + which * room_ + kRowMargin; }
  float* read_row(int y) { return row(static_cast<size_t>(y % 3)); }
  float* dropped(int y) { return row(3 + static_cast<size_t>(y % 3)); }
  float* none() { return row(6); }

  void read(int y) {
    if (y >= of_.height_) return;
    const uint16_t* const from =
        depth_.data() + static_cast<size_t>(y) * static_cast<size_t>(of_.width_);
    of_.kernels_.numbers(from, of_.ray_x(y), of_.width_, read_row(y));
  }
  void drop(int y) {
    if (y >= of_.height_) return;
    of_.kernels_.drop_mixed({y == 0 ? none() : read_row(y - 1), read_row(y),
                             y + 1 == of_.height_ ? none() : read_row(y + 1)},
                            of_.width_, of_.largest_slope_, dropped(y));
  }

  const DepthCleaner& of_;
  const std::span<const uint16_t> depth_;
  const size_t room_;
  std::vector<float> numbers_;
};

bool DepthCleaner::fits(const FusionImages& images) const {
  const size_t pixels = static_cast<size_t>(width_) * static_cast<size_t>(height_);
  return (images.depth_mm.empty() || images.depth_mm.size() == pixels) &&
         (images.infrared.empty() || images.infrared.size() == pixels);
}

void DepthCleaner::clean(const FusionImages& images, CleanDepth& out) const {
  const auto width = static_cast<size_t>(width_);
  const size_t pixels = width * static_cast<size_t>(height_);
  // The last row is worked on in whole vectors.
  out.depth_mm.resize(pixels + kRowMargin);
  out.confidence.resize(pixels + kRowMargin);
  std::vector<uint16_t> last;
  Rows rows(*this, images.depth_mm);
  for (int y = 0; y < height_; ++y) {
    const size_t first = static_cast<size_t>(y) * width;
    RateJob job{};
    job.depth = rows.at(y);
    job.ray_x = ray_x(y);
    job.ray_y = ray_y(y);
    job.ray_y_above = ray_y(std::max(0, y - 1));
    job.ray_y_below = ray_y(std::min(height_ - 1, y + 1));
    if (!images.infrared.empty()) job.infrared = roomy_row(images.infrared, first, width, last);
    job.count = width_;
    job.largest_slope = largest_slope_;
    job.offset_mm = offset_mm_;
    kernels_.rate(job, out.depth_mm.data() + first, out.confidence.data() + first);
  }
  out.depth_mm.resize(pixels);
  out.confidence.resize(pixels);
  pack(out);
}

void DepthCleaner::pack(CleanDepth& out) const {
  const auto width = static_cast<size_t>(width_);
  const auto rows = static_cast<size_t>(height_);
  out.packed.resize(width * rows + kRowMargin);
  std::vector<uint16_t> least(width);
  for (size_t y = 0; y < rows; ++y) {
    const uint16_t* const here = out.depth_mm.data() + y * width;
    if (y == 0 || y + 1 == rows)
      std::fill(least.begin(), least.end(), uint16_t{0});
    else
      kernels_.least_of_nine(here - width, here, here + width, width_, least.data());
    kernels_.pack(here, out.confidence.data() + y * width, least.data(), width_,
                  out.packed.data() + y * width);
  }
}

void DepthCleaner::pack_uncleaned(const FusionImages& images,
                                  std::vector<PackedReading>& out) const {
  const int shift_mm = depth_shift_mm(offset_mm_);
  out.resize(images.depth_mm.size());
  for (size_t i = 0; i < out.size(); ++i) out[i] = shifted_depth(images.depth_mm[i], shift_mm);
}

void DepthCleaner::smooth(const CleanDepth& clean, std::vector<uint16_t>& out) const {
  const auto width = static_cast<size_t>(width_);
  const auto rows = static_cast<size_t>(height_);
  const auto padded = [&](size_t y, std::vector<uint16_t>& row) {
    std::copy_n(clean.depth_mm.data() + y * width, width, row.begin() + kRowMargin);
  };
  std::vector<uint16_t> above(width + 2 * kRowMargin), here = above, below = above;
  out.resize(width * rows + kRowMargin);
  padded(0, here);
  for (size_t y = 0; y < rows; ++y) {
    if (y + 1 < rows)
      padded(y + 1, below);
    else
      std::fill(below.begin(), below.end(), uint16_t{0});
    kernels_.smooth(above.data() + kRowMargin, here.data() + kRowMargin, below.data() + kRowMargin,
                    width_, largest_slope_, out.data() + y * width);
    std::swap(above, here);
    std::swap(here, below);
  }
  out.resize(width * rows);
}

DepthSight DepthCleaner::sight_from(const RigidTransform& depth_from_view) const {
  DepthSight sight{};
  sight.lens = lens_;
  sight.mm = motion_of<float>(depth_from_view, 1000);
  sight.width = width_;
  sight.height = height_;
  return sight;
}

}  // namespace lockstep
