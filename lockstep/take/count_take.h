// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

#include "lockstep/base/result.h"
#include "lockstep/take/manifest.h"
#include "lockstep/take/tick_index.h"

namespace lockstep {

/// Ticks of what the recordings hold; those that are gone or no recordings have none. Where a read
/// fails for another reason nothing is known: an error, so that no wrong count is noted.
Result<TakeTicks> count_readable(const std::filesystem::path& folder, TakeManifest manifest);

/// Counts captures, drops, holes and common ticks of a take anew, from its files. A camera of which
/// nobody said how it ended was cut off. Errors: as count_readable().
Result<void> count_take(const std::filesystem::path& folder, TakeManifest& manifest);

}  // namespace lockstep
