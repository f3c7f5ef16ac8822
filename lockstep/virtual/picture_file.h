// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lockstep/base/result.h"

namespace lockstep {

/// A file of the cache of rendered worlds: a key that says what was rendered, and numbered blobs.
/// It is mapped and shared by every process that shows the same world. Immutable once open.
class PictureFile {
 public:
  using Blobs = std::vector<std::vector<std::byte>>;

  virtual ~PictureFile() = default;
  [[nodiscard]] virtual size_t size() const = 0;
  /// Starts at a multiple of 64 bytes; valid as long as the file is open.
  [[nodiscard]] virtual std::span<const std::byte> blob(size_t index) const = 0;

  /// A file that is whole and was made for `key`, else unusable_input or not_found.
  static Result<std::shared_ptr<const PictureFile>> open(const std::filesystem::path& path,
                                                         std::string_view key);
  /// The same from memory, whatever the key, for when nothing can be kept.
  static Result<std::shared_ptr<const PictureFile>> in_memory(std::string content);

  [[nodiscard]] static std::string encode(std::string_view key, const Blobs& blobs);
  /// Writes size and checksum of `content` into its head, if it is long enough to have one.
  static void seal(std::string& content);
};

/// $XDG_CACHE_HOME/lockstep or ~/.cache/lockstep; empty when the environment has neither.
[[nodiscard]] std::filesystem::path default_cache_folder();

/// Removes picture files of `folder`, the least recently used first, until `room` bytes more stay
/// below `limit`. First goes what was not written to its end by a process that is gone, or was
/// begun an hour ago; what is being written counts, and stays. What can't be removed is left.
void make_room(const std::filesystem::path& folder, uint64_t room, uint64_t limit);

}  // namespace lockstep
