// SPDX-License-Identifier: MIT
#include "lockstep/virtual/sync_line.h"

#include <algorithm>
#include <utility>

namespace lockstep {
namespace {

constexpr Nanos kHop{500};  // a subordinate repeats its sync-in about half a microsecond later

std::optional<Nanos> earlier(std::optional<Nanos> a, std::optional<Nanos> b) {
  return a && b ? std::min(*a, *b) : a ? a : b;
}

}  // namespace

SyncLine::SyncLine(std::vector<CameraWiring> wiring)
    : wiring_(std::move(wiring)), cut_after_(wiring_.size()) {
  state_.cameras.resize(wiring_.size());
}

void SyncLine::show(RigState state) {
  const MutexLock lock(mutex_);
  state_ = std::move(state);
}

void SyncLine::cut_cable(int camera, Nanos after) {
  const MutexLock lock(mutex_);
  auto& cut = cut_after_[static_cast<size_t>(camera)];
  cut = earlier(cut, after);
}

std::optional<SeenPulse> SyncLine::first_of(const SourceTrains& source, int hops,
                                            std::optional<Nanos> cut, HostTime from) {
  const HostTime last = cut ? source.first + *cut : kNever;
  for (PulseTrain train : source) {
    train.start += hops * kHop;
    train.end += hops * kHop;
    const auto since_start_ns = static_cast<double>((from - train.start).count());
    SeenPulse pulse{train,
                    std::max<int64_t>(0, static_cast<int64_t>(since_start_ns / train.period_ns))};
    while (train.pulse(pulse.index) < from) ++pulse.index;
    const HostTime at = train.pulse(pulse.index);
    if (at <= train.end && at < last) return pulse;
  }
  return std::nullopt;
}

std::optional<SeenPulse> SyncLine::first_pulse(int camera, HostTime from) const {
  const MutexLock lock(mutex_);
  const CameraWiring& wiring = wiring_[static_cast<size_t>(camera)];
  // A cut takes the line from everybody below it. Whoever repeats may have been a source before.
  std::optional<Nanos> cut = cut_after_[static_cast<size_t>(camera)];
  std::optional<SeenPulse> first;
  const auto ask = [&](const SourceTrains& source, int hops) {
    const auto pulse = first_of(source, hops, cut, from);
    if (pulse && (!first || pulse->train.pulse(pulse->index) < first->train.pulse(first->index)))
      first = pulse;
  };
  int hops = 0;
  for (const int above : wiring.upstream) {
    ask(state_.cameras[static_cast<size_t>(above)].pulses, hops++);
    cut = earlier(cut, cut_after_[static_cast<size_t>(above)]);
  }
  if (wiring.generator_upstream) ask(state_.generator, hops);
  return first;
}

bool SyncLine::comes(int camera, const PulseTrain& train, int64_t index) const {
  const auto pulse = first_pulse(camera, train.pulse(index) - nanos(train.period_ns / 2));
  return pulse && pulse->train.start == train.start && pulse->index == index;
}

}  // namespace lockstep
