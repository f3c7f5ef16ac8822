// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/calibrate/board_view.h"
#include "lockstep/geometry/board.h"
#include "lockstep/geometry/camera_model.h"
#include "lockstep/geometry/rigid.h"

namespace lockstep {

/// The corners of the board in one photograph, by their ids.
struct BoardPhoto {
  std::string name;  ///< for messages
  std::vector<SeenCorner> corners;
  double edge_width_px = 0;  ///< of the board's squares; 0: not known
};

/// What a photograph served for.
enum class PhotoUse {
  solved_with,
  held_out,     ///< the solve never saw it
  few_corners,  ///< the board was not found, or too little of it; like those below left out
  blurred,      ///< moved, or out of focus
  alike,        ///< it shows the board where an earlier one does
  /// A few that the lens of all the others does not explain: another camera's, or another zoom.
  contradicting,
};

/// One photograph against a solved lens.
struct PhotoResidual {
  PhotoUse use = PhotoUse::solved_with;
  /// Nothing where it was left out, or where corners lie so that no board explains them.
  std::optional<double> rms_px;
};

struct SolvedLens {
  CameraModel lens;
  double rms_px = 0;                      ///< of the photographs that were solved with
  std::optional<double> held_out_rms_px;  ///< of those that were not, placed by themselves
  double coverage = 0;       ///< 0..1: share of 8 x 6 fields of the image that had a corner
  double most_tilt_deg = 0;  ///< between any two boards
  std::vector<PhotoResidual> photos;  ///< in the order of the input
};

/// Fewest photographs of a lens.
inline constexpr size_t kLeastPhotos = 6;

/// Focal lengths, principal point and the eight coefficients of the rational model (k1..k6, p1, p2:
/// those of OpenCV's CALIB_RATIONAL_MODEL) of one camera from photographs of a board. Of those that
/// show it every fifth is held out from the tenth on; what contradicts a lens of all the others is
/// left out. The lens's metric radius is where the model
/// ceases to be one to one. Errors: unusable_input for fewer than six photographs that show six
/// corners and more, boards that were all parallel, and corners that no lens explains. Pure.
Result<SolvedLens> solve_lens(int width_px, int height_px, const Board& board,
                              const std::vector<BoardPhoto>& photos);

/// How two cameras stand to each other that saw one board.
struct RegisteredPair {
  RigidTransform b_from_a;
  int corners_a = 0, corners_b = 0;
  double rms_a_px = 0, rms_b_px = 0;
};

/// Errors: unusable_input where one of them did not see enough of the board, saw it so that its
/// image alone does not say how it is tilted, or saw what no place of it explains. Pure.
Result<RegisteredPair> register_pair(const CameraModel& lens_a, const BoardPhoto& a,
                                     const CameraModel& lens_b, const BoardPhoto& b,
                                     const Board& board);

}  // namespace lockstep
