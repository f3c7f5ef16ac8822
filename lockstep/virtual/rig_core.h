// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "lockstep/base/thread_annotations.h"
#include "lockstep/rig/plan.h"
#include "lockstep/virtual/camera_traits.h"
#include "lockstep/virtual/picture_store.h"
#include "lockstep/virtual/sync_line.h"
#include "lockstep/virtual/virtual_rig.h"
#include "lockstep/virtual/wiring.h"
#include "lockstep/virtual/world_clock.h"

namespace lockstep {

/// What the cameras of one virtual rig share. Thread-safe.
class RigCore {
 public:
  RigCore(const Rig& rig, const Plan& plan, const VirtualRigOptions& options);

  const Rig rig;
  const Plan plan;
  const std::vector<CameraWiring> wiring;
  std::vector<CameraTraits> traits;  ///< never changed after construction
  SyncLine line;
  WorldClock clock;
  PictureStore pictures;

  /// Books of who is open; false when it is held already.
  bool acquire(int camera);
  void release(int camera);

  /// A camera runs from now on, or no longer: sources begin and end their pulses, and the generator
  /// is turned on by the rig's invisible hand once every camera that it feeds is armed.
  void started(int camera, const CameraConfig& config, HostTime now);
  void stopped(int camera, HostTime now);

 private:
  Mutex mutex_;
  std::set<int> open_ LOCKSTEP_GUARDED_BY(mutex_);
  std::set<int> running_ LOCKSTEP_GUARDED_BY(mutex_);
};

/// What a camera of the rig says of itself, listed or opened.
[[nodiscard]] DeviceInfo device_info(const RigCore& core, int camera);

/// One camera of the rig as a device.
[[nodiscard]] std::unique_ptr<Device> make_virtual_device(std::shared_ptr<RigCore> core,
                                                          int camera);

}  // namespace lockstep
