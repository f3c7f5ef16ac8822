// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>

#include "lockstep/base/result.h"
#include "lockstep/session/disk_rule.h"

namespace lockstep {

/// Watches the disk that a live fusion writes to, by the rule of a recording: it ends while
/// `keep_free_gb` of the rig file and room for half a minute of its cameras are still free.
class FuseDisk {
 public:
  /// Free bytes at a path; nothing: not known, which stops nobody.
  using FreeBytes = std::function<std::optional<uint64_t>(const std::filesystem::path&)>;

  /// `target`: the file or folder that is to be written.
  FuseDisk(std::filesystem::path target, const Plan& plan, double keep_free_gb,
           FreeBytes free_bytes = free_bytes_at);

  /// no_space where the disk is nearly full.
  [[nodiscard]] Result<void> check() const;

 private:
  static std::optional<uint64_t> free_bytes_at(const std::filesystem::path& path);

  std::filesystem::path target_;
  double keep_free_gb_, bytes_per_s_;
  DiskRule rule_;
  FreeBytes free_bytes_;
};

}  // namespace lockstep
