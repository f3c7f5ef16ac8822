// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "lockstep/base/result.h"

namespace lockstep {

struct RecoveredRecording {
  uint64_t captures = 0;
  uint64_t bytes_dropped = 0;      ///< of the torn tail
  std::vector<std::string> notes;  ///< sentences: what was left out, and where
};

/// Makes a recording that a crash or the vendor's recorder left unfinished whole again, in a new
/// file (`target`); the original is not touched, and an error leaves no new file behind. Errors:
/// those of RecordingReader::open for `source`; already_exists, not_found (no such folder),
/// no_space and io for `target`.
Result<RecoveredRecording> recover_recording(const std::filesystem::path& source,
                                             const std::filesystem::path& target);

}  // namespace lockstep
