// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

#include "lockstep/base/result.h"
#include "lockstep/take/verify_take.h"

namespace lockstep {

/// Writes verify.json and verify.html into a take folder, each whole or not at all, replacing
/// earlier ones. verify and record both end with it.
Result<void> write_verify_reports(const std::filesystem::path& take_folder,
                                  const VerifiedTake& verified);

}  // namespace lockstep
