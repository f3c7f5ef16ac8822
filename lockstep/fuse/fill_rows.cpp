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
  doubtful_.resize(room);
  choices_.resize(room);
  for (Row* row :
       {&ray_x_, &ray_y_, &looked_.z, &looked_.reading, &looked_.confidence, &looked_.least, &u_,
        &v_, &ways_.ray_x, &ways_.ray_y, &ways_.from, &ways_.to, &ways_.at})
    row->resize(room);
  bgra_.resize(4 * room);
  const auto add = [&](const FillLayer& layer) {
    opinions_.push_back({&layer, nullptr, Row(room), Row(room), Row(room)});
  };
  if (job.own != nullptr) add(*job.own);
  for (const FillLayer& other : job.others) add(other);
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
  for (size_t i = 0; i < doubts_; ++i) choices_[i] = choose(i);
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
  Row& z = opinions_.front().z;
  for (size_t x = 0; x < width_; ++x) {
    z[x] = depth_[x];
    ray_x_[x] = job_.rays.x[first + x];
    ray_y_[x] = job_.rays.y[first + x];
  }
  fuse().look(job_.own->sight, ray_x_.data(), ray_y_.data(), z.data(), static_cast<int>(width_),
              looked_.out());
  for (size_t x = 0; x < width_; ++x) {
    const bool there = depth_[x] != 0;
    camera[x] = there ? job_.own->camera : kNoCamera;
    const auto seen = static_cast<uint8_t>(std::max(1.0F, looked_.confidence[x]));
    confidence[x] = there ? seen : uint8_t{0};
  }
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

/// Drops surfaces that the camera has no clean reading of, unless what it did read lies there.
void RowFiller::drop_unread(size_t first, Opinion& opinion) {
  std::vector<size_t>& doubt = ways_.doubt;
  doubt.clear();
  for (size_t i = 0; i < doubts_; ++i) {
    if (opinion.z[i] == 0 || !is_grown(first, opinion, i)) continue;
    const size_t at = doubt.size();
    ways_.ray_x[at] = ray_x_[i];
    ways_.ray_y[at] = ray_y_[i];
    ways_.at[at] = opinion.z[i];
    doubt.push_back(i);
  }
  if (doubt.empty()) return;
  fuse().look(opinion.layer->uncleaned, ways_.ray_x.data(), ways_.ray_y.data(), ways_.at.data(),
              static_cast<int>(doubt.size()), looked_.out());
  for (size_t at = 0; at < doubt.size(); ++at) {
    const float z = looked_.z[at], reading = looked_.reading[at];
    const bool read = reading <= same_surface(z) && z <= same_surface(reading) && reading > 0;
    if (!read) opinion.z[doubt[at]] = 0;
  }
}

void RowFiller::ask(size_t first, Opinion& opinion) {
  bool some = false;
  for (size_t i = 0; i < doubts_; ++i) {
    opinion.z[i] = opinion.row[doubtful_[i]];
    some |= opinion.z[i] > 0;
  }
  if (!some) return;
  fuse().look(opinion.layer->sight, ray_x_.data(), ray_y_.data(), opinion.z.data(),
              static_cast<int>(doubts_), looked_.out());
  std::copy_n(looked_.confidence.begin(), doubts_, opinion.confidence.begin());
  if (opinion.layer == job_.own) return;
  drop_unread(first, opinion);
  drop_seen_through(opinion);
  compare_colors(first, opinion);
}

void RowFiller::drop_seen_through(Opinion& opinion) {
  for (const Opinion& other : opinions_) {
    if (other.layer == opinion.layer) continue;
    fuse().look(other.layer->sight, ray_x_.data(), ray_y_.data(), opinion.z.data(),
                static_cast<int>(doubts_), looked_.out());
    for (size_t i = 0; i < doubts_; ++i) {
      const float z = looked_.z[i];
      const bool through = looked_.least[i] > z + kThroughMm + kThroughShare * z;
      opinion.z[i] = through ? 0 : opinion.z[i];
    }
  }
}

void RowFiller::compare_colors(size_t first, Opinion& opinion) {
  const FillLayer& layer = *opinion.layer;
  if (layer.bgra == nullptr || job_.bgra == nullptr) return;  // the numbers stay 0
  for (size_t i = 0; i < doubts_; ++i) depth_[i] = static_cast<uint16_t>(opinion.z[i]);
  const VertexRow seen{u_.data(), v_.data(), looked_.z.data()};
  job_.kernels.vertices(layer.color_lens, layer.color_mm, ray_x_.data(), ray_y_.data(),
                        depth_.data(), static_cast<int>(doubts_), seen);
  job_.kernels.colors(layer.bgra, layer.color_width, layer.color_height, seen,
                      static_cast<int>(doubts_), bgra_.data());
  for (size_t i = 0; i < doubts_; ++i) {
    const uint8_t* const there = &bgra_[4 * i];
    const uint8_t* const here = job_.bgra + 4 * (first + static_cast<size_t>(doubtful_[i]));
    const int apart =
        std::abs(here[0] - there[0]) + std::abs(here[1] - there[1]) + std::abs(here[2] - there[2]);
    const bool known = (there[0] | there[1] | there[2] | there[3]) != 0;
    const float doubt = is_grown(first, opinion, i) ? kGrownDoubt : 1;
    opinion.mismatch[i] = known ? doubt * static_cast<float>(apart) / 3 : kMostElsewhere;
  }
}

/// Surface by surface from the nearest on, the one that looks most like the view; of the opinions
/// about it the own camera's, or the most confident.
RowFiller::Choice RowFiller::choose(size_t doubt) const {
  Choice result;
  float beyond = 0;
  while (true) {
    float nearest = 0;
    for (const Opinion& opinion : opinions_) {
      const float z = opinion.z[doubt];
      if (z > beyond && (nearest == 0 || z < nearest)) nearest = z;
    }
    if (nearest == 0) return result;
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
    const bool better = result.opinion == nullptr || mismatch < result.mismatch;
    if (mismatch <= kMostInShadow && better) result = {best, best->z[doubt], mismatch};
    beyond = end;
  }
}

/// Where the own depth camera reads something nearer the view may see past it: the surface stays if
/// it looks right, the more certainly the less is known about the way to it.
void RowFiller::doubt_hidden() {
  Row& z = ways_.at;
  for (size_t i = 0; i < doubts_; ++i) {
    const Opinion* const opinion = choices_[i].opinion;
    z[i] = opinion == nullptr || opinion->layer == job_.own ? 0 : choices_[i].z;
  }
  fuse().look(job_.own->sight, ray_x_.data(), ray_y_.data(), z.data(), static_cast<int>(doubts_),
              looked_.out());
  ways_.doubt.clear();
  for (size_t i = 0; i < doubts_; ++i) {
    if (z[i] == 0) continue;
    const float reading = looked_.reading[i];
    const bool hidden = reading > 0 && reading <= looked_.z[i] - kHiddenMm;
    if (!hidden) {
      if (choices_[i].mismatch > kMostElsewhere) choices_[i].opinion = nullptr;
      continue;
    }
    const float behind = reading + z[i] - looked_.z[i] + kBehindMm;
    const float from = std::max(behind, z[i] - kAlongMm), to = z[i] - kBeforeMm;
    if (choices_[i].mismatch <= kMostUnproven || from >= to) continue;
    const size_t at = ways_.doubt.size();
    ways_.from[at] = from;
    ways_.to[at] = to;
    ways_.ray_x[at] = ray_x_[i];
    ways_.ray_y[at] = ray_y_[i];
    ways_.doubt.push_back(i);
  }
  if (!ways_.doubt.empty()) walk();
}

/// Drops the surfaces to which nobody sees a free way.
void RowFiller::walk() {
  const size_t count = ways_.doubt.size();
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
    if (ways_.free[i] == 0) choices_[ways_.doubt[i]].opinion = nullptr;
  }
}

void RowFiller::write(size_t first, FilledView& out) const {
  for (size_t i = 0; i < doubts_; ++i) {
    const Opinion* const opinion = choices_[i].opinion;
    if (opinion == nullptr) continue;
    const size_t at = first + static_cast<size_t>(doubtful_[i]);
    out.depth_mm[at] = static_cast<uint16_t>(choices_[i].z);
    out.camera[at] = opinion->layer->camera;
    out.confidence[at] = static_cast<uint8_t>(std::max(1.0F, opinion->confidence[i]));
  }
}

}  // namespace lockstep
