// SPDX-License-Identifier: MIT
#pragma once

#include <k4a/k4a.h>

#include <memory>

namespace lockstep::k4a {

struct ReleaseReference {
  void operator()(k4a_image_t image) const { k4a_image_release(image); }
  void operator()(k4a_capture_t capture) const { k4a_capture_release(capture); }
};

/// One reference of the C API, for code that stands on its functions as any program does.
using OwnedImage = std::unique_ptr<_k4a_image_t, ReleaseReference>;
using OwnedCapture = std::unique_ptr<_k4a_capture_t, ReleaseReference>;

}  // namespace lockstep::k4a
