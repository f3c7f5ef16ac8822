// SPDX-License-Identifier: MIT
#pragma once

#include <k4a/k4a.h>

#include <mutex>
#include <vector>

#include "lockstep/time/clock.h"

namespace lockstep::testing {

/// What a device does by the table of states of the vendor's API.
struct DeviceState {
  k4a_device_t handle = nullptr;  ///< null: closed
  bool cameras = false;
  bool imu = false;
  k4a_device_configuration_t config{};  ///< of the cameras, while they run
  HostTime started;                     ///< not after they did

  [[nodiscard]] bool gives_captures(k4a_device_t asked) const { return asked == handle && cameras; }
  [[nodiscard]] bool gives_samples(k4a_device_t asked) const { return asked == handle && imu; }
};

/// The states that one device went through. One thread changes it; others ask it at the same time.
class DeviceModel {
 public:
  /// The call that leads to `next` begins, and has ended.
  void begin(const DeviceState& next) {
    const std::lock_guard lock(mutex_);
    states_.push_back(next);
  }
  void settle() {
    const std::lock_guard lock(mutex_);
    settled_ = states_.size() - 1;
  }

  [[nodiscard]] DeviceState state() const {
    const std::lock_guard lock(mutex_);
    return states_.back();
  }
  /// A call of another thread begins.
  [[nodiscard]] size_t mark() const {
    const std::lock_guard lock(mutex_);
    return settled_;
  }
  /// All states in which such a call, which has ended, may have found the device.
  [[nodiscard]] std::vector<DeviceState> since(size_t mark) const {
    const std::lock_guard lock(mutex_);
    return {states_.begin() + static_cast<ptrdiff_t>(mark), states_.end()};
  }

 private:
  mutable std::mutex mutex_;
  std::vector<DeviceState> states_{1};
  size_t settled_ = 0;
};

}  // namespace lockstep::testing
