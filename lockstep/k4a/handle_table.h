// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <utility>
#include <vector>

namespace lockstep::k4a {

/// What a handle of the C API stands for. A handle is a number that looks like a pointer and is
/// none: it names a slot, how often the slot was used, and its type. So NULL, a handle that was
/// freed, freed twice, of another type, or never given out are told from live ones, and nothing is
/// ever read through one.
enum class HandleKind : uintptr_t {
  device = 1,
  capture,
  image,
  transformation,
  record,
  playback,
  data_block
};

/// The live handles of one type with their references. Thread-safe. An object lives while a handle
/// or somebody who found it holds it.
template <typename Handle, typename T, HandleKind kind>
class HandleTable {
 public:
  /// The one table of this library. Never destroyed: programs release handles until they end.
  static HandleTable& instance() {
    static auto* const table = new HandleTable;
    return *table;
  }

  /// A new handle with one reference. Throws when there is no memory or number for it.
  Handle add(std::shared_ptr<T> object) {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) {
      if (slots_.size() > kMostIndex) throw std::length_error("too many handles");
      free_.reserve(slots_.capacity() + 1);  // so that to free one never fails
      slots_.emplace_back();
      free_.push_back(slots_.size() - 1);
    }
    const size_t index = free_.back();
    free_.pop_back();
    slots_[index].object = std::move(object);
    slots_[index].references = 1;
    return handle_of(index);
  }

  /// The object behind a handle; null when there is none.
  [[nodiscard]] std::shared_ptr<T> find(Handle handle) const {
    const std::lock_guard lock(mutex_);
    const size_t index = index_of(handle);
    return index < slots_.size() ? slots_[index].object : nullptr;
  }

  /// Adds a reference; false when there is no such handle.
  bool reference(Handle handle) {
    const std::lock_guard lock(mutex_);
    const size_t index = index_of(handle);
    if (index >= slots_.size()) return false;
    ++slots_[index].references;
    return true;
  }

  /// Drops a reference, and with the last one the handle; false when there is no such handle. The
  /// object ends on this thread, with no lock held.
  bool release(Handle handle) {
    std::shared_ptr<T> last;
    {
      const std::lock_guard lock(mutex_);
      const size_t index = index_of(handle);
      if (index >= slots_.size()) return false;
      if (--slots_[index].references > 0) return true;
      last = std::move(slots_[index].object);
      slots_[index].object = nullptr;
      ++slots_[index].generation;
      free_.push_back(index);
    }
    return true;
  }

 private:
  struct Slot {
    std::shared_ptr<T> object;
    uint64_t references = 0;
    uint64_t generation = 0;
  };
  static constexpr unsigned kKindBits = 4, kIndexBits = 24;
  static constexpr size_t kMostIndex = (size_t{1} << kIndexBits) - 1;
  static constexpr uintptr_t kGenerations = uintptr_t{1} << (64 - kKindBits - kIndexBits);

  [[nodiscard]] Handle handle_of(size_t index) const {
    const uintptr_t generation = slots_[index].generation % kGenerations;
    return reinterpret_cast<Handle>(generation << (kKindBits + kIndexBits) | index << kKindBits |
                                    static_cast<uintptr_t>(kind));
  }

  /// Slot of a live handle; beyond the last one where there is none.
  [[nodiscard]] size_t index_of(Handle handle) const {
    const auto value = reinterpret_cast<uintptr_t>(handle);
    const size_t index = value >> kKindBits & kMostIndex;
    const bool live = index < slots_.size() && slots_[index].object && handle_of(index) == handle;
    return live ? index : slots_.size();
  }

  mutable std::mutex mutex_;
  std::vector<Slot> slots_;
  std::vector<size_t> free_;
};

}  // namespace lockstep::k4a
