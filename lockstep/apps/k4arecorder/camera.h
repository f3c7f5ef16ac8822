// SPDX-License-Identifier: MIT
#pragma once

#include <k4a/k4a.h>

#include <cstdint>
#include <memory>
#include <string>

#include "lockstep/apps/k4arecorder/options.h"
#include "lockstep/base/result.h"

// The devices of libk4a, as the recorder meets them.

namespace lockstep {

struct DeviceCloser {
  void operator()(k4a_device_t device) const { k4a_device_close(device); }
};
using DeviceHandle = std::unique_ptr<_k4a_device_t, DeviceCloser>;

/// From now on reasons are kept for runtime_error(), and are on stdout only if the environment asks
/// for it. Before any other call of libk4a.
void keep_reasons();

/// "<function>() returned <code>", and why, as libk4a said last on this thread or another.
[[nodiscard]] Error runtime_error(const char* function, int code);

/// Opens the device that was asked for. Errors: not_found; busy: it cannot be opened. Why it
/// cannot, libk4a tells people only, so it is tried for a second whatever that is: somebody may
/// just look at it.
Result<DeviceHandle> open_device(const RecorderOptions& options);

[[nodiscard]] std::string serial_of(k4a_device_t device);
/// "Rel; C: 1.6.110; D: 1.6.79[6109.7]; A: 1.6.14"; empty when it does not say.
[[nodiscard]] std::string version_text(k4a_device_t device);

/// For --list: one line per device, parted by tabs; what a device says of itself is printable().
[[nodiscard]] std::string device_list();

}  // namespace lockstep
