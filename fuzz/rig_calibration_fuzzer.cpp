// SPDX-License-Identifier: MIT
// Links: geometry
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "lockstep/geometry/rig_calibration.h"

// Reads any text as the calibration of a rig and as a lens. What is accepted writes and reads back
// as itself.

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace lockstep;  // NOLINT(google-build-using-namespace)
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto lens = parse_lens(text)) {
    if (const auto again = parse_lens(write_lens(*lens)); !again) std::abort();
  } else if (lens.error().message.empty()) {
    std::abort();
  }
  const auto calibration = parse_rig_calibration(text);
  if (!calibration) {
    if (calibration.error().message.empty()) std::abort();
    return 0;
  }
  const std::string written = write_rig_calibration(*calibration);
  const auto again = parse_rig_calibration(written);
  if (!again || write_rig_calibration(*again) != written) std::abort();
  return 0;
}
