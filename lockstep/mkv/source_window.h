// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "lockstep/mkv/byte_source.h"
#include "lockstep/mkv/bytes.h"
#include "lockstep/mkv/vint.h"

namespace lockstep::mkv {

/// Looks at small parts of a source through one buffer. Reads little after a jump and more and more
/// while the looks follow each other, so that walking from head to head costs little both where
/// frames are large (one small read each) and where they are small (few large reads).
class SourceWindow {
 public:
  explicit SourceWindow(ByteSource& source) : source_(&source), size_(source.size()) {}

  [[nodiscard]] uint64_t size() const { return size_; }
  /// Up to `count` bytes at `offset`, fewer at the end of the source; valid until the next call.
  /// `count` is at most kLargestLook. A refused read is an empty view and sets error().
  [[nodiscard]] ByteView look(uint64_t offset, size_t count) {
    if (offset >= begin_ && offset + count <= begin_ + filled_) {
      return {buffer_.data() + (offset - begin_), count};
    }
    return fill(offset, count);
  }
  /// Head of the element at `offset`; nothing at the end of the source or when there is none.
  [[nodiscard]] std::optional<ElementHead> element(uint64_t offset);
  /// Unsigned value of `length` bytes; 0 for none. More than eight bytes count as unreadable.
  [[nodiscard]] std::optional<uint64_t> uint_value(uint64_t offset, uint64_t length);
  /// Reads past the window. False when not all of it is there.
  [[nodiscard]] bool read(uint64_t offset, std::span<std::byte> into);
  /// First refused read, kept; end of the source is no error.
  [[nodiscard]] const Result<void>& error() const { return error_; }

  static constexpr size_t kLargestLook = 64 * 1024;

 private:
  ByteView fill(uint64_t offset, size_t count);

  ByteSource* source_;
  uint64_t size_;
  uint64_t begin_ = 0;
  size_t filled_ = 0;
  size_t read_ahead_ = 0;
  Bytes buffer_;
  Result<void> error_;
};

}  // namespace lockstep::mkv
