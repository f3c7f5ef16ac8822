// SPDX-License-Identifier: MIT
#include "lockstep/virtual/rig_core.h"

#include <algorithm>

#include "lockstep/virtual/camera_run.h"
#include "lockstep/virtual/random.h"

namespace lockstep {
namespace {

// Pulses begin when the master starts and go on for a while after it has stopped.
constexpr Nanos kAfterglow{350'000'000};
constexpr Nanos kGeneratorDelay{1'000'000'000};  // from the last armed camera to the first pulse

std::vector<CameraTraits> draw_all(const Rig& rig, const Plan& plan) {
  std::vector<CameraTraits> all;
  for (size_t i = 0; i < rig.cameras.size(); ++i) {
    all.push_back(draw_traits(rig, plan, static_cast<int>(i)));
  }
  return all;
}

}  // namespace

RigCore::RigCore(const Rig& rig_in, const Plan& plan_in, const VirtualRigOptions& options)
    : rig(rig_in),
      plan(plan_in),
      wiring(trace_cables(rig_in)),
      traits(draw_all(rig_in, plan_in)),
      line(wiring),
      clock(options.pace, options.clock_start),
      pictures(rig_in, options) {
  for (const CameraTraits& camera : traits) {
    for (const WorldFault& fault : camera.faults) {
      if (fault.kind == FaultKind::cable_pull)
        line.cut_cable(camera.index, nanos(fault.at_s * 1e9));
      if (fault.kind == FaultKind::cable_loose) line.cut_cable(camera.index, Nanos{0});
    }
  }
}

bool RigCore::acquire(int camera) {
  const MutexLock lock(mutex_);
  return open_.insert(camera).second;
}

void RigCore::release(int camera) {
  const MutexLock lock(mutex_);
  open_.erase(camera);
}

void RigCore::started(int camera, const CameraConfig& config, HostTime now) {
  const MutexLock lock(mutex_);
  running_.insert(camera);
  const auto index = static_cast<size_t>(camera);
  if (config.wired_sync == WiredSync::master) {
    for (const PulseTrain& train : CameraRun::trains_of(traits[index], config, now)) {
      line.start_train(camera, train);
    }
  }
  if (wiring[index].generator_upstream) {
    bool all = true;
    for (const CameraTraits& other : traits) {
      const bool fed = wiring[static_cast<size_t>(other.index)].generator_upstream;
      all = all && (!fed || running_.count(other.index) > 0);
    }
    const double ppm = uniform(mix_bits(rig.world->seed, 0xfeed), -2, 2);
    const double period_ns = frame_period_us(frames_per_second(config.frame_rate)) * 1e3;
    if (all) line.start_train(-1, {now + kGeneratorDelay, period_ns * (1 + ppm * 1e-6)});
  }
  clock.change();
}

void RigCore::stopped(int camera, HostTime now) {
  const MutexLock lock(mutex_);
  running_.erase(camera);
  line.end_trains(camera, now + kAfterglow);
  const bool any = std::any_of(running_.begin(), running_.end(), [&](int other) {
    return wiring[static_cast<size_t>(other)].generator_upstream;
  });
  if (wiring[static_cast<size_t>(camera)].generator_upstream && !any) line.end_trains(-1, now);
  clock.change();
}

}  // namespace lockstep
