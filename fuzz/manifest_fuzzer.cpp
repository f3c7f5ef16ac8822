// SPDX-License-Identifier: MIT
// Links: take
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "lockstep/rig/plan.h"
#include "lockstep/sync/report.h"
#include "lockstep/take/manifest.h"

// Reads any text as a manifest, as a plan and as an earlier report. A manifest that is accepted
// writes and reads back as itself, and stays inside its folder.

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace lockstep;  // NOLINT(google-build-using-namespace)
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto plan = plan_from_json(text); !plan && plan.error().message.empty()) std::abort();
  if (const auto last = last_good_from_json(text, "fuzz"); !last && last.error().message.empty())
    std::abort();
  const auto manifest = manifest_from_json(text);
  if (!manifest) {
    if (manifest.error().message.empty()) std::abort();
    return 0;
  }
  for (const TakeCamera& camera : manifest->cameras) {
    for (const TakePart& part : camera.parts) {
      if (part.file.find('/') != std::string::npos) std::abort();
    }
  }
  const std::string written = manifest_to_json(*manifest);
  const auto again = manifest_from_json(written);
  if (!again || manifest_to_json(*again) != written) std::abort();
  return 0;
}
