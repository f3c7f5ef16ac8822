// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "lockstep/base/thread_annotations.h"
#include "lockstep/device/rig_memory.h"
#include "lockstep/rig/camera_wiring.h"
#include "lockstep/rig/plan.h"
#include "lockstep/virtual/camera_traits.h"
#include "lockstep/virtual/picture_store.h"
#include "lockstep/virtual/sync_line.h"
#include "lockstep/virtual/virtual_rig.h"
#include "lockstep/virtual/world_clock.h"

namespace lockstep {

/// What the cameras of one virtual rig share. Thread-safe.
class RigCore {
 public:
  RigCore(const Rig& rig, const Plan& plan, const VirtualRigOptions& options,
          std::unique_ptr<RigMemory> memory);

  const Rig rig;
  const Plan plan;
  const std::vector<CameraWiring> wiring;
  std::vector<CameraTraits> traits;  ///< never changed after construction
  SyncLine line;
  WorldClock clock;
  PictureStore pictures;

  /// Makes a camera the caller's; false when it is held already.
  bool acquire(int camera);
  void release(int camera) { memory_->release(camera); }

  /// A camera runs from now on, or no longer: sources begin and end their pulses, and the generator
  /// is turned on by the rig's invisible hand once every camera that it feeds is armed.
  void started(int camera, const CameraConfig& config, HostTime now);
  void stopped(int camera, HostTime now);

  /// When the counter of a camera was last zero, also by an earlier run: it counts as long as the
  /// camera has power.
  [[nodiscard]] HostTime clock_zero(int camera);
  void set_clock_zero(int camera, HostTime zero);

  /// Takes over what other processes did. How long a wait may last before this is due again: for
  /// ever when the rig is this object's alone.
  Nanos catch_up();

  [[nodiscard]] ColorControls color_controls(int camera);
  void set_color_control(int camera, size_t control, const ColorControl& value);

 private:
  void change(const std::function<void(RigState&)>& change);
  void show() LOCKSTEP_REQUIRES(mutex_);
  /// How many of the cameras that a generator feeds are armed.
  [[nodiscard]] int64_t fed_and_running(const RigState& state) const;

  const std::unique_ptr<RigMemory> memory_;
  Mutex mutex_;
  uint64_t seen_ LOCKSTEP_GUARDED_BY(mutex_) = 0;
  HostTime swept_ LOCKSTEP_GUARDED_BY(mutex_);
  RigState state_ LOCKSTEP_GUARDED_BY(mutex_);
};

/// What a camera of the rig says of itself, listed or opened.
[[nodiscard]] DeviceInfo device_info(const RigCore& core, int camera);

/// One camera of the rig as a device.
[[nodiscard]] std::unique_ptr<Device> make_virtual_device(std::shared_ptr<RigCore> core,
                                                          int camera);

}  // namespace lockstep
