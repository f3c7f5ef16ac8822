// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/geometry/board.h"

// What goes over the socket of lockstep-detect, which looks for boards in images in a process of
// its own: requests in, one answer out for each, in order. Numbers are little-endian, nothing is
// padded.
//
//   head     "LKDT", u16 version (1), u16 kind (1 request, 2 answer), u32 bytes that follow
//   request  u32 flags (1: look longer; no others), u8 kind of board (0 ChArUco, 1 chessboard),
//            u8 layout (0 current, 1 legacy), u16 columns, u16 rows, f64 square, f64 marker
//            (metres), u8 length and letters of the dictionary's name, u32 width, u32 height, then
//            one byte for each pixel, rows from the top
//   answer   u32 markers of the board, u32 foreign markers, u32 misplaced markers, u32 corners,
//            then for each corner u32 id, f64 x, f64 y; u32 length and letters of why the request
//            was refused, 0 when it was not
//
// Everything here is pure; decoding takes any bytes and allocates no more than they have.

namespace lockstep {

inline constexpr size_t kDetectHeadBytes = 12;
/// Largest width and height of an image, as codec/ reads them, and most pixels in it.
inline constexpr int kDetectLargestSide = 8192;
inline constexpr size_t kDetectMostPixels = size_t{1} << 26;

/// An 8-bit grey image, rows from the top, tightly packed.
struct GrayImage {
  int width_px = 0;
  int height_px = 0;
  std::vector<uint8_t> samples;  ///< width * height
};

struct DetectRequest {
  Board board;
  /// Look longer, two or three times, for what a first look may miss: markers are also read in the
  /// image at twice its size (at 3 m, 60 mm in the depth camera are 10 pixels), and chessboards
  /// looked for at other sizes and harder.
  bool thorough = false;
  GrayImage image;
};

/// An inner corner of the board in an image.
struct DetectedCorner {
  int id = 0;                                       ///< as Board counts them
  Eigen::Vector2d pixel = Eigen::Vector2d::Zero();  ///< the centre of the top-left one is (0, 0)
};

/// What was seen of a board in one image. Nothing seen is an answer like others.
struct Detection {
  int markers = 0;  ///< of the board, whose place agrees with that of their neighbours
  /// Markers of the dictionary that the board does not have: it is another one, or not alone.
  int foreign_markers = 0;
  /// Markers of the board that are not where their neighbours say: another size or layout.
  int misplaced_markers = 0;
  std::vector<DetectedCorner> corners;  ///< by rising id
};

struct DetectAnswer {
  Detection detection;
  std::string refusal;  ///< why the request could not be used; empty when it could
};

enum class DetectMessage : uint16_t { request = 1, answer = 2 };

struct DetectHead {
  DetectMessage kind = DetectMessage::request;
  size_t body_bytes = 0;
};

/// Head and body.
[[nodiscard]] std::vector<std::byte> encode_detect_request(const DetectRequest& request);
[[nodiscard]] std::vector<std::byte> encode_detect_answer(const DetectAnswer& answer);

/// Another version, kind or a body beyond what a message of its kind can have is unusable_input.
Result<DetectHead> decode_detect_head(std::span<const std::byte, kDetectHeadBytes> head);
/// Of the bytes behind the head. A board that cannot be (board_file.h), an image without pixels or
/// bytes that are too few or too many are unusable_input.
Result<DetectRequest> decode_detect_request(std::span<const std::byte> body);
/// The same; ids that do not rise and pixels that are no numbers are unusable_input.
Result<DetectAnswer> decode_detect_answer(std::span<const std::byte> body);

}  // namespace lockstep
