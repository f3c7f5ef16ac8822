// SPDX-License-Identifier: MIT
#include "lockstep/virtual/sync_line.h"

#include <algorithm>

namespace lockstep {
namespace {

constexpr Nanos kHop{500};  // a subordinate repeats its sync-in about half a microsecond later

std::optional<Nanos> earlier(std::optional<Nanos> a, std::optional<Nanos> b) {
  return a && b ? std::min(*a, *b) : a ? a : b;
}

}  // namespace

SyncLine::SyncLine(std::vector<CameraWiring> wiring)
    : wiring_(std::move(wiring)), cut_after_(wiring_.size()) {}

SyncLine::Source& SyncLine::source(int camera) {
  for (Source& known : sources_) {
    if (known.camera == camera) return known;
  }
  sources_.push_back({camera, {}});
  return sources_.back();
}

void SyncLine::start_train(int source_camera, PulseTrain train) {
  const MutexLock lock(mutex_);
  source(source_camera).trains.push_back(train);
}

void SyncLine::end_trains(int source_camera, HostTime end) {
  const MutexLock lock(mutex_);
  auto& trains = source(source_camera).trains;
  // A train that would only have begun later never comes.
  std::erase_if(trains, [&](const PulseTrain& train) { return train.start > end; });
  for (PulseTrain& train : trains) train.end = std::min(train.end, end);
}

void SyncLine::cut_cable(int camera, Nanos after) {
  const MutexLock lock(mutex_);
  auto& cut = cut_after_[static_cast<size_t>(camera)];
  cut = earlier(cut, after);
}

const SyncLine::Source* SyncLine::source_of(int camera, int* hops) const {
  const CameraWiring& wiring = wiring_[static_cast<size_t>(camera)];
  *hops = 0;
  for (const int above : wiring.upstream) {
    for (const Source& known : sources_) {
      if (known.camera == above) return &known;
    }
    ++*hops;
  }
  if (!wiring.generator_upstream) return nullptr;
  for (const Source& known : sources_) {
    if (known.camera == -1) return &known;
  }
  return nullptr;
}

HostTime SyncLine::cut_time(int camera, const Source& source) const {
  if (source.trains.empty()) return kNever;
  // A cut above takes the line from everybody below it.
  std::optional<Nanos> cut = cut_after_[static_cast<size_t>(camera)];
  for (const int above : wiring_[static_cast<size_t>(camera)].upstream) {
    if (above == source.camera) break;
    cut = earlier(cut, cut_after_[static_cast<size_t>(above)]);
  }
  return cut ? source.trains.front().start + *cut : kNever;
}

std::optional<SeenPulse> SyncLine::first_pulse(int camera, HostTime from) const {
  const MutexLock lock(mutex_);
  int hops = 0;
  const Source* source = source_of(camera, &hops);
  if (source == nullptr) return std::nullopt;
  const HostTime cut = cut_time(camera, *source);
  for (PulseTrain train : source->trains) {
    train.start += hops * kHop;
    train.end += hops * kHop;
    const auto since_start_ns = static_cast<double>((from - train.start).count());
    SeenPulse pulse{train,
                    std::max<int64_t>(0, static_cast<int64_t>(since_start_ns / train.period_ns))};
    while (train.pulse(pulse.index) < from) ++pulse.index;
    const HostTime at = train.pulse(pulse.index);
    if (at <= train.end && at < cut) return pulse;
  }
  return std::nullopt;
}

bool SyncLine::comes(int camera, const PulseTrain& train, int64_t index) const {
  const auto pulse = first_pulse(camera, train.pulse(index) - nanos(train.period_ns / 2));
  return pulse && pulse->train.start == train.start && pulse->index == index;
}

}  // namespace lockstep
