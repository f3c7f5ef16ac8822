// SPDX-License-Identifier: MIT
// Links: rig
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "lockstep/rig/plan.h"
#include "lockstep/rig/plan_text.h"
#include "lockstep/rig/rig_file.h"

// Reads any text as a rig file; what is accepted must make a plan whose JSON reads back as itself.

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace lockstep;  // NOLINT(google-build-using-namespace)
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<Rig> rig = parse_rig(text, "fuzz.toml");
  if (!rig) {
    if (rig.error().message.empty()) std::abort();
    return 0;
  }
  const Plan plan = make_plan(*rig);
  if (plan.cameras.size() != rig->cameras.size() || plan_to_text(plan).empty()) std::abort();
  const std::string json = plan_to_json(plan);
  const Result<Plan> read = plan_from_json(json);
  if (!read || plan_to_json(*read) != json) std::abort();
  return 0;
}
