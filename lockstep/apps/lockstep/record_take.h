// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace lockstep {

/// What `record` and `simulate` were asked for, and what others that run a rig have of it.
struct TakeRequest {
  std::string rig;                   ///< path, or "demo"
  std::filesystem::path output;      ///< empty: the next number in the rig's take folder
  std::string output_option = "-o";  ///< which names it, for what is said of it
  std::optional<double> length_s{};
  bool simulate = false;      ///< out of real time
  bool anyway = false;        ///< although the plan falls short or the rig does not lock
  bool can_do_anyway = true;  ///< whether the command has such an option
  bool json = false;
  bool quiet = false;
  bool summary = true;                ///< print what was recorded; a failure is always said
  std::string prompt;                 ///< said once nothing speaks against recording
  std::optional<uint64_t> seed{};     ///< of the virtual world
  std::vector<std::string> faults{};  ///< "camera:kind:at_s[:value[:count]]"
};

/// Of --length: empty when `text` is a length that a rig can run for, else what is wrong with it.
[[nodiscard]] std::string wrong_length(const std::string& text);

/// Records one take from planning to verdict; returns the exit code. `made` (may be null) gets the
/// folder of the take once there is one.
int record_take(const TakeRequest& request, std::filesystem::path* made = nullptr);

}  // namespace lockstep
