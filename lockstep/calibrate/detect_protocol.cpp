// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/detect_protocol.h"

#include <fmt/core.h>

#include <cmath>
#include <cstring>

#include "lockstep/base/little_endian.h"
#include "lockstep/rig/board_file.h"

namespace lockstep {
namespace {

constexpr std::string_view kMagic = "LKDT";
constexpr uint16_t kVersion = 1;
constexpr uint32_t kThorough = 1;
constexpr size_t kLongestName = 64;
constexpr size_t kLongestRefusal = 4096;
constexpr size_t kMostCorners = 10'000;  // of a board with the most squares
constexpr size_t kCornerBytes = 20;
constexpr size_t kMostOfRequest = kDetectMostPixels + 256;
constexpr size_t kMostOfAnswer = kMostCorners * kCornerBytes + kLongestRefusal + 64;

Error broken(const std::string& what) {
  return {Errc::unusable_input, "a message of lockstep-detect can't be used: " + what};
}

class MessageWriter {
 public:
  template <typename T>
  void number(T value) {
    const size_t at = bytes_.size();
    bytes_.resize(at + sizeof(T));
    store_le(bytes_.data(), at, value);
  }
  void raw(const void* data, size_t size) {
    const auto* first = static_cast<const std::byte*>(data);
    bytes_.insert(bytes_.end(), first, first + size);
  }
  void reserve(size_t size) { bytes_.reserve(size); }

  void head(DetectMessage kind) {
    raw(kMagic.data(), kMagic.size());
    number(kVersion);
    number(static_cast<uint16_t>(kind));
    number(uint32_t{0});  // body_bytes, once they are known
  }
  std::vector<std::byte> finished() && {
    store_le(bytes_.data(), 8, static_cast<uint32_t>(bytes_.size() - kDetectHeadBytes));
    return std::move(bytes_);
  }

 private:
  std::vector<std::byte> bytes_;
};

/// After the first number that is not there all others are 0, and failed() is true.
class MessageReader {
 public:
  explicit MessageReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  template <typename T>
  T number() {
    const auto part = raw(sizeof(T));
    return part.empty() ? T{} : load_le<T>(part.data(), 0);
  }
  std::span<const std::byte> raw(size_t size) {
    if (size > bytes_.size()) failed_ = true;
    if (failed_) return {};
    const auto part = bytes_.first(size);
    bytes_ = bytes_.subspan(size);
    return part;
  }
  std::string text(size_t size) {
    const auto part = raw(size);
    return {reinterpret_cast<const char*>(part.data()), part.size()};
  }
  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] bool at_end() const { return !failed_ && bytes_.empty(); }

 private:
  std::span<const std::byte> bytes_;
  bool failed_ = false;
};

Result<Board> read_board(MessageReader& reader) {
  Board board;
  const auto kind = reader.number<uint8_t>();
  const auto layout = reader.number<uint8_t>();
  if (kind > 1 || layout > 1) return broken("no such kind or layout of board");
  board.kind = static_cast<BoardKind>(kind);
  board.legacy_layout = layout == 1;
  board.squares_x = reader.number<uint16_t>();
  board.squares_y = reader.number<uint16_t>();
  board.square_m = reader.number<double>();
  board.marker_m = reader.number<double>();
  const size_t length = reader.number<uint8_t>();
  if (length > kLongestName) return broken("the name of the dictionary is too long");
  board.dictionary = reader.text(length);
  if (reader.failed()) return broken("it ends within the board");
  if (const auto possible = check_board(board); !possible) return broken(possible.error().message);
  return board;
}

Result<GrayImage> read_image(MessageReader& reader) {
  const auto width = reader.number<uint32_t>();
  const auto height = reader.number<uint32_t>();
  const auto side_fits = [](uint32_t side) { return side >= 1 && side <= kDetectLargestSide; };
  if (!side_fits(width) || !side_fits(height) || size_t{width} * height > kDetectMostPixels)
    return broken(fmt::format("an image of {} x {} pixels", width, height));
  const auto pixels = reader.raw(size_t{width} * height);
  if (!reader.at_end()) return broken("its pixels are too few or too many");
  GrayImage image{static_cast<int>(width), static_cast<int>(height), {}};
  image.samples.resize(pixels.size());
  std::memcpy(image.samples.data(), pixels.data(), pixels.size());
  return image;
}

Result<std::vector<DetectedCorner>> read_corners(MessageReader& reader) {
  const auto count = reader.number<uint32_t>();
  if (count > kMostCorners) return broken(fmt::format("{} corners", count));
  std::vector<DetectedCorner> corners;
  for (uint32_t i = 0; i < count && !reader.failed(); ++i) {
    const auto id = reader.number<uint32_t>();
    const double x = reader.number<double>();
    const double y = reader.number<double>();
    const bool rises = corners.empty() || static_cast<int64_t>(id) > corners.back().id;
    if (!rises || id >= kMostCorners || !std::isfinite(x) || !std::isfinite(y))
      return broken(fmt::format("corner {} has no meaning", i));
    corners.push_back({static_cast<int>(id), {x, y}});
  }
  return corners;
}

}  // namespace

std::vector<std::byte> encode_detect_request(const DetectRequest& request) {
  const Board& board = request.board;
  const GrayImage& image = request.image;
  MessageWriter writer;
  writer.reserve(image.samples.size() + 256);
  writer.head(DetectMessage::request);
  writer.number(request.thorough ? kThorough : uint32_t{0});
  writer.number(static_cast<uint8_t>(board.kind));
  writer.number(static_cast<uint8_t>(board.legacy_layout ? 1 : 0));
  writer.number(static_cast<uint16_t>(board.squares_x));
  writer.number(static_cast<uint16_t>(board.squares_y));
  writer.number(board.square_m);
  writer.number(board.marker_m);
  const std::string name = board.dictionary.substr(0, kLongestName);
  writer.number(static_cast<uint8_t>(name.size()));
  writer.raw(name.data(), name.size());
  writer.number(static_cast<uint32_t>(image.width_px));
  writer.number(static_cast<uint32_t>(image.height_px));
  writer.raw(image.samples.data(), image.samples.size());
  return std::move(writer).finished();
}

std::vector<std::byte> encode_detect_answer(const DetectAnswer& answer) {
  const Detection& detection = answer.detection;
  MessageWriter writer;
  writer.head(DetectMessage::answer);
  for (const int count :
       {detection.markers, detection.foreign_markers, detection.misplaced_markers})
    writer.number(static_cast<uint32_t>(count));
  writer.number(static_cast<uint32_t>(detection.corners.size()));
  for (const DetectedCorner& corner : detection.corners) {
    writer.number(static_cast<uint32_t>(corner.id));
    writer.number(corner.pixel.x());
    writer.number(corner.pixel.y());
  }
  const std::string refusal = answer.refusal.substr(0, kLongestRefusal);
  writer.number(static_cast<uint32_t>(refusal.size()));
  writer.raw(refusal.data(), refusal.size());
  return std::move(writer).finished();
}

Result<DetectHead> decode_detect_head(std::span<const std::byte, kDetectHeadBytes> head) {
  MessageReader reader(head);
  if (reader.text(kMagic.size()) != kMagic) return broken("it does not begin as one");
  const auto version = reader.number<uint16_t>();
  if (version != kVersion) {
    return broken(
        fmt::format("it has version {}, and this program knows {}: both must be of one build",
                    version, kVersion));
  }
  const auto kind = reader.number<uint16_t>();
  const size_t bytes = reader.number<uint32_t>();
  if (kind != 1 && kind != 2) return broken(fmt::format("it is of kind {}", kind));
  if (bytes > (kind == 1 ? kMostOfRequest : kMostOfAnswer))
    return broken(fmt::format("{} bytes are too many", bytes));
  return DetectHead{static_cast<DetectMessage>(kind), bytes};
}

Result<DetectRequest> decode_detect_request(std::span<const std::byte> body) {
  MessageReader reader(body);
  const auto flags = reader.number<uint32_t>();
  if (flags > kThorough) return broken(fmt::format("unknown flags {:#x}", flags));
  auto board = read_board(reader);
  if (!board) return std::move(board).error();
  auto image = read_image(reader);
  if (!image) return std::move(image).error();
  return DetectRequest{*std::move(board), flags == kThorough, *std::move(image)};
}

Result<DetectAnswer> decode_detect_answer(std::span<const std::byte> body) {
  MessageReader reader(body);
  DetectAnswer answer;
  for (int* count : {&answer.detection.markers, &answer.detection.foreign_markers,
                     &answer.detection.misplaced_markers}) {
    const auto read = reader.number<uint32_t>();
    if (read > kDetectMostPixels) return broken(fmt::format("{} markers", read));
    *count = static_cast<int>(read);
  }
  auto corners = read_corners(reader);
  if (!corners) return std::move(corners).error();
  answer.detection.corners = *std::move(corners);
  const size_t length = reader.number<uint32_t>();
  if (length > kLongestRefusal) return broken("its sentence is too long");
  answer.refusal = reader.text(length);
  if (!reader.at_end()) return broken("its bytes are too few or too many");
  return answer;
}

}  // namespace lockstep
