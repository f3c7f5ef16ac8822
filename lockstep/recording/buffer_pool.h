// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace lockstep {

/// Buffers for images that are used again when the last user lets go: fresh memory of a megabyte
/// costs more in page faults than reading the file into it. Buffers may outlive the pool and come
/// back on any thread; take() is for one thread.
class BufferPool {
 public:
  BufferPool();

  struct Buffer {
    std::shared_ptr<void> owner;  ///< gives the memory back when the last copy goes
    std::span<std::byte> bytes;   ///< content undefined
  };
  [[nodiscard]] Buffer take(size_t bytes);

 private:
  struct Shelf;
  std::shared_ptr<Shelf> shelf_;
};

}  // namespace lockstep
