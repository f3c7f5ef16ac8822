// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "lockstep/base/files.h"
#include "lockstep/base/result.h"
#include "lockstep/mkv/bytes.h"

namespace lockstep::mkv {

/// Where a recording's bytes go. Tests put failing disks behind it. Not thread-safe.
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  /// Writes the pieces one after the other from `offset` on, all of them or an error (then any part
  /// may have been written). One system call where the operating system takes it.
  virtual Result<void> write_at(uint64_t offset, std::span<const ByteView> pieces) = 0;
  /// Returns when what was written survives a power cut. io, too, when a file has lost its name.
  virtual Result<void> sync() = 0;
  /// Cuts everything from `size` on.
  virtual Result<void> truncate(uint64_t size) = 0;
};

/// A file, created for writing, whose name survives a power cut. Errors: already_exists, not_found
/// (no such folder), no_space, io.
Result<std::unique_ptr<ByteSink>> create_file_sink(const std::filesystem::path& path,
                                                   ExistingFile existing);

}  // namespace lockstep::mkv
