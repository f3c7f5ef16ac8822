// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>

#include "lockstep/base/result.h"

namespace lockstep {

/// What a disk can still take, for somebody who is about to write at `path`.
struct DiskSpace {
  uint64_t free_bytes = 0;  ///< for this user, reserved blocks left out
  uint64_t total_bytes = 0;
  std::filesystem::path at;  ///< the existing folder that was asked
};

/// Free space where `path` is or, when it does not exist yet, will be. Errors: not_found (no
/// existing parent), io.
Result<DiskSpace> disk_space(const std::filesystem::path& path);

/// Whether a file can be made in `folder` or, when it does not exist yet, the folder itself. An
/// Error says which folder refuses and why (read-only file system, permission). Nothing is left
/// behind.
Result<void> check_writable(const std::filesystem::path& folder);

}  // namespace lockstep
