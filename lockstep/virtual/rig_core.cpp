// SPDX-License-Identifier: MIT
#include "lockstep/virtual/rig_core.h"

#include <algorithm>

#include "lockstep/virtual/camera_run.h"
#include "lockstep/virtual/random.h"

namespace lockstep {
namespace {

constexpr Nanos kGeneratorDelay{1'000'000'000};  // from the last armed camera to the first pulse
// How soon somebody who waits for a pulse learns of one from another process, and how soon it is
// found that a process has been killed.
constexpr Nanos kLook{2'000'000};
constexpr Nanos kSweep{50'000'000};

std::vector<CameraTraits> draw_all(const Rig& rig, const Plan& plan) {
  std::vector<CameraTraits> all;
  for (size_t i = 0; i < rig.cameras.size(); ++i) {
    all.push_back(draw_traits(rig, plan, static_cast<int>(i)));
  }
  return all;
}

bool is_fed(const CameraWiring& wiring) {
  return wiring.generator_upstream;
}

}  // namespace

RigCore::RigCore(const Rig& rig_in, const Plan& plan_in, const VirtualRigOptions& options,
                 std::unique_ptr<RigMemory> memory)
    : rig(rig_in),
      plan(plan_in),
      wiring(trace_cables(rig_in)),
      traits(draw_all(rig_in, plan_in)),
      line(wiring),
      clock(options.pace, options.clock_start),
      pictures(rig_in, options),
      memory_(std::move(memory)) {
  state_.cameras.resize(rig.cameras.size());
  for (const CameraTraits& camera : traits) {
    for (const WorldFault& fault : camera.faults) {
      if (fault.kind == FaultKind::cable_pull)
        line.cut_cable(camera.index, nanos(fault.at_s * 1e9));
      if (fault.kind == FaultKind::cable_loose) line.cut_cable(camera.index, Nanos{0});
    }
  }
}

bool RigCore::acquire(int camera) {
  if (!memory_->acquire(camera, clock.now())) return false;
  catch_up();
  return true;
}

void RigCore::started(int camera, const CameraConfig& config, HostTime now) {
  const auto index = static_cast<size_t>(camera);
  const double ppm = uniform(mix_bits(rig.world->seed, 0xfeed), -2, 2);
  const double period_ns = frame_period_us(frames_per_second(config.frame_rate)) * 1e3;
  change([&](RigState& state) {
    CameraMemory& own = state.cameras[index];
    if (is_fed(wiring[index]) && fed_and_running(state) == 0) state.generator.finish(now);
    own.running = 1;
    if (config.wired_sync == WiredSync::master) {
      for (const PulseTrain& train : CameraRun::trains_of(traits[index], config, now))
        own.pulses.add(train);
    }
    if (!is_fed(wiring[index])) return;
    const bool on = !state.generator.empty() && (state.generator.end() - 1)->end == kNever;
    const auto fed = std::count_if(wiring.begin(), wiring.end(), is_fed);
    if (on || fed_and_running(state) < fed) return;
    state.generator.add({now + kGeneratorDelay, period_ns * (1 + ppm * 1e-6)});
  });
}

int64_t RigCore::fed_and_running(const RigState& state) const {
  int64_t count = 0;
  for (size_t i = 0; i < wiring.size(); ++i)
    count += is_fed(wiring[i]) && state.cameras[i].running != 0 ? 1 : 0;
  return count;
}

void RigCore::stopped(int camera, HostTime now) {
  const auto index = static_cast<size_t>(camera);
  change([&](RigState& state) {
    state.cameras[index].running = 0;
    state.cameras[index].pulses.finish(now + kAfterglow);
    if (is_fed(wiring[index]) && fed_and_running(state) == 0) state.generator.finish(now);
  });
}

Nanos RigCore::catch_up() {
  const MutexLock lock(mutex_);
  if (const HostTime now = clock.now(); memory_->is_shared() && now - swept_ >= kSweep) {
    swept_ = now;
    memory_->sweep(now);
  }
  show();
  return memory_->is_shared() ? kLook : Nanos(kNever.time_since_epoch());
}

HostTime RigCore::clock_zero(int camera) {
  const MutexLock lock(mutex_);
  show();
  return state_.cameras[static_cast<size_t>(camera)].clock_zero;
}

void RigCore::set_clock_zero(int camera, HostTime zero) {
  change([&](RigState& state) { state.cameras[static_cast<size_t>(camera)].clock_zero = zero; });
}

ColorControls RigCore::color_controls(int camera) {
  const MutexLock lock(mutex_);
  show();
  return state_.cameras[static_cast<size_t>(camera)].color;
}

void RigCore::set_color_control(int camera, size_t control, const ColorControl& value) {
  change(
      [&](RigState& state) { state.cameras[static_cast<size_t>(camera)].color[control] = value; });
}

void RigCore::change(const std::function<void(RigState&)>& change) {
  {
    const MutexLock lock(mutex_);
    memory_->change(change);
    show();
  }
  clock.change();
}

void RigCore::show() {
  auto state = memory_->look(seen_);
  if (!state) return;
  state_ = *state;
  line.show(*std::move(state));
}

}  // namespace lockstep
