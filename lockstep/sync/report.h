// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/sync/gates.h"
#include "lockstep/time/clock_map.h"

// The sync report: what verify says of a set of recordings (docs/verify.md). Plain data; times in
// us.

namespace lockstep {

enum class FindingLevel { fail, warning, note };

/// A stretch of ticks on one device. Ticks count from the first tick common to the set.
struct TickSpan {
  int64_t first_tick = 0;
  int64_t count = 0;
  int64_t from_us = 0;  ///< device time of the device concerned
  int64_t to_us = 0;
};

/// "tick 7, device time 0.233 s", "ticks 7 to 9, device time 0.233 to 0.300 s". `clock` says which
/// time that is.
[[nodiscard]] std::string span_text(const TickSpan& span, std::string_view clock = "device time");
/// What the times of a finding of this rule are read on: "device time", "its new clock".
[[nodiscard]] std::string_view clock_of(std::string_view rule);
/// Ticks of all spans together.
[[nodiscard]] int64_t ticks_in(const std::vector<TickSpan>& spans);

/// One thing that was found: who, where, how much against which gate, why, and what to do.
struct Finding {
  FindingLevel level = FindingLevel::note;
  std::string rule;    ///< stable kebab-case id such as "color-offset"
  std::string device;  ///< camera name; empty: the set
  std::string link;    ///< cable that it is about, as the rig file writes it; usually empty
  std::vector<std::string> behind;  ///< cameras that suffer from it too, down the line
  std::string stream;               ///< "colour", "depth", "colour and depth" or empty
  std::optional<TickSpan> span;
  std::optional<double> value;
  std::optional<double> gate;
  std::string unit;     ///< of value and gate
  std::string message;  ///< one sentence
  std::string cause;    ///< likely cause; empty when there is nothing to say
  std::string mend;     ///< what to do
};

/// An offset of a stream to plan with how well it is known.
struct OffsetEstimate {
  double offset_us = 0;  ///< to plan, at mid-take
  double se_us = 0;      ///< standard error from the scatter
  double resolution_us =
      0;  ///< not better known than this: half a register step where nothing dithers it
  double jitter_rms_us = 0;  ///< of this stream's own stamps about their own line
  double worst_tick_us = 0;  ///< offset to plan of the worst single tick
  int64_t worst_tick = 0;
  int64_t ticks = 0;
};

struct RateEstimate {
  double ppm = 0;
  double se_ppm = 0;
  bool judged = false;     ///< false: too short to judge
  int64_t first_tick = 0;  ///< it was taken over these common ticks
  int64_t ticks = 0;
};

/// Envelope of a quantity over the take, decimated for plotting.
struct Envelope {
  std::vector<double> time_s, low_us, high_us;
};

/// Earliest host arrival of a device's ticks less the reference's: flat where both follow one line.
struct ArrivalTrace {
  std::vector<double> time_s, late_us;
};

struct DeviceReport {
  std::string name, source, serial, family, role;
  std::string family_by;  ///< what the family is known from; "assumption": nothing tells
  bool is_virtual = false;
  bool is_reference = false;  ///< the source of the line, or what stands for it
  bool clock_disciplined = true;
  int64_t color_captures = 0, depth_captures = 0;
  double first_stamp_us = 0;
  double expected_color_us = 0;         ///< realised delay after the tick
  double expected_depth_us = 0;         ///< realised depth minus own colour
  std::optional<OffsetEstimate> color;  ///< against the reference
  std::optional<OffsetEstimate>
      depth;  ///< minus own colour; of a depth-only device: against the reference
  std::optional<RateEstimate> rate;     ///< against the reference
  std::optional<RateEstimate> arrival;  ///< host time per tick against the reference
  ArrivalTrace arrival_trace;           ///< what that was taken from
  /// Its stamps, less the planned offset, against rig time: that of the take, where it placed the
  /// recordings, as take.json has it; else tick 0 of the report is its zero.
  std::optional<ClockMap> clock_map;
  std::optional<int64_t> exposure_us;  ///< recorded and constant
  std::string exposure;                ///< "8330", "changing", "not recorded"
  std::vector<TickSpan> lost_color, lost_depth, duplicated_color, duplicated_depth;
  std::vector<TickSpan> restarts;                          ///< where the device's clock began anew
  int64_t lost = 0, duplicated = 0;                        ///< ticks, over both streams
  std::optional<double> color_change_us, depth_change_us;  ///< against the last good take
  std::optional<double>
      laser_phase_us;  ///< start of its pulses within a pitch, against the reference's tick
  double laser_pulse_us = 0, laser_pitch_us = 0;
  std::vector<std::string> damage;
  Envelope residual;        ///< of colour (depth without it) to plan
  Envelope depth_residual;  ///< of depth minus own colour to plan
  /// Single ticks of `residual`, a bin for every register step about the middle one.
  std::vector<int64_t> histogram;
  double histogram_center_us = 0;  ///< offset to plan of the middle bin
  int64_t histogram_outside = 0;   ///< ticks beyond the bins
};

/// Dark time between two devices' lasers over the take.
struct LaserReport {
  std::string a, b;
  double smallest_gap_us = 0;  ///< of the windows' medians; negative: the pulses meet
  double typical_gap_us = 0;   ///< median of the windows
  double largest_gap_us = 0;
  double judged_gap_us = 0;  ///< of a window or over the take, whichever is surely smallest
  double sure_gap_us = 0;    ///< it is no larger than this, with what stamps and scatter leave open
  double short_from_s = 0, short_to_s = 0;  ///< where it falls short of the gate it falls short of
  double at_s = 0;                          ///< begin of the window with the smallest
  int64_t windows = 0;
  int64_t windows_below = 0;  ///< below the warning
  bool overlap = true;        ///< false: the rig file says that their views never meet
};

enum class Verdict {
  in_step,
  not_in_step,
  not_wired,
  not_one_take,      ///< the files can't belong together
  standalone,        ///< one camera: no sync verdict
  nothing_to_judge,  ///< nothing common, or too few ticks
};

struct SyncReport {
  Verdict verdict = Verdict::nothing_to_judge;
  std::vector<std::string> witnesses;      ///< that agree: "stamps", "arrival"
  std::vector<std::string> witness_notes;  ///< why one could not be heard
  std::string name;                        ///< of the take; empty for loose files
  std::string reference;                   ///< device that stands for the line
  bool is_virtual = false;
  bool has_plan = false;
  std::string expected_from;  ///< `rig "NAME"` or "the files' own tags"
  std::string stamp_meaning;  ///< that the offsets were judged against
  int frames_per_second = 30;
  int64_t common_ticks = 0;
  double common_s = 0;
  std::string last_good;              ///< take that changes are against; empty: none
  std::vector<DeviceReport> devices;  ///< in the order given
  std::vector<LaserReport> lasers;    ///< smallest gap first
  std::vector<Finding> findings;      ///< failures first
  Gates gates;

  [[nodiscard]] int count(FindingLevel level) const;
  /// True when nothing that was checked falls short; warnings do not count.
  [[nodiscard]] bool passes() const;
  /// "in step (stamps, arrival)", "NOT in step", "not wired", ...
  [[nodiscard]] std::string verdict_text() const;
};

/// The report as JSON (docs/schemas/verify.schema.json). The HTML page draws from the same.
[[nodiscard]] std::string sync_report_to_json(const SyncReport& report);

/// What a later take is compared with, out of an earlier report.
struct LastGood {
  struct Device {
    std::string name, serial;
    std::optional<double> color_us, depth_us;
  };
  std::string name;
  bool passes = false;
  std::vector<Device> devices;

  /// The same camera: by its serial, or by its name where it has none. Null when it is not there.
  [[nodiscard]] const Device* find(const std::string& camera, const std::string& serial) const;
};
/// unusable_input: not a verify.json.
[[nodiscard]] Result<LastGood> last_good_from_json(std::string_view json, std::string_view name);

}  // namespace lockstep
