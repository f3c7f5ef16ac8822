// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "lockstep/base/result.h"
#include "lockstep/device/device.h"

namespace lockstep {

/// One setting of a colour camera. All zero: as the camera came from the factory.
struct ColorControl {
  int32_t value = 0;
  uint16_t stored = 0;     ///< 1: somebody set the value
  uint16_t automatic = 0;  ///< 1: the camera chooses, and keeps the value for later
  friend bool operator==(const ColorControl&, const ColorControl&) = default;
};

/// By the number of the command in the vendor's C API.
inline constexpr size_t kColorControls = 10;
using ColorControls = std::array<ColorControl, kColorControls>;

/// Cameras that keep their colour settings when they are closed. Thread-safe.
class ControlledSource : public DeviceSource {
 public:
  /// Errors: not_found.
  virtual Result<ColorControls> color_controls(std::string_view serial) = 0;
  /// `control` below kColorControls. Errors: not_found.
  virtual Result<void> set_color_control(std::string_view serial, size_t control,
                                         const ColorControl& value) = 0;
};

}  // namespace lockstep
