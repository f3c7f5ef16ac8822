// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lockstep/calibrate/held_out.h"
#include "lockstep/calibrate/rig_solver.h"
#include "lockstep/calibrate/square_by_depth.h"
#include "lockstep/calibrate/view_selection.h"
#include "lockstep/geometry/rig_calibration.h"

// What is said of a calibration: plain data.

namespace lockstep {

enum class AdviceLevel { fail, warning, note };

/// One thing to know of a calibration, with what to do about it.
struct Advice {
  AdviceLevel level = AdviceLevel::note;
  std::string rule;                  ///< stable kebab-case id such as "few-shared-ticks"
  std::vector<std::string> cameras;  ///< whom it is about; none: the rig
  std::string message;               ///< one sentence
  std::string mend;                  ///< what to do; empty where there is nothing to do
};

/// What one sensor of a camera contributed.
struct SensorEvidence {
  int views = 0;
  double rms_px = 0;         ///< of the corners that the solve saw, against their re-projection
  double worst_view_px = 0;  ///< the same of its worst view
  double coverage = 0;       ///< 0..1: share of 8 x 6 fields of the image that had a corner in them
};

struct CameraEvidence {
  SensorEvidence color;
  SensorEvidence infrared;
  double depth_rms_mm = 0;               ///< of depth at the corners, its offset removed
  double nearest_m = 0, farthest_m = 0;  ///< of the board's middle
  double most_tilt_deg = 0;              ///< between any two of its boards
};

struct PairEvidence {
  int a = 0, b = 0;
  int ticks = 0;                           ///< at which both saw the board, held-out ones too
  std::optional<CarriedCorners> held_out;  ///< both directions together
};

/// A corner where it was seen and where the solve expects it.
struct ReprojectedCorner {
  int id = 0;
  Eigen::Vector2d seen_px = Eigen::Vector2d::Zero();
  Eigen::Vector2d expected_px = Eigen::Vector2d::Zero();
};

/// A view to show to people: of every sensor the one with most corners and the worst one.
struct ShownView {
  int camera = 0;
  BoardSensor sensor = BoardSensor::color;
  int64_t tick = 0;
  bool worst = false;
  double rms_px = 0;
  std::vector<ReprojectedCorner> corners;
};

/// Markers of a board in all images together: its own, those that it does not have, and those that
/// it has elsewhere.
struct MarkerCount {
  int64_t own = 0, foreign = 0, misplaced = 0;
};

struct CalibrationReport {
  RigCalibration calibration;
  bool simulated = false;
  std::string take;  ///< its name; empty where there is none
  Board board;
  std::vector<int> corner_sightings;  ///< of each corner of the board: how many images showed it
  MarkerCount markers;
  int64_t ticks_looked_at = 0;
  int64_t ticks_out_of_step = 0;  ///< left out for it
  int solve_ticks = 0;
  int held_out_ticks = 0;
  LeftOut left_out;
  ResidualNoise noise;
  HeldOutError held_out;
  SquareByDepth square_by_depth;
  std::vector<CameraEvidence> cameras;
  std::vector<PairEvidence> pairs;  ///< that share a tick
  std::vector<Advice> advice;
  std::vector<ShownView> shown;
  std::map<int64_t, RigidTransform> rig_from_board;  ///< of the ticks that were solved with

  /// No advice of level fail.
  [[nodiscard]] bool passes() const;
};

/// "good", "good, with advice" or "weak".
[[nodiscard]] std::string verdict_of(const CalibrationReport& report);

}  // namespace lockstep
