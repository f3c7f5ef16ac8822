// SPDX-License-Identifier: MIT
#include "lockstep/fuse/cloud_rows.h"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>

#include "lockstep/transform/lens_numbers.h"

namespace lockstep {
namespace {

/// The surface about a reading, from readings two pixels away.
class Normals {
 public:
  explicit Normals(const CloudPart& part) : part_(part) {}

  /// In the frame of the depth camera, towards it.
  [[nodiscard]] Eigen::Vector3f at(int x, int y) const {
    const Eigen::Vector3f across = change(x, y, 1, 0), down = change(x, y, 0, 1);
    const Eigen::Vector3f normal = down.cross(across);
    const float length = normal.norm();
    if (length > 0) return normal / length;
    return -point(x, y).normalized();
  }

 private:
  [[nodiscard]] int depth(int x, int y) const {
    const DepthCleaner& cleaner = *part_.cleaner;
    if (x < 0 || y < 0 || x >= cleaner.width_px() || y >= cleaner.height_px()) return 0;
    return part_.clean->depth_mm[static_cast<size_t>(y) * static_cast<size_t>(cleaner.width_px()) +
                                 static_cast<size_t>(x)];
  }
  [[nodiscard]] Eigen::Vector3f point(int x, int y) const {
    const Eigen::Vector3f ray(part_.cleaner->ray_x(y)[x], part_.cleaner->ray_y(y)[x], 1);
    return ray * static_cast<float>(depth(x, y));
  }
  /// The farthest of two, one and no pixels away that lies on the surface of `here`.
  [[nodiscard]] int reach(int x, int y, int dx, int dy) const {
    constexpr int kFarthest = 2, kShare = 25;  // of the depth, for each pixel
    const int here = depth(x, y);
    int reached = 0;
    for (int i = 1; i <= kFarthest; ++i) {
      const int there = depth(x + i * dx, y + i * dy);
      if (there == 0 || std::abs(there - here) * kShare > i * here) break;
      reached = i;
    }
    return reached;
  }
  [[nodiscard]] Eigen::Vector3f change(int x, int y, int dx, int dy) const {
    const int before = reach(x, y, -dx, -dy), after = reach(x, y, dx, dy);
    return point(x + after * dx, y + after * dy) - point(x - before * dx, y - before * dy);
  }

  const CloudPart& part_;
};

}  // namespace

CloudWriter::CloudWriter(const CloudPart& part, const Kernels& kernels, PointCloud& out)
    : part_(part),
      kernels_(kernels),
      out_(out),
      rig_m_(motion_of<float>(part.camera->rig_from_depth, 1)) {
  if (!out.colors.empty()) {
    color_lens_ = lens_of<float>(*part.camera->geometry.color);
    color_mm_ = motion_of<float>(part.camera->geometry.color_from_depth, 1000);
  }
  const auto room = static_cast<size_t>(kRowRoom(part.cleaner->width_px()));
  for (std::vector<float>* row : {&ray_x_, &ray_y_, &confidence_, &u_, &v_, &z_}) row->resize(room);
  columns_.resize(room);
  depth_.resize(room);
  bgra_.resize(4 * room);
}

int CloudWriter::gather(int y) {
  const auto width = static_cast<size_t>(part_.cleaner->width_px());
  const size_t first = static_cast<size_t>(y) * width;
  return fuse_kernels(kernels_).compact(
      {part_.kept->data() + first, part_.cleaner->ray_x(y), part_.cleaner->ray_y(y),
       part_.clean->packed.data() + first, static_cast<int>(width)},
      {columns_.data(), ray_x_.data(), ray_y_.data(), depth_.data(), confidence_.data()});
}

size_t CloudWriter::operator()(int y, size_t at) {
  const int count = gather(y);
  if (count == 0) return at;
  const FuseKernels& kernels = fuse_kernels(kernels_);
  kernels.place(
      {rig_m_, ray_x_.data(), ray_y_.data(), depth_.data(), count, part_.cleaner->residual_mm()},
      out_.points[at].data());
  std::copy_n(confidence_.begin(), count, out_.confidence.begin() + static_cast<ptrdiff_t>(at));
  std::fill_n(out_.cameras.begin() + static_cast<ptrdiff_t>(at), count, part_.number);
  std::fill_n(out_.instants_us.begin() + static_cast<ptrdiff_t>(at), count,
              static_cast<float>(part_.images.depth_instant_us));
  if (!out_.colors.empty()) write_colors(count, at);
  if (!out_.normals.empty()) write_normals(y, count, at);
  return at + static_cast<size_t>(count);
}

void CloudWriter::write_colors(int count, size_t at) {
  const VertexRow seen{u_.data(), v_.data(), z_.data()};
  kernels_.vertices(color_lens_, color_mm_, ray_x_.data(), ray_y_.data(), depth_.data(), count,
                    seen);
  const CameraModel& color = *part_.camera->geometry.color;
  kernels_.colors(part_.images.bgra.data(), color.width_px, color.height_px, seen, count,
                  bgra_.data());
  fuse_kernels(kernels_).rgb(bgra_.data(), count, out_.colors[at].data());
}

void CloudWriter::write_normals(int y, int count, size_t at) {
  const Normals normals(part_);
  const Eigen::Matrix3f turn = part_.camera->rig_from_depth.rotation.cast<float>();
  for (size_t i = 0; i < static_cast<size_t>(count); ++i)
    out_.normals[at + i] = turn * normals.at(columns_[i], y);
}

}  // namespace lockstep
