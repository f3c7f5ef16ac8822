// SPDX-License-Identifier: MIT
#include "lockstep/base/buffer_pool.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "lockstep/base/thread_annotations.h"

namespace lockstep {
namespace {

/// A few captures' worth, of the largest images five; the rest is freed.
constexpr size_t kMostIdle = 12;
constexpr size_t kMostIdleBytes = size_t{288} << 20;

}  // namespace

struct BufferPool::Shelf {
  using Memory = std::vector<std::byte>;
  Mutex mutex;
  std::vector<Memory> idle LOCKSTEP_GUARDED_BY(mutex);
  size_t idle_bytes LOCKSTEP_GUARDED_BY(mutex) = 0;

  void put(Memory memory) {
    const MutexLock lock(mutex);
    if (idle.size() == kMostIdle || idle_bytes + memory.size() > kMostIdleBytes) return;
    idle_bytes += memory.size();
    idle.push_back(std::move(memory));
  }

  Memory remove(std::vector<Memory>::iterator at) LOCKSTEP_REQUIRES(mutex) {
    Memory memory = std::move(*at);
    idle_bytes -= memory.size();
    idle.erase(at);
    return memory;
  }

  /// The smallest that holds `bytes`.
  Memory get(size_t bytes) {
    const MutexLock lock(mutex);
    auto best = idle.end();
    for (auto it = idle.begin(); it != idle.end(); ++it) {
      // One of four times the size is better kept for an image of that size.
      if (it->size() < bytes || it->size() / 4 > bytes) continue;
      if (best == idle.end() || it->size() < best->size()) best = it;
    }
    if (best == idle.end()) {
      const bool full = idle.size() == kMostIdle || idle_bytes + bytes > kMostIdleBytes;
      if (full && !idle.empty()) remove(idle.begin());  // of a size no longer asked for
      return {};
    }
    return remove(best);
  }
};

BufferPool::BufferPool() : shelf_(std::make_shared<Shelf>()) {}

BufferPool::Buffer BufferPool::take(size_t bytes) const {
  auto memory = std::make_unique<Shelf::Memory>(shelf_->get(bytes));
  // Somewhat larger than asked for, so that the next JPEG fits too.
  if (memory->size() < bytes) memory->resize(bytes + bytes / 8);
  const std::span<std::byte> view(memory->data(), bytes);
  auto give_back = [shelf = shelf_](Shelf::Memory* returned) {
    shelf->put(std::move(*returned));
    delete returned;
  };
  return {std::shared_ptr<Shelf::Memory>(memory.release(), std::move(give_back)), view};
}

}  // namespace lockstep
