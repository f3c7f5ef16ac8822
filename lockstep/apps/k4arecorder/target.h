// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>

#include "lockstep/base/result.h"
#include "lockstep/base/unique_fd.h"

namespace lockstep {

/// The name of a recording, which is one recorder's as long as this lives: another one that asks
/// for it is refused, not mixed in. Until begin() it is the file that was there, or an empty one,
/// which the destructor removes. Where the disk has no locks, nobody is refused. Move-only,
/// thread-bound.
class Target {
 public:
  /// Finds out before a camera is touched whether a recording can be made there. Errors: io;
  /// busy: another recorder has it.
  static Result<Target> reserve(const std::filesystem::path& file);
  Target(Target&& other) noexcept = default;
  Target& operator=(Target&& other) = delete;
  ~Target();

  /// Leaves an empty file to be written: what was there gets another name, "out.old.mkv" or
  /// "out.old2.mkv", which is returned; empty: there was nothing. Once. Errors as reserve(); then
  /// what was there has its name again.
  Result<std::filesystem::path> begin();
  /// After begin(), where nothing was recorded: removes the file, which nobody may have open any
  /// more, and what was moved aside gets its name back. False: nothing was moved back.
  bool give_back();

  [[nodiscard]] const std::filesystem::path& file() const { return file_; }

 private:
  Target(std::filesystem::path file, UniqueFd lock)
      : file_(std::move(file)), lock_(std::move(lock)) {}
  [[nodiscard]] bool holds_something() const;

  std::filesystem::path file_;
  UniqueFd lock_;                ///< on the file of that name
  std::filesystem::path aside_;  ///< what was there before begin()
  bool begun_ = false;
};

}  // namespace lockstep
