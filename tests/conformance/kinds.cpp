// SPDX-License-Identifier: MIT
#include "tests/conformance/kinds.h"

#include <thread>

#include "lockstep/playback/playback.h"
#include "lockstep/rig/rig_file.h"
#include "lockstep/virtual/virtual_rig.h"
#include "tests/support/files.h"

namespace lockstep::testing {
namespace {

class VirtualKind : public DeviceRig {
 public:
  VirtualKind(VirtualRigOptions::Pace pace, bool unplugs) : pace_(pace) {
    Rig rig = *parse_rig(demo_rig_toml(), "demo");
    rig.world->timing_only = true;
    WorldFault fault;
    fault.camera = rig.cameras.front().name;
    fault.kind = FaultKind::unplug;
    fault.at_s = 0.8;
    if (unplugs) rig.world->faults.push_back(fault);
    const Plan plan = make_plan(rig);
    camera_ = plan.cameras.front();
    VirtualRigOptions options;
    options.pace = pace;
    options.cache_folder = cache_.path();
    rig_ = *VirtualRig::create(rig, plan, options);
  }
  DeviceSource& source() override { return *rig_; }
  std::string serial() const override { return camera_.serial; }
  CameraConfig config() const override { return camera_.config; }
  void pass(Nanos time) override {
    if (pace_ == VirtualRigOptions::Pace::as_fast_as_possible)
      rig_->clock().sleep_until(rig_->clock().now() + time);
  }

 private:
  VirtualRigOptions::Pace pace_;
  TempFolder cache_;
  PlannedCamera camera_;
  std::shared_ptr<VirtualRig> rig_;
};

class PlayedKind : public DeviceRig {
 public:
  explicit PlayedKind(PlaybackOptions::Pace pace)
      : source_(
            *PlaybackSource::open_path(data_file("vendor-written/colour-imu-30fps.mkv"), {pace})) {}
  DeviceSource& source() override { return *source_; }
  std::string serial() const override { return source_->list()->front().serial; }
  CameraConfig config() const override { return source_->recorded().front().camera; }
  void pass(Nanos) override {}

 private:
  std::unique_ptr<PlaybackSource> source_;
};

DeviceKind virtual_kind(const std::string& name, VirtualRigOptions::Pace pace) {
  return {name, [pace](bool unplugs) { return std::make_unique<VirtualKind>(pace, unplugs); }};
}

DeviceKind played_kind(const std::string& name, PlaybackOptions::Pace pace) {
  return {name,
          [pace](bool unplugs) { return unplugs ? nullptr : std::make_unique<PlayedKind>(pace); }};
}

}  // namespace

DeviceKind virtual_stepped() {
  return virtual_kind("Stepped", VirtualRigOptions::Pace::as_fast_as_possible);
}
DeviceKind virtual_real_time() {
  return virtual_kind("RealTime", VirtualRigOptions::Pace::real_time);
}
DeviceKind played_fast() {
  return played_kind("Fast", PlaybackOptions::Pace::as_fast_as_possible);
}
DeviceKind played_real_time() {
  return played_kind("RealTime", PlaybackOptions::Pace::real_time);
}

}  // namespace lockstep::testing
