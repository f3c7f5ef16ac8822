// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "lockstep/device/device.h"
#include "lockstep/session/messages.h"

namespace lockstep {

/// Carries commands to one device and its data back as events. Whoever calls it is the device's
/// thread; `emit` is called on that thread.
class DevicePump {
 public:
  using Emit = std::function<void(DeviceEvent)>;
  DevicePump(std::unique_ptr<Device> device, CameraConfig config, SessionClock& clock, Emit emit);

  void obey(DeviceCommand command);
  /// Reads at most one capture, waiting no longer than `wait`. False: nothing came.
  bool read(Nanos wait);
  [[nodiscard]] bool running() const { return device_->running() && !lost_; }
  [[nodiscard]] Device& device() { return *device_; }

 private:
  void lose(Error error);

  std::unique_ptr<Device> device_;
  CameraConfig config_;
  SessionClock& clock_;
  Emit emit_;
  bool lost_ = false;
};

}  // namespace lockstep
