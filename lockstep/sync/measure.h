// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "lockstep/sync/alignment.h"

// Numbers out of aligned streams. No judgement here: that is findings.h.

namespace lockstep {

/// What a stamp names and how exposure hangs on the pulse (docs/model.md). With equal exposures all
/// four expect the same of every device.
enum class StampReading {
  center_edge_starts,
  center_edge_ends,
  start_edge_starts,
  start_edge_ends
};
inline constexpr std::array kStampReadings = {
    StampReading::center_edge_starts, StampReading::start_edge_starts,
    StampReading::center_edge_ends, StampReading::start_edge_ends};
[[nodiscard]] std::string_view to_string(StampReading reading);
/// Colour stamp minus (pulse + delay), of an exposure.
[[nodiscard]] double stamp_shift_us(StampReading reading, double exposure_us);

/// Offset to plan, tick by tick over the common range.
struct OffsetSeries {
  std::vector<double> offset_us;  ///< of the ticks in `tick`
  std::vector<int64_t> tick;
  LineFit fit;          ///< x in s from mid-take
  double level_us = 0;  ///< offset to report: at mid-take, or at the clock's zero if it is free
  double level_se_us = 0;
};

/// What was measured on one device.
struct DeviceMeasure {
  /// Of the lead stream (colour; depth where there is none) against the reference; none of the
  /// reference itself.
  std::optional<OffsetSeries> lead;
  std::optional<OffsetSeries> depth;  ///< minus own colour; none without both
  double lead_jitter_us = 0;          ///< of the stream about its own line
  double depth_jitter_us = 0;
  std::optional<double> exposure_us;  ///< constant and known
  double expected_shift_us = 0;       ///< of the stamp reading chosen, against the reference's
};

struct Measures {
  std::vector<DeviceMeasure> devices;
  StampReading reading = StampReading::center_edge_starts;
  bool equal_exposures = true;  ///< of those known
};

/// Measures every device against `reference`. With unequal recorded exposures, under whichever
/// stamp reading leaves the smallest offsets.
[[nodiscard]] Measures measure(const Alignment& all, size_t reference);

/// A sudden change of an offset: by how much, and on which tick it is there.
struct OffsetStep {
  int64_t tick = 0;
  double us = 0;
};
/// The step that explains a series far better than its line does; none when there is no such.
[[nodiscard]] std::optional<OffsetStep> find_step(const OffsetSeries& series);

/// Seconds from mid-take of a tick of the common range.
[[nodiscard]] double seconds_from_mid(const Alignment& all, int64_t tick);

}  // namespace lockstep
