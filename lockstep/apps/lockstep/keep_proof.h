// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

#include "lockstep/base/result.h"
#include "lockstep/take/take_lock.h"
#include "lockstep/take/verify_take.h"

namespace lockstep {

/// Keeps a proof in its take: verify.json, verify.html, and the verdict in take.json, each file
/// whole or not at all, replacing earlier ones. The caller holds the lock. Errors: io, no_space,
/// those of the manifest.
Result<void> keep_proof(const std::filesystem::path& take_folder, const VerifiedTake& verified,
                        const TakeLock& held);

/// The same under a lock of its own. Errors also: busy; bad_state for a take that nobody finished.
Result<void> keep_proof(const std::filesystem::path& take_folder, const VerifiedTake& verified);

}  // namespace lockstep
