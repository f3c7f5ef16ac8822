// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>

#include "lockstep/base/result.h"

namespace lockstep {

/// What a recording holds that its disk ended, whatever was given to be written.
struct FileContent {
  int64_t captures = 0;
  double seconds = 0;  ///< from the first capture to the last one, and one period
  bool whole = false;  ///< other programs can open it as it is
};

/// Reads the stamps of the whole file. Errors as RecordingReader::open and scan.
Result<FileContent> content_of(const std::filesystem::path& file);

}  // namespace lockstep
