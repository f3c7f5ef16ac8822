// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace lockstep {

/// Buffers for images that are used again when the last user lets go: fresh memory of a megabyte
/// costs more in page faults than filling it. Thread-safe; buffers may outlive the pool.
class BufferPool {
 public:
  BufferPool();

  struct Buffer {
    std::shared_ptr<void> owner;  ///< gives the memory back when the last copy goes
    std::span<std::byte> bytes;   ///< content undefined
  };
  [[nodiscard]] Buffer take(size_t bytes) const;

 private:
  struct Shelf;
  const std::shared_ptr<Shelf> shelf_;
};

}  // namespace lockstep
