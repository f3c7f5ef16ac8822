// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>

#include "lockstep/take/manifest.h"

namespace lockstep {

/// What a take folder holds by its manifest, at most kOutputColumns wide: state, verdict, a line
/// for every recording, holes, and which commands tell more. Files that are not there are said to
/// be.
[[nodiscard]] std::string take_summary_to_text(const std::filesystem::path& folder,
                                               const TakeManifest& manifest);

}  // namespace lockstep
