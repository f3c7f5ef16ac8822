// SPDX-License-Identifier: MIT
#include "lockstep/frame/capture.h"

namespace lockstep {

DeviceTime Capture::stamp() const {
  if (color) return color->stamp;
  if (ir) return ir->stamp;
  return depth ? depth->stamp : DeviceTime();
}

uint64_t Capture::byte_count() const {
  uint64_t count = 0;
  for (const auto* image : {&color, &depth, &ir}) {
    if (*image) count += (*image)->bytes.get().size();
  }
  return count;
}

}  // namespace lockstep
