// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lockstep/frame/capture.h"
#include "lockstep/rig/plan.h"
#include "lockstep/sensor/config.h"

// What the sync report judges: stamps and what was noted beside them, whoever delivered them. Pure
// data, so that hardware, simulation and files share one judge (docs/model.md, "Proof").

namespace lockstep {

/// Host arrival of the capture that carries `stamp`.
struct ArrivalNote {
  DeviceTime stamp;
  HostTime arrival;
};

/// What a device's family can be known from, beside what only one family does: words that follow
/// "family X, by ...". Reports carry them.
inline constexpr std::string_view kFamilyAssumed = "assumption";  ///< nothing tells
inline constexpr std::string_view kFamilyByRig = "the rig";
inline constexpr std::string_view kFamilyByTag = "its tag";

/// One device of a set, over one stretch of unbroken device clock.
struct DeviceEvidence {
  std::string name;    ///< camera name, or the file's stem
  std::string source;  ///< file, for messages
  std::string serial;
  std::string take_serial;  ///< of the camera by its take; empty: of no take, or not known
  Family family = Family::azure_kinect;
  std::string family_by{kFamilyAssumed};  ///< what the family is known from
  CameraConfig config;                    ///< as recorded; exposure and gain only where noted
  bool has_wired_sync_tag = true;
  bool is_virtual = false;
  std::string color_firmware;
  /// Stamps in the order of the stream, duplicates and steps back included. `ir` stands for depth
  /// where there is none (passive IR).
  std::vector<DeviceTime> color;
  std::vector<DeviceTime> depth;
  std::vector<ArrivalNote> arrivals;                     ///< empty: not recorded
  std::vector<std::pair<DeviceTime, Micros>> exposures;  ///< changes only; empty: not recorded
  std::vector<std::pair<DeviceTime, uint64_t>>
      drops;                        ///< losses that the recorder or device owned up to
  std::vector<std::string> damage;  ///< what the reader said of the file
  std::string take_id;              ///< of `lockstep record`; empty: not recorded
  int64_t date_utc_ns = 0;          ///< of the file, since 2001; 0: not recorded
  int part = 1;                     ///< 2 and up: after a clock discontinuity
  std::string part_reason;          ///< why the part before it ended
  /// Rig time of device time zero, where a manifest knows it; else ticks are counted from the
  /// stamps.
  std::optional<int64_t> rig_from_device_ns;
  std::string lost_because;  ///< how a take lost this camera; empty: it did not
};

/// A recording that a take has by its manifest, and that is gone or no recording any more.
struct LostRecording {
  std::string camera;
  std::string source;  ///< file, for messages
  int part = 1;
  std::string why;        ///< what the reader said of it; empty: it is not there
  uint64_t captures = 0;  ///< of the camera, as the manifest counts them
};

/// A set of devices that claim to have recorded together.
struct Evidence {
  std::vector<DeviceEvidence> devices;
  std::vector<LostRecording> lost;
  std::string name;              ///< of the take; empty for loose files
  std::optional<Plan> plan;      ///< from a take or rig file; without it delays come from the files
  bool cut_on_one_tick = false;  ///< a take that ended as it was to: no camera ends before another
  bool unfinished = false;       ///< the take is being recorded
  bool left_behind = false;      ///< the recorder of the take died before it ended it
  bool incomplete = false;       ///< the take was ended by a fault, or finished by recover
  bool unproved = false;         ///< recorded over a plan that falls short, or without lock
};

}  // namespace lockstep
