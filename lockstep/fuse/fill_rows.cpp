// SPDX-License-Identifier: MIT
#include "lockstep/fuse/fill_rows.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <tuple>

namespace lockstep {
namespace {

/// As the kernel that chooses has it.
float same_surface(float z) {
  return z + static_cast<float>(kSameSurfaceMm) + z / (1 << kSameSurfaceShift);
}

// Mismatches of colour (mean of the channels, of 255) up to which a surface of another camera
// counts.
constexpr float kMostInShadow = 60;  ///< what the own depth camera cannot see, and the way is free
constexpr float kMostUnproven = 8;   ///< the same, when nobody knows whether the way is free
constexpr float kMostElsewhere = 33;
/// What counts only because cleaning may have taken it has to look so many times more alike.
constexpr float kGrownDoubt = 2;
/// Of a surface that the own camera saw, where nobody can compare.
constexpr float kOwnMismatch = 20;

// The way to a surface that the own depth camera cannot see, millimetres.
constexpr float kHiddenMm = 50;   ///< so far behind what that camera reads the surface is hidden
constexpr float kBehindMm = 200;  ///< the way begins so far behind it,
constexpr float kAlongMm = 250;   ///< no farther than this from the surface,
constexpr float kBeforeMm = 60;   ///< and ends before it
constexpr float kClearMm = 15;    ///< who reads so much farther sees that there is nothing
constexpr int kStops = 6;         ///< places of the way that are looked at

}  // namespace

RowFiller::RowFiller(const FillJob& job)
    : job_(job), width_(static_cast<size_t>(job.rays.width_px)), layers_(job.others.size()) {
  const auto room = static_cast<size_t>(kRowRoom(job.rays.width_px));
  depth_.resize(room);
  for (std::vector<int32_t>* row : {&doubtful_, &chosen_, &several_, &ways_.doubt})
    row->resize(room);
  for (Row* row : {&ray_x_, &ray_y_, &doubt_, &z_, &mismatch_, &looked_.z, &looked_.reading,
                   &looked_.confidence, &looked_.least, &u_, &v_, &ways_.ray_x, &ways_.ray_y,
                   &ways_.from, &ways_.to, &ways_.at})
    row->resize(room);
  bgra_.resize(4 * room);
  const auto add = [&](const FillLayer& layer) {
    opinions_.push_back({&layer, nullptr, Row(room), Row(room), Row(room)});
  };
  if (job.own != nullptr) add(*job.own);
  for (const FillLayer& other : job.others) add(other);
  for (const Opinion& opinion : opinions_) {
    said_z_.push_back(opinion.z.data());
    said_mismatch_.push_back(opinion.mismatch.data());
  }
  grown_.resize(layers_.size());
  for (size_t i = 0; i < layers_.size(); ++i) {
    grown_[i].resize(room);
    layers_[i] = grown_[i].data();
  }
}

void RowFiller::operator()(int y, FilledView& out) {
  const size_t first = static_cast<size_t>(y) * width_;
  grow(y);
  ChooseJob choice{};
  choice.own = job_.own == nullptr ? nullptr : job_.own->depth_mm + first;
  choice.others = layers_.data();
  choice.other_count = static_cast<int>(layers_.size());
  choice.count = static_cast<int>(width_);
  choice.depth = depth_.data();
  choice.doubtful = doubtful_.data();
  doubts_ = static_cast<size_t>(fuse().choose(choice));
  std::copy_n(depth_.begin(), width_, out.depth_mm.begin() + static_cast<ptrdiff_t>(first));
  rate_own(first, out);
  if (doubts_ == 0) return;
  for (size_t i = 0; i < doubts_; ++i) {
    const size_t at = first + static_cast<size_t>(doubtful_[i]);
    ray_x_[i] = job_.rays.x[at];
    ray_y_[i] = job_.rays.y[at];
  }
  for (size_t i = 0; i < opinions_.size(); ++i) {
    const bool own = opinions_[i].layer == job_.own;
    opinions_[i].row = own ? choice.own : layers_[i - (opinions_.size() - layers_.size())];
    ask(first, opinions_[i]);
  }
  settle();
  if (job_.own != nullptr && job_.bgra != nullptr) doubt_hidden();
  write(first, out);
}

void RowFiller::rate_own(size_t first, FilledView& out) {
  uint8_t* const camera = out.camera.data() + first;
  uint8_t* const confidence = out.confidence.data() + first;
  if (job_.own == nullptr) {
    std::fill_n(camera, width_, kNoCamera);
    std::fill_n(confidence, width_, uint8_t{0});
    return;
  }
  if (job_.own->confidence != nullptr) {
    for (size_t x = 0; x < width_; ++x) {
      camera[x] = depth_[x] != 0 ? job_.own->camera : kNoCamera;
      confidence[x] = depth_[x] != 0 ? job_.own->confidence[first + x] : uint8_t{0};
    }
    return;
  }
  const float *ray_x = job_.rays.x.data() + first, *ray_y = job_.rays.y.data() + first;
  if (first + width_ == job_.rays.x.size()) {  // whole vectors are read, and nothing is behind it
    std::copy_n(ray_x, width_, ray_x_.data());
    std::copy_n(ray_y, width_, ray_y_.data());
    ray_x = ray_x_.data();
    ray_y = ray_y_.data();
  }
  fuse().rate_own(job_.own->sight,
                  {ray_x, ray_y, depth_.data(), static_cast<int>(width_), job_.own->camera}, camera,
                  confidence);
}

/// Cleaning takes away what lies along the edge of something nearer. A pixel is given back to every
/// layer all around: what the camera did not read there is dropped later.
void RowFiller::grow(int y) {
  const int last = job_.rays.height_px - 1;
  for (size_t i = 0; i < layers_.size(); ++i) {
    const auto row = [&](int at) {
      return job_.others[i].depth_mm + static_cast<size_t>(std::clamp(at, 0, last)) * width_;
    };
    fuse().grow(row(y - 1), row(y), row(y + 1), static_cast<int>(width_), grown_[i].data());
  }
}

void RowFiller::ask(size_t first, Opinion& opinion) {
  const auto count = static_cast<int>(doubts_);
  const PickJob job{opinion.layer->depth_mm + first, opinion.row, doubtful_.data(), count,
                    kGrownDoubt};
  if (!fuse().pick(job, opinion.z.data(), doubt_.data())) return;
  fuse().look(opinion.layer->sight, ray_x_.data(), ray_y_.data(), opinion.z.data(), count,
              looked_.out());
  std::copy_n(looked_.confidence.begin(), doubts_, opinion.confidence.begin());
  if (opinion.layer == job_.own) return;
  drop_unread(opinion);
  for (const Opinion& other : opinions_) {
    if (other.layer != opinion.layer)
      fuse().drop_seen_through(other.layer->sight, ray_x_.data(), ray_y_.data(), opinion.z.data(),
                               count);
  }
  compare_colors(first, opinion);
}

/// Drops surfaces that the camera has no clean reading of, unless what it did read lies there.
void RowFiller::drop_unread(Opinion& opinion) {
  size_t count = 0;
  for (size_t i = 0; i < doubts_; ++i) {
    // Every doubt is written, and kept if the next one does not replace it.
    ways_.doubt[count] = static_cast<int32_t>(i);
    count += static_cast<size_t>(opinion.z[i] > 0 && doubt_[i] > 1);
  }
  if (count == 0) return;
  for (size_t at = 0; at < count; ++at) {
    const auto i = static_cast<size_t>(ways_.doubt[at]);
    ways_.ray_x[at] = ray_x_[i];
    ways_.ray_y[at] = ray_y_[i];
    ways_.at[at] = opinion.z[i];
  }
  fuse().look(opinion.layer->uncleaned, ways_.ray_x.data(), ways_.ray_y.data(), ways_.at.data(),
              static_cast<int>(count), looked_.out());
  for (size_t at = 0; at < count; ++at) {
    const float z = looked_.z[at], reading = looked_.reading[at];
    const bool read = reading <= same_surface(z) && z <= same_surface(reading) && reading > 0;
    if (!read) opinion.z[static_cast<size_t>(ways_.doubt[at])] = 0;
  }
}

void RowFiller::compare_colors(size_t first, Opinion& opinion) {
  const FillLayer& layer = *opinion.layer;
  if (layer.bgra == nullptr || job_.bgra == nullptr) return;  // the numbers stay 0
  for (size_t i = 0; i < doubts_; ++i) depth_[i] = static_cast<uint16_t>(opinion.z[i]);
  const auto count = static_cast<int>(doubts_);
  const VertexRow seen{u_.data(), v_.data(), looked_.z.data()};
  job_.kernels.vertices(layer.color_lens, layer.color_mm, ray_x_.data(), ray_y_.data(),
                        depth_.data(), count, seen);
  job_.kernels.colors(layer.bgra, layer.color_width, layer.color_height, seen, count, bgra_.data());
  fuse().compare(
      {job_.bgra + 4 * first, doubtful_.data(), bgra_.data(), doubt_.data(), count, kMostElsewhere},
      opinion.mismatch.data());
}

void RowFiller::settle() {
  SettleJob job{};
  job.z = said_z_.data();
  job.mismatch = said_mismatch_.data();
  job.opinions = static_cast<int>(opinions_.size());
  job.own = job_.own == nullptr ? -1 : 0;
  job.count = static_cast<int>(doubts_);
  job.own_mismatch = kOwnMismatch;
  job.most_mismatch = kMostInShadow;
  const auto several = static_cast<size_t>(
      fuse().settle(job, {chosen_.data(), z_.data(), mismatch_.data()}, several_.data()));
  for (size_t i = 0; i < several; ++i) choose(static_cast<size_t>(several_[i]));
}

/// Surface by surface from the nearest on, the one that looks most like the view; of the opinions
/// about it the own camera's, or the most confident.
void RowFiller::choose(size_t doubt) {
  chosen_[doubt] = -1;
  float beyond = 0;
  while (true) {
    float nearest = 0;
    for (const Opinion& opinion : opinions_) {
      const float z = opinion.z[doubt];
      if (z > beyond && (nearest == 0 || z < nearest)) nearest = z;
    }
    if (nearest == 0) return;
    const float end = same_surface(nearest);
    const Opinion* best = nullptr;
    float mismatch = kMostInShadow + 1;
    const auto worth = [&](const Opinion& opinion) {
      return std::tuple(opinion.layer == job_.own, opinion.confidence[doubt], -opinion.z[doubt]);
    };
    for (const Opinion& opinion : opinions_) {
      if (opinion.z[doubt] <= beyond || opinion.z[doubt] > end) continue;
      if (best == nullptr || worth(opinion) > worth(*best)) best = &opinion;
      if (opinion.layer != job_.own) mismatch = std::min(mismatch, opinion.mismatch[doubt]);
    }
    if (best->layer == job_.own && mismatch > kMostInShadow) mismatch = kOwnMismatch;
    if (mismatch <= kMostInShadow && (chosen_[doubt] < 0 || mismatch < mismatch_[doubt])) {
      chosen_[doubt] = static_cast<int32_t>(best - opinions_.data());
      z_[doubt] = best->z[doubt];
      mismatch_[doubt] = mismatch;
    }
    beyond = end;
  }
}

/// Where the own depth camera reads something nearer the view may see past it: the surface stays if
/// it looks right, the more certainly the less is known about the way to it.
void RowFiller::doubt_hidden() {
  Row& z = ways_.at;
  for (size_t i = 0; i < doubts_; ++i) z[i] = chosen_[i] > 0 ? z_[i] : 0;  // 0 is the own camera's
  fuse().look(job_.own->sight, ray_x_.data(), ray_y_.data(), z.data(), static_cast<int>(doubts_),
              looked_.out());
  size_t count = 0;
  for (size_t i = 0; i < doubts_; ++i) {
    if (z[i] == 0) continue;
    const float reading = looked_.reading[i];
    const bool hidden = reading > 0 && reading <= looked_.z[i] - kHiddenMm;
    if (!hidden) {
      if (mismatch_[i] > kMostElsewhere) chosen_[i] = -1;
      continue;
    }
    const float behind = reading + z[i] - looked_.z[i] + kBehindMm;
    const float from = std::max(behind, z[i] - kAlongMm), to = z[i] - kBeforeMm;
    if (mismatch_[i] <= kMostUnproven || from >= to) continue;
    ways_.from[count] = from;
    ways_.to[count] = to;
    ways_.ray_x[count] = ray_x_[i];
    ways_.ray_y[count] = ray_y_[i];
    ways_.doubt[count++] = static_cast<int32_t>(i);
  }
  if (count > 0) walk(count);
}

/// Drops the surfaces to which nobody sees a free way.
void RowFiller::walk(size_t count) {
  ways_.free.assign(count, 1);
  for (int stop = 0; stop < kStops; ++stop) {
    const float share = static_cast<float>(stop) / (kStops - 1);
    for (size_t i = 0; i < count; ++i)
      ways_.at[i] = ways_.from[i] + (ways_.to[i] - ways_.from[i]) * share;
    ways_.free_here.assign(count, 0);
    for (const Opinion& opinion : opinions_) {
      fuse().look(opinion.layer->sight, ways_.ray_x.data(), ways_.ray_y.data(), ways_.at.data(),
                  static_cast<int>(count), looked_.out());
      for (size_t i = 0; i < count; ++i)
        ways_.free_here[i] |= static_cast<uint8_t>(looked_.reading[i] > looked_.z[i] + kClearMm);
    }
    for (size_t i = 0; i < count; ++i) ways_.free[i] &= ways_.free_here[i];
  }
  for (size_t i = 0; i < count; ++i) {
    if (ways_.free[i] == 0) chosen_[static_cast<size_t>(ways_.doubt[i])] = -1;
  }
}

void RowFiller::write(size_t first, FilledView& out) const {
  for (size_t i = 0; i < doubts_; ++i) {
    if (chosen_[i] < 0) continue;
    const Opinion& opinion = opinions_[static_cast<size_t>(chosen_[i])];
    const size_t at = first + static_cast<size_t>(doubtful_[i]);
    out.depth_mm[at] = static_cast<uint16_t>(z_[i]);
    out.camera[at] = opinion.layer->camera;
    out.confidence[at] = static_cast<uint8_t>(std::max(1.0F, opinion.confidence[i]));
  }
}

}  // namespace lockstep
