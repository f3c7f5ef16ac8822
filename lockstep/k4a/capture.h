// SPDX-License-Identifier: MIT
#pragma once

#include <k4a/k4atypes.h>

#include <array>
#include <atomic>
#include <limits>
#include <mutex>

#include "lockstep/k4a/handle_table.h"

namespace lockstep::k4a {

/// A capture of the C API: three places for images, of each of which it holds a reference.
/// Thread-safe.
class HeldCapture {
 public:
  enum Slot { color, depth, ir };

  HeldCapture() = default;
  ~HeldCapture();
  HeldCapture(const HeldCapture&) = delete;
  HeldCapture& operator=(const HeldCapture&) = delete;

  /// The image there with a reference for the caller; null when there is none.
  [[nodiscard]] k4a_image_t image(Slot slot) const;
  /// Puts an image there, null to empty it. False for a handle that is none; nothing changes then.
  bool set_image(Slot slot, k4a_image_t image);

  std::atomic<float> temperature_c{std::numeric_limits<float>::quiet_NaN()};

 private:
  mutable std::mutex mutex_;
  std::array<k4a_image_t, 3> images_{};
};

using CaptureTable = HandleTable<k4a_capture_t, HeldCapture, HandleKind::capture>;

}  // namespace lockstep::k4a
