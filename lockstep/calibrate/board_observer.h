// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/calibrate/board_view.h"
#include "lockstep/calibrate/detector.h"
#include "lockstep/frame/capture.h"
#include "lockstep/geometry/board.h"

namespace lockstep {

/// Infrared as eight bits: the square root of it, the brightest half percent is white. Corners stay
/// where they are, since around a corner all four squares change alike.
[[nodiscard]] GrayImage gray_of_infrared(const Image& infrared);

/// Brightness of a photograph: the bytes of a JPEG, or of a PNG of any kind. Errors:
/// unusable_input.
Result<GrayImage> gray_of_photograph(std::span<const std::byte> file);

/// Brightness of a colour image. Errors: those of color_picture().
Result<GrayImage> gray_of_color(const Image& color);

/// Pixels over which edges between the corners of a board go from dark to bright; 0 for none.
[[nodiscard]] double edge_width_px(const GrayImage& image, const Board& board,
                                   const std::vector<SeenCorner>& corners);

/// What a detector found in an image, and how sharp the board is there. `view`: whose image it is.
[[nodiscard]] BoardSighting sighting_of(const Detection& detection, const GrayImage& image,
                                        const Board& board, BoardView view);

/// Depth at the corners of a board, as the depth pixels around each of them tell: a plane through
/// those within two fifths of a square. Nothing for a corner with too few of them, or where they
/// lie in no plane. `corners` are in the same image.
void measure_depths(std::span<const uint16_t> depth_mm, int width_px, int height_px,
                    const Board& board, std::vector<SeenCorner>& corners);

/// Looks for a board in captures, with a detector of its own. Not thread-safe; threads take one
/// each.
class BoardObserver {
 public:
  BoardObserver(Board board, Detector::Options options);

  /// What a capture's images show, one sighting for each that could be looked at. An image that
  /// cannot be decoded, and one on which the detector fails twice, is remembered in failures().
  /// Errors: those that every further image would meet, too: no detector (not_found), one that
  /// fails on all of the first images (io, timeout), a board that cannot be.
  Result<std::vector<BoardSighting>> observe(const Capture& capture, int camera, int64_t tick);

  /// Why images were left out: "the colour of tick 7: ...".
  [[nodiscard]] const std::vector<std::string>& failures() const { return failures_; }
  [[nodiscard]] const Detector& detector() const { return detector_; }

 private:
  Result<std::optional<BoardSighting>> look(GrayImage image, BoardView view);

  Board board_;
  Detector detector_;
  std::vector<std::string> failures_;
  int looked_at_ = 0;
  int in_vain_ = 0;  ///< before the first that was looked at
};

}  // namespace lockstep
