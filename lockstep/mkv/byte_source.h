// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "lockstep/base/result.h"
#include "lockstep/mkv/bytes.h"

namespace lockstep::mkv {

/// Where a recording's bytes come from. Files are read, not mapped: a file that somebody truncates
/// under the reader then is a short read instead of a SIGBUS. Not thread-safe.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Bytes there were when it was opened.
  [[nodiscard]] virtual uint64_t size() const = 0;
  /// Fills `into` from `offset` on; returns how many bytes there were (fewer only at the end).
  virtual Result<size_t> read_at(uint64_t offset, std::span<std::byte> into) = 0;
};

/// A file. Errors: not_found, unusable_input (a folder, say), io.
Result<std::unique_ptr<ByteSource>> open_file_source(const std::filesystem::path& path);
/// Borrowed memory, which must outlive the source.
std::unique_ptr<ByteSource> memory_source(ByteView bytes);

}  // namespace lockstep::mkv
