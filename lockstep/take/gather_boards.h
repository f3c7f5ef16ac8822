// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/calibrate/calibrate_rig.h"
#include "lockstep/calibrate/detector.h"

// A take to what the solver of a rig looks at.

namespace lockstep {

struct GatherBoardsOptions {
  /// Ticks looked at, spread evenly over the take; fewer where it has fewer.
  int64_t most_ticks = 300;
  int threads = 2;  ///< each with a detector of its own
  Detector::Options detector;
  /// Called with how many ticks are done and how many there are, from any thread, never from two at
  /// once; false ends it.
  std::function<bool(int64_t done, int64_t all)> progress;
};

struct GatheredBoards {
  BoardEvidence evidence;
  int64_t ticks_of_take = 0;                ///< common to all cameras
  std::optional<int64_t> ticks_recorded{};  ///< so many, by its manifest
  int64_t ticks_looked_at = 0;
  int64_t ticks_out_of_step = 0;  ///< of those: some camera was, and is left out there
  bool simulated = false;
  std::string take;                   ///< its name
  std::vector<std::string> mishaps;   ///< of the detectors: Detector::mishaps()
  std::vector<std::string> failures;  ///< images that were left out: BoardObserver::failures()
};

/// Looks for a board in the images of a take. What a camera saw out of step counts for nothing.
/// Holds a capture set for each thread, not the take. Errors: those of SetReader and BoardObserver;
/// unusable_input naming a camera whose recording has no factory calibration to compute with, of
/// which no tick is in step, or that no serial number tells from the others; cancelled where
/// progress says so.
Result<GatheredBoards> gather_boards(const std::filesystem::path& take_folder, const Board& board,
                                     const GatherBoardsOptions& options = {});

}  // namespace lockstep
