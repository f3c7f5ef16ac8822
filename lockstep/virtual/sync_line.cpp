// SPDX-License-Identifier: MIT
#include "lockstep/virtual/sync_line.h"

#include <algorithm>
#include <cmath>

namespace lockstep {
namespace {

constexpr double kHopNs = 500;  // a subordinate repeats its sync-in about half a microsecond later
constexpr double kNever = std::numeric_limits<double>::infinity();

}  // namespace

SyncLine::SyncLine(std::vector<CameraWiring> wiring)
    : wiring_(std::move(wiring)), cut_after_s_(wiring_.size(), kNever) {}

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

void SyncLine::end_trains(int source_camera, WorldNs end_ns) {
  const MutexLock lock(mutex_);
  auto& trains = source(source_camera).trains;
  // A train that would only have begun later never comes.
  std::erase_if(trains, [&](const PulseTrain& train) { return train.start_ns > end_ns; });
  for (PulseTrain& train : trains) train.end_ns = std::min(train.end_ns, end_ns);
}

void SyncLine::cut_cable(int camera, double seconds) {
  const MutexLock lock(mutex_);
  double& cut = cut_after_s_[static_cast<size_t>(camera)];
  cut = std::min(cut, seconds);
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

WorldNs SyncLine::cut_ns(int camera, const Source& source) const {
  if (source.trains.empty()) return kNever;
  // A cut above takes the line from everybody below it.
  double cut_s = cut_after_s_[static_cast<size_t>(camera)];
  for (const int above : wiring_[static_cast<size_t>(camera)].upstream) {
    if (above == source.camera) break;
    cut_s = std::min(cut_s, cut_after_s_[static_cast<size_t>(above)]);
  }
  return source.trains.front().start_ns + cut_s * 1e9;
}

std::optional<SeenPulse> SyncLine::first_pulse(int camera, WorldNs from_ns) const {
  const MutexLock lock(mutex_);
  int hops = 0;
  const Source* from = source_of(camera, &hops);
  if (from == nullptr) return std::nullopt;
  const WorldNs cut = cut_ns(camera, *from);
  for (PulseTrain train : from->trains) {
    train.start_ns += hops * kHopNs;
    train.end_ns += hops * kHopNs;
    const double index = std::max(0.0, std::ceil((from_ns - train.start_ns) / train.period_ns));
    const SeenPulse pulse{train, static_cast<int64_t>(index)};
    const WorldNs at = train.pulse_ns(pulse.index);
    if (at <= train.end_ns && at < cut) return pulse;
  }
  return std::nullopt;
}

bool SyncLine::comes(int camera, const PulseTrain& train, int64_t index) const {
  const auto pulse = first_pulse(camera, train.pulse_ns(index) - train.period_ns / 2);
  return pulse && std::abs(pulse->train.start_ns - train.start_ns) < 1 && pulse->index == index;
}

}  // namespace lockstep
