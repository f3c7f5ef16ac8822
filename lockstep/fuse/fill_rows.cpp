// SPDX-License-Identifier: MIT
#include "lockstep/fuse/fill_rows.h"

#include <algorithm>
#include <utility>

namespace lockstep {
namespace {

/// As the kernel that chooses has it.
float same_surface(float z) {
  return z + static_cast<float>(kSameSurfaceMm) + z / (1 << kSameSurfaceShift);
}

}  // namespace

RowFiller::RowFiller(const FillJob& job)
    : job_(job), width_(static_cast<size_t>(job.rays.width_px)), layers_(job.others.size()) {
  const auto room = static_cast<size_t>(kRowRoom(job.rays.width_px));
  depth_.resize(room);
  doubtful_.resize(room);
  for (Row* row :
       {&ray_x_, &ray_y_, &looked_.z, &looked_.reading, &looked_.confidence, &looked_.least})
    row->resize(room);
  if (job.own != nullptr) opinions_.push_back({job.own, Row(room), Row(room)});
  for (const FillLayer& other : job.others) opinions_.push_back({&other, Row(room), Row(room)});
}

void RowFiller::operator()(int y, FilledView& out) {
  const size_t first = static_cast<size_t>(y) * width_;
  for (size_t i = 0; i < layers_.size(); ++i) layers_[i] = job_.others[i].depth_mm + first;
  ChooseJob choice{};
  choice.own = job_.own == nullptr ? nullptr : job_.own->depth_mm + first;
  choice.others = layers_.data();
  choice.other_count = static_cast<int>(layers_.size());
  choice.count = static_cast<int>(width_);
  choice.depth = depth_.data();
  choice.doubtful = doubtful_.data();
  const int doubtful = job_.kernels.choose(choice);
  std::copy_n(depth_.begin(), width_, out.depth_mm.begin() + static_cast<ptrdiff_t>(first));
  rate_own(first, out);
  if (doubtful > 0) decide(first, doubtful, out);
}

void RowFiller::rate_own(size_t first, FilledView& out) {
  uint8_t* const camera = out.camera.data() + first;
  uint8_t* const confidence = out.confidence.data() + first;
  if (job_.own == nullptr) {
    std::fill_n(camera, width_, kNoCamera);
    std::fill_n(confidence, width_, uint8_t{0});
    return;
  }
  Row& z = opinions_.front().z;
  for (size_t x = 0; x < width_; ++x) {
    z[x] = depth_[x];
    ray_x_[x] = job_.rays.x[first + x];
    ray_y_[x] = job_.rays.y[first + x];
  }
  job_.kernels.look(job_.own->sight, ray_x_.data(), ray_y_.data(), z.data(),
                    static_cast<int>(width_), looked_.out());
  for (size_t x = 0; x < width_; ++x) {
    const bool there = depth_[x] != 0;
    camera[x] = there ? job_.own->camera : kNoCamera;
    const auto seen = static_cast<uint8_t>(std::max(1.0F, looked_.confidence[x]));
    confidence[x] = there ? seen : uint8_t{0};
  }
}

void RowFiller::ask(size_t first, int doubtful, Opinion& opinion) {
  const auto count = static_cast<size_t>(doubtful);
  for (size_t i = 0; i < count; ++i)
    opinion.z[i] = opinion.layer->depth_mm[first + static_cast<size_t>(doubtful_[i])];
  job_.kernels.look(opinion.layer->sight, ray_x_.data(), ray_y_.data(), opinion.z.data(), doubtful,
                    looked_.out());
  std::copy_n(looked_.confidence.begin(), count, opinion.confidence.begin());
  if (opinion.layer == job_.own) return;
  for (const Opinion& other : opinions_) {
    if (other.layer == opinion.layer) continue;
    job_.kernels.look(other.layer->sight, ray_x_.data(), ray_y_.data(), opinion.z.data(), doubtful,
                      looked_.out());
    for (size_t i = 0; i < count; ++i) {
      const float z = looked_.z[i];
      const bool through = looked_.least[i] > z + kThroughMm + kThroughShare * z;
      opinion.z[i] = through ? 0 : opinion.z[i];
    }
  }
}

void RowFiller::decide(size_t first, int doubtful, FilledView& out) {
  const auto count = static_cast<size_t>(doubtful);
  for (size_t i = 0; i < count; ++i) {
    const size_t at = first + static_cast<size_t>(doubtful_[i]);
    ray_x_[i] = job_.rays.x[at];
    ray_y_[i] = job_.rays.y[at];
  }
  for (Opinion& opinion : opinions_) ask(first, doubtful, opinion);
  for (size_t i = 0; i < count; ++i) {
    float nearest = 0;
    for (const Opinion& opinion : opinions_) {
      if (opinion.z[i] > 0 && (nearest == 0 || opinion.z[i] < nearest)) nearest = opinion.z[i];
    }
    const Opinion* best = nullptr;
    for (const Opinion& opinion : opinions_) {
      if (opinion.z[i] == 0 || opinion.z[i] > same_surface(nearest)) continue;
      if (best == nullptr || std::pair(opinion.confidence[i], -opinion.z[i]) >
                                 std::pair(best->confidence[i], -best->z[i]))
        best = &opinion;
      if (opinion.layer == job_.own) break;
    }
    if (best == nullptr) continue;
    const size_t at = first + static_cast<size_t>(doubtful_[i]);
    out.depth_mm[at] = static_cast<uint16_t>(best->z[i]);
    out.camera[at] = best->layer->camera;
    out.confidence[at] = static_cast<uint8_t>(std::max(1.0F, best->confidence[i]));
  }
}

}  // namespace lockstep
