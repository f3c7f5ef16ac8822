// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "lockstep/base/bounded_queue.h"
#include "lockstep/device/device.h"
#include "lockstep/session/messages.h"

namespace lockstep {

/// What the threads of all devices tell the session, with the index of the camera.
using DeviceEvents = BoundedQueue<std::pair<size_t, DeviceEvent>>;

/// A device with a thread of its own. A call into a device may never return; then the thread, with
/// the device, is left behind when this object goes, and `clock` must stay for as long as it runs.
/// Its calls come from one thread.
class DeviceThread {
 public:
  DeviceThread(std::unique_ptr<Device> device, const CameraConfig& config, SessionClock& clock,
               size_t camera, std::shared_ptr<DeviceEvents> events);
  ~DeviceThread();
  DeviceThread(const DeviceThread&) = delete;
  DeviceThread& operator=(const DeviceThread&) = delete;

  /// Never waits. Only the first of several waiting looks at the jacks is kept.
  void post(DeviceCommand command);

  /// The loss to report when a read has not returned for `after`, far longer than it was told to
  /// wait; once. Starting takes as long as it takes, and whoever orders a stop waits for it
  /// himself.
  [[nodiscard]] std::optional<DeviceLost> hangs(HostTime now, Nanos after);

  /// Ends the thread. False, now and ever after: it did not come back from the device within a
  /// second, and is left behind.
  bool end();

 private:
  struct Shared;

  std::shared_ptr<Shared> shared_;
  bool told_ = false;
  bool left_behind_ = false;
  std::thread thread_;  // not a std::jthread, which would join a thread that hangs
};

}  // namespace lockstep
