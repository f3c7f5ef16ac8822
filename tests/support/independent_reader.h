// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep::testing {

/// What libmatroska, which shares no line with this project, finds in a file.
struct IndependentWalk {
  std::string error;  ///< empty: walked to the end without an exception
  std::string doc_type;
  std::vector<std::string> track_names;
  std::map<std::string, std::string> tags;
  std::vector<std::string> attachments;
  uint64_t clusters = 0;
  bool has_cues = false;
  double duration = 0;                                   ///< timestamp units
  std::map<uint64_t, std::vector<int64_t>> block_times;  ///< per track, timestamp units

  [[nodiscard]] size_t blocks_of_track(uint64_t track) const {
    const auto found = block_times.find(track);
    return found == block_times.end() ? 0 : found->second.size();
  }
};

/// Reads every element of a file in memory. Catches what libmatroska throws.
IndependentWalk walk_independently(std::string_view file);

}  // namespace lockstep::testing
