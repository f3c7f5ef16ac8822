// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/calibrate/detect_protocol.h"

namespace cv {
class Mat;
}

namespace lockstep {

/// Looks for the board in the image. Corners are refined to a fraction of a pixel; those that are
/// hidden, too near to the edge of the image or without contrast are left out. What OpenCV throws
/// becomes the answer's refusal. One thread; keeps nothing.
[[nodiscard]] DetectAnswer detect_board(const DetectRequest& request);

/// Corners of a ChArUco board, as far as its markers are seen.
[[nodiscard]] Detection detect_charuco(const DetectRequest& request);
/// Corners of a chessboard: all of them, or none.
[[nodiscard]] Detection detect_chessboard(const DetectRequest& request);

/// The image as OpenCV has it. The pixels are shared, and only to be read.
[[nodiscard]] cv::Mat as_mat(const GrayImage& image);

}  // namespace lockstep
