// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/rig/rig.h"
#include "lockstep/sensor/timing.h"

// What a rig implies, computed and checked before any device is touched (docs/model.md, "Five
// words"). Pure.

namespace lockstep {

enum class Severity { note, warning, error };

/// One broken rule or remark: where, what, why, and the mend.
struct PlanFinding {
  Severity severity = Severity::note;
  std::string rule;     ///< stable kebab-case id, such as "two-sources"
  std::string where;    ///< "rig.toml:12", or the file alone for what has no line
  std::string message;  ///< what is wrong and why
  std::string mend;     ///< what to do; never to delete the check
};

/// One camera as it will run. Times are microseconds after a pulse at the camera's sync-in (for the
/// master: after its own pulse).
struct PlannedCamera {
  std::string name;
  std::string serial;
  Family family = Family::azure_kinect;
  CameraConfig config;  ///< role, delays as asked of the device, exposure as realised
  int start_order = 0;  ///< 0 starts first; the master last
  int hops = 0;         ///< repeaters between the source and this camera
  /// The pulses hold its device clock; false: that runs by its own crystal. As the rig file
  /// declares it, else as its family is known to do.
  bool clock_disciplined = true;
  double color_delay_us = 0;  ///< realised; expected colour stamp minus k * T
  double depth_delay_us = 0;  ///< realised depth minus own colour
  /// Expected depth stamp minus k * T.
  [[nodiscard]] double depth_offset_us() const { return color_delay_us + depth_delay_us; }
  /// Expected offset of the stamps that count ticks: colour's, of a camera without colour depth's.
  [[nodiscard]] double tick_offset_us() const {
    return config.color_on() ? color_delay_us : depth_offset_us();
  }
  double first_pulse_us = 0;  ///< start of the first laser pulse, modulo the period
  LaserTrain laser;
};

/// Smallest dark time between any two laser pulses of two cameras, whatever the pulse numbers.
struct LaserGap {
  std::string a, b;
  double gap_us = 0;        ///< negative: the pulses meet
  bool may_overlap = true;  ///< false: never_overlap, so it does not matter
};

struct PlannedLoad {
  struct Line {
    std::string what;            ///< "USB controller 03:00.0 of this host", "disk of host 'b'"
    double megabytes_per_s = 0;  ///< 10^6 bytes
    double limit_megabytes_per_s = 0;  ///< 0: not known
    std::vector<std::string> cameras;
  };
  std::vector<Line> lines;
};

struct WiringLine {
  std::string from, to;            ///< "left Sync Out", "right Sync In"
  std::string part;                ///< "3.5 mm male-male cable, 3 m"
  std::string remark;              ///< pin-out, cover screws, length limit
  std::string from_node, to_node;  ///< names of the cameras or boxes at its ends
};

struct Plan {
  std::string rig_name;
  bool is_virtual = false;
  FrameRate frame_rate = FrameRate::fps30;
  std::string source;                  ///< camera or generator that gives the pulses; "" standalone
  bool external_source = false;        ///< a generator: every camera is a subordinate
  std::vector<PlannedCamera> cameras;  ///< in the order of the rig file
  std::vector<LaserGap> gaps;          ///< of every pair, smallest first
  PlannedLoad load;
  std::vector<WiringLine> wiring;
  std::vector<std::string>
      wiring_notes;  ///< what holds for every cable and camera: pin-out, covers, limits
  double settle_before_master_s = 0;  ///< wait between the last subordinate and the source
  std::vector<PlanFinding> findings;  ///< errors first

  [[nodiscard]] bool has_errors() const;
  /// False when errors of the cables or cameras come first: then there are no gaps to judge, and
  /// the delays of the cameras are only what a take would be recorded with all the same.
  [[nodiscard]] bool lasers_planned() const;
  [[nodiscard]] const PlannedCamera* find(std::string_view name) const;
};

/// A cable as the rig file writes it: "left.out -> right.in".
[[nodiscard]] std::string link_name(const WiringLine& cable);

/// Never fails: what is wrong with the rig is in the findings.
[[nodiscard]] Plan make_plan(const Rig& rig);

/// The plan as JSON (docs/schemas/plan.schema.json), and back; the manifest of a take carries it.
[[nodiscard]] std::string plan_to_json(const Plan& plan);
[[nodiscard]] Result<Plan> plan_from_json(std::string_view json);

}  // namespace lockstep
