// SPDX-License-Identifier: MIT
#include "lockstep/take/told_family.h"

#include "lockstep/recording/our_tags.h"
#include "lockstep/sync/evidence.h"

namespace lockstep {
namespace {

// An Azure device counts from its start or from the first pulse; none ran for ten years.
constexpr std::chrono::hours kNoUptime{24 * 3650};

}  // namespace

std::optional<ToldFamily> told_family(const RecordingInfo& recording) {
  for (const auto& [name, value] : recording.header.extra_tags) {
    if (name != kFamilyTag) continue;
    if (const auto family = family_from(value))
      return ToldFamily{*family, std::string(kFamilyByTag)};
  }
  // What tells Bolt from Mega matters to no verdict.
  if (recording.header.camera.frame_rate == FrameRate::fps25)
    return ToldFamily{Family::femto_bolt, "its 25 frames per second"};
  if (recording.first.since_zero() > kNoUptime)
    return ToldFamily{Family::femto_bolt, "its stamps, which count from 1970"};
  return std::nullopt;
}

}  // namespace lockstep
