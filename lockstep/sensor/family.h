// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>

#include "lockstep/sensor/modes.h"

namespace lockstep {

/// What differs between families beyond their tables of modes and timing.
struct FamilyTraits {
  Family family;
  std::string_view name;      ///< as in rig files
  bool detects_jacks;         ///< false: the jack query has no answer
  bool clock_disciplined;     ///< a subordinate's clock is held to the pulses (decision 12)
  bool negative_depth_delay;  ///< false: realised by delaying colour instead
  double max_delay_us;        ///< limit of a delay beyond the frame period rule; 0 = none
  double sync_level_v;        ///< of the sync line
  std::optional<double> depth_power_down_s;  ///< depth stops after so long without a pulse
  double settle_before_master_s;             ///< wait between the last subordinate and the master
  bool master_needs_color;  ///< the sync line is the colour camera's own frame signal
  int min_gain, max_gain;
  int min_exposure_us, max_exposure_us;
  bool rounds_white_balance;  ///< false: a value between two steps of 10 K is refused
};
[[nodiscard]] const FamilyTraits& family_traits(Family family);

}  // namespace lockstep
