// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string_view>

#include "lockstep/base/result.h"
#include "lockstep/base/unique_fd.h"

namespace lockstep {

/// Room on a take's disk for its last words: a full disk must not keep take.json from saying that
/// it is full. A file without a name, so that nothing is left of it, however the process ends.
class DiskReserve {
 public:
  /// Where the disk has no room, or no such files, nothing is held.
  explicit DiskReserve(const std::filesystem::path& folder);
  void release() { file_.reset(); }
  /// Replaces the file `path` of that folder whole, in the room that is held: whoever else fills
  /// the disk meanwhile gets none of it. Lets go of the rest. Errors: no_space where too little was
  /// held; else those of the disk.
  Result<void> replace(const std::filesystem::path& path, std::string_view content);
  /// Stays until the process ends: on a disk that hangs, nothing can be released.
  void leave() { (void)file_.release(); }

 private:
  UniqueFd file_;
};

}  // namespace lockstep
