// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

// Tags that recordings of ours have beside the vendor's (docs/recording-format.md).

namespace lockstep {

/// "1" in recordings of virtual cameras.
inline constexpr std::string_view kVirtualTag = "LOCKSTEP_VIRTUAL";
/// The family of the camera, as in rig files.
inline constexpr std::string_view kFamilyTag = "LOCKSTEP_FAMILY";
/// The id of the take that the recording is of.
inline constexpr std::string_view kTakeIdTag = "LOCKSTEP_TAKE";

}  // namespace lockstep
