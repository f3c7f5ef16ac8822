// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "lockstep/base/result.h"
#include "lockstep/rig/plan.h"

namespace lockstep {

/// How much room a take needs, and when it must end (docs/take.md, "What goes wrong, and what
/// then"). Pure: the free bytes are an argument.
class DiskRule {
 public:
  static constexpr double kCutS = 30;  ///< a take is cut when there is room for less

  /// `keep_free_bytes` stay free whatever happens: they do not count as room.
  DiskRule(double bytes_per_s, uint64_t keep_free_bytes);

  /// no_space below what `length` needs plus 30 s, or below 10 minutes when there is no length.
  /// `option` names the take on the command line, for what can be done.
  [[nodiscard]] Result<void> before_start(uint64_t free_bytes, std::optional<double> length_s,
                                          const std::filesystem::path& folder,
                                          std::string_view option = "-o") const;

  enum class Advice { go_on, warn, cut };  ///< warn: ten minutes left; cut: thirty seconds left
  [[nodiscard]] Advice during(uint64_t free_bytes) const;
  [[nodiscard]] double seconds_left(uint64_t free_bytes) const;

 private:
  double bytes_per_s_;
  uint64_t keep_free_bytes_;
};

/// What the cameras of a plan write, in bytes per second.
[[nodiscard]] double planned_bytes_per_s(const Plan& plan);
[[nodiscard]] double planned_bytes_per_s(const PlannedCamera& camera);
/// The same of a virtual rig of timing-only cameras.
[[nodiscard]] double timing_only_bytes_per_s(const Plan& plan);

}  // namespace lockstep
