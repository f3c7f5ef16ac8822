// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lockstep/sensor/config.h"
#include "lockstep/sensor/modes.h"

// The rig as a person declares it: one TOML file, read into plain data (docs/rig-file.md).

namespace lockstep {

/// Where in the rig file something was said; 0 when it was not said but implied.
struct SourceLine {
  int line = 0;
};

enum class DeviceClockMode { reset, follow_host };

/// Where a virtual camera is set up, and a point that it looks at: metres in the world's frame.
struct CameraPlace {
  std::array<double, 3> at_m{};
  std::array<double, 3> look_at_m{};
};

/// How far a virtual camera was moved from where it was set up: along and about its own axes.
struct CameraNudge {
  std::array<double, 3> shift_mm{};
  std::array<double, 3> turn_deg{};  ///< axis times angle
};

struct RigCamera {
  std::string name;    ///< unique in the rig; names the recording: <name>.mkv
  std::string serial;  ///< twelve characters; "virtual-0001" and so on for virtual cameras
  Family family = Family::azure_kinect;
  CameraConfig config;                 ///< delays as given in the file; see has_*_delay
  bool has_subordinate_delay = false;  ///< false: the planner chooses
  bool has_depth_delay = false;
  std::optional<bool> allow_auto;  ///< automatic exposure on a wired rig
  std::string color_firmware;      ///< expected; empty = not said
  std::string host;                ///< empty = this one
  std::string usb_controller;      ///< PCI address such as "03:00.0"; empty = not said
  /// Femto families: what the device's clock follows. reset: zeroed at the first pulse, as Azure's.
  std::optional<DeviceClockMode> clock;
  std::optional<double> settle_s;   ///< wait before the master starts; nothing = the family's
  std::optional<CameraPlace> pose;  ///< of a virtual camera; nothing = as the world arranges it
  CameraNudge nudge;                ///< of a virtual camera
  SourceLine where;
  std::map<std::string, int, std::less<>> said;  ///< line of each key, its own or of all_cameras

  /// Where a setting was said: its key's line, or the camera's when nobody said it.
  [[nodiscard]] SourceLine where_said(std::string_view key) const {
    const auto line = said.find(key);
    return line == said.end() ? where : SourceLine{line->second};
  }
};

/// One end of a cable: a camera's or box's port ("left.out", "amp.1").
struct CableEnd {
  std::string node;
  std::string port;
};

struct RigCable {
  CableEnd from, to;
  std::optional<double> length_m;
  SourceLine where;
};

enum class BoxKind { generator, splitter, amplifier, sync_hub };

struct RigBox {
  std::string name;
  BoxKind kind = BoxKind::splitter;
  std::string model;              ///< for people, on the wiring sheet
  std::optional<double> rate_hz;  ///< generator
  std::optional<double> level_v;
  std::vector<std::string> also_feeds;  ///< for people, on the wiring sheet: "sound: word clock"
  SourceLine where;
};

enum class LaserStagger { whole_camera, depth_only };  ///< which delay the planner uses

struct RigLasers {
  LaserStagger stagger = LaserStagger::whole_camera;
  /// Groups of cameras whose views never meet, each {"a", "b"}: those pairs may fire together.
  std::vector<std::vector<std::string>> never_overlap;
};

enum class IfCameraLost { keep_going, stop };

struct RigTake {
  std::string folder = "takes";  ///< relative to the rig file
  double keep_free_gb = 2;       ///< recording ends cleanly below this
  IfCameraLost if_camera_lost = IfCameraLost::keep_going;
};

enum class FaultKind {
  delay,           ///< value: us added to colour and depth
  depth_delay,     ///< value: us added to depth only
  lose_tick,       ///< count: how many
  duplicate_tick,  ///< count: how many
  restart,         ///< the camera's clock begins anew
  unplug,          ///< the camera is gone
  cable_pull,      ///< the camera no longer sees the line
  cable_loose,     ///< the camera never sees the line
  slow_usb,        ///< value: us of extra arrival latency
  exposure,        ///< value: us
};

/// Names of the kinds in rig files and of --fault, in the order of FaultKind.
inline constexpr std::array<std::string_view, 10> kFaultKindNames{
    "delay",  "depth-delay", "lose-tick",   "duplicate-tick", "restart",
    "unplug", "cable-pull",  "cable-loose", "slow-usb",       "exposure"};

[[nodiscard]] constexpr std::string_view to_string(FaultKind kind) {
  return kFaultKindNames[static_cast<size_t>(kind)];
}

inline constexpr double kMostFaultNumber = 1e9;  ///< of at_s, value and count of a WorldFault

/// A fault injected into the virtual rig, at a device time of that camera.
struct WorldFault {
  std::string camera;
  FaultKind kind = FaultKind::delay;
  double at_s = 0;  ///< device time, which counts from the first pulse; 0: from the start
  double value = 0;
  int64_t count = 1;  ///< ticks concerned, for lose-tick and duplicate-tick
  SourceLine where;
};

enum class StampMeaning { center_of_exposure, start_of_frame };
enum class ClockModel { family_default, disciplined, free_running };

/// Every picture of a period is rendered and kept: 900 of each sensor at 30 fps.
inline constexpr double kLongestWorldPeriodS = 30;

struct WorldBoard;

/// How the cameras of a world stand that have no pose of their own, and who are neighbours.
enum class Arrangement { arc, circle, chain };
inline constexpr std::array<std::string_view, 3> kArrangementNames{"arc", "circle", "chain"};

/// What there is to look at.
inline constexpr std::array<std::string_view, 3> kSceneNames{"room", "still-room", "bare-floor"};

/// What the factory calibration of a virtual camera differs from its lenses by, drawn by seed: one
/// sigma of each number but the last.
struct FactoryError {
  double focal_length = 0;    ///< of itself
  double center_px = 0;       ///< in 1080p and NFOV unbinned
  double color_turn_deg = 0;  ///< about each axis
  double color_shift_mm = 0;  ///< along each axis
  double depth_bias_mm = 0;   ///< depth is measured too far by -this to this
};

/// What the virtual rig simulates; only in rigs of virtual cameras.
struct RigWorld {
  uint64_t seed = 1;
  double period_s = 2;  ///< the rendered scene repeats after this
  bool timing_only =
      false;  ///< no pictures: stamps of a real camera's, images with nothing on them
  std::string scene = "room";
  std::shared_ptr<const WorldBoard> board;  ///< null: none; lockstep/rig/world_board.h
  Arrangement arrangement = Arrangement::arc;
  double radius_m = 2.0;  ///< of the arc or circle; how far a chain stands from the middle
  double apart_m = 1.0;   ///< neighbours in a chain
  FactoryError factory_error;
  StampMeaning stamp_meaning = StampMeaning::center_of_exposure;
  ClockModel clock = ClockModel::family_default;
  double clock_rate_spread_ppm = 20;    ///< of free-running clocks, per device
  double clock_rate_common_ppm = -380;  ///< device clocks against real time
  double stamp_jitter_us = 8;           ///< rms, before rounding to the register step
  double q = 0.5;                       ///< decision 11: +0.5 or -0.5
  double depth_noise_scale = 1;
  std::string firmware = "1.6.110";  ///< colour firmware of every virtual camera
  std::vector<WorldFault> faults;
};

struct Rig {
  int schema = 1;
  std::string name;
  FrameRate frame_rate = FrameRate::fps30;
  std::string source;  ///< name of the camera or box that gives the pulses; "" = from the cables
  std::vector<RigCamera> cameras;
  std::vector<RigCable> cables;
  std::vector<RigBox> boxes;
  RigLasers lasers;
  RigTake take;
  std::optional<RigWorld> world;  ///< present exactly when the cameras are virtual
  std::string path;         ///< file it was read from (or its name in messages); "" if made in code
  SourceLine where;         ///< of rig's source, or of the [rig] table
  SourceLine rate_where;    ///< of rig's frame_rate; no line when it was not said
  SourceLine lasers_where;  ///< of never_overlap, or of the [lasers] table

  [[nodiscard]] bool is_virtual() const { return world.has_value(); }
};

}  // namespace lockstep
