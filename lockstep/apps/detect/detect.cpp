// SPDX-License-Identifier: MIT
#include "lockstep/apps/detect/detect.h"

#include <fmt/core.h>

#include <exception>
#include <opencv2/core.hpp>

namespace lockstep {

DetectAnswer detect_board(const DetectRequest& request) {
  cv::setNumThreads(1);  // whoever has several images to look at starts several processes
  try {
    const bool plain = request.board.kind == BoardKind::chessboard;
    return {plain ? detect_chessboard(request) : detect_charuco(request), {}};
  } catch (const std::exception& error) {
    return {{}, fmt::format("OpenCV cannot look at this image: {}", error.what())};
  }
}

cv::Mat as_mat(const GrayImage& image) {
  return {image.height_px, image.width_px, CV_8UC1, const_cast<uint8_t*>(image.samples.data())};
}

}  // namespace lockstep
