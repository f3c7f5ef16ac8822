// SPDX-License-Identifier: MIT
#include "lockstep/apps/lockstep/fuse_disk.h"

#include <fmt/core.h>

#include <utility>

#include "lockstep/host/disk.h"

namespace lockstep {

FuseDisk::FuseDisk(std::filesystem::path target, const Plan& plan, double keep_free_gb,
                   FreeBytes free_bytes)
    : target_(std::move(target)),
      keep_free_gb_(keep_free_gb),
      bytes_per_s_(planned_bytes_per_s(plan)),
      rule_(bytes_per_s_, static_cast<uint64_t>(keep_free_gb * 1e9)),
      free_bytes_(std::move(free_bytes)) {}

std::optional<uint64_t> FuseDisk::free_bytes_at(const std::filesystem::path& path) {
  const auto space = disk_space(path);
  if (!space) return std::nullopt;
  return space->free_bytes;
}

Result<void> FuseDisk::check() const {
  const auto free = free_bytes_(target_);
  if (!free || rule_.during(*free) != DiskRule::Advice::cut) return {};
  return Error{Errc::no_space,
               fmt::format("{}: the disk is nearly full: {:.1f} GB are free, of which {:g} GB stay "
                           "free (keep_free_gb of the rig file) and {:.1f} GB are kept as for a "
                           "recording: free some space, or write to another disk with --to",
                           target_.string(), static_cast<double>(*free) / 1e9, keep_free_gb_,
                           DiskRule::kCutS * bytes_per_s_ / 1e9)};
}

}  // namespace lockstep
