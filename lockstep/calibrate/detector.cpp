// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/detector.h"

#include <fmt/core.h>

#include <array>
#include <cstdlib>

#include "lockstep/calibrate/detect_child.h"
#include "lockstep/rig/board_file.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

constexpr int kChildrenForAnImage = 2;
/// How long a child whose socket broke may take to be gone, so that its own end is what is told.
constexpr std::chrono::milliseconds kOwnEnd{500};

Result<void> check_request(const DetectRequest& request) {
  if (auto possible = check_board(request.board); !possible) return possible;
  const GrayImage& image = request.image;
  const auto side_fits = [](int side) { return side >= 1 && side <= kDetectLargestSide; };
  const size_t pixels = static_cast<size_t>(image.width_px) * static_cast<size_t>(image.height_px);
  if (side_fits(image.width_px) && side_fits(image.height_px) && pixels <= kDetectMostPixels &&
      pixels == image.samples.size())
    return {};
  return Error{Errc::invalid_argument,
               fmt::format("an image of {} x {} pixels with {} samples cannot be looked at",
                           image.width_px, image.height_px, image.samples.size())};
}

Result<DetectAnswer> exchange(DetectChild& child, const std::vector<std::byte>& message,
                              DetectChild::Deadline deadline) {
  if (auto sent = child.send(message, deadline); !sent) return sent.error();
  std::array<std::byte, kDetectHeadBytes> head_bytes{};
  if (auto got = child.receive(head_bytes, deadline); !got) return got.error();
  const auto head = decode_detect_head(head_bytes);
  if (!head) return head.error();
  if (head->kind != DetectMessage::answer)
    return Error{Errc::unusable_input, "a request came where an answer belongs"};
  std::vector<std::byte> body(head->body_bytes);
  if (auto got = child.receive(body, deadline); !got) return got.error();
  return decode_detect_answer(body);
}

bool are_of(const std::vector<DetectedCorner>& corners, const Board& board) {
  return corners.empty() || corners.back().id < board.corner_count();
}

}  // namespace

Result<fs::path> find_detect_program() {
  std::error_code failed;
  const char* const said = std::getenv("LOCKSTEP_DETECT");
  if (said != nullptr && *said != '\0') {
    if (fs::is_regular_file(said, failed)) return fs::path(said);
    return Error{Errc::not_found,
                 fmt::format("LOCKSTEP_DETECT names {}, and there is no such program: let it name "
                             "lockstep-detect, or unset it",
                             said)};
  }
  const fs::path beside =
      fs::read_symlink("/proc/self/exe", failed).parent_path() / "lockstep-detect";
  if (fs::is_regular_file(beside, failed)) return beside;
  return Error{
      Errc::not_found,
      fmt::format("boards are found by lockstep-detect, and there is no {}: build it with "
                  "LOCKSTEP_WITH_OPENCV=ON, install lockstep whole, or let LOCKSTEP_DETECT "
                  "name it",
                  beside.string())};
}

Detector::Detector(Options options) : options_(std::move(options)) {}
Detector::~Detector() = default;
Detector::Detector(Detector&&) noexcept = default;
Detector& Detector::operator=(Detector&&) noexcept = default;

int Detector::child() const {
  return child_ ? child_->pid() : -1;
}

Result<DetectAnswer> Detector::ask(const std::vector<std::byte>& message) {
  if (!child_) {
    if (options_.program.empty()) {
      auto found = find_detect_program();
      if (!found) return std::move(found).error();
      options_.program = *std::move(found);
    }
    auto started = DetectChild::start(options_.program, options_.stopped);
    if (!started) return std::move(started).error();
    child_ = std::make_unique<DetectChild>(*std::move(started));
  }
  return exchange(*child_, message, std::chrono::steady_clock::now() + options_.patience);
}

void Detector::note_mishap(const Result<DetectAnswer>& answer) {
  if (!answer && answer.error().code == Errc::timeout) {
    mishaps_.push_back(fmt::format("lockstep-detect did not answer within {:.3g} s and was ended",
                                   static_cast<double>(options_.patience.count()) / 1000));
  } else if (!answer && answer.error().code == Errc::io) {
    mishaps_.push_back("lockstep-detect " + child_->end(kOwnEnd));
  } else {
    mishaps_.push_back(answer ? "lockstep-detect named corners that the board does not have"
                              : answer.error().message);
  }
}

Result<Detection> Detector::detect(const DetectRequest& request) {
  if (auto possible = check_request(request); !possible) return possible.error();
  const std::vector<std::byte> message = encode_detect_request(request);
  Errc how = Errc::io;
  for (int i = 0; i < kChildrenForAnImage; ++i) {
    auto answer = ask(message);
    if (!child_) return std::move(answer).error();  // none could be started
    if (answer && are_of(answer->detection.corners, request.board)) {
      if (answer->refusal.empty()) return std::move(answer->detection);
      return Error{Errc::invalid_argument, answer->refusal};
    }
    if (!answer && answer.error().code == Errc::cancelled) {
      child_.reset();  // whatever it answers now is of an image that nobody asks for any more
      return std::move(answer).error();
    }
    how = !answer && answer.error().code == Errc::timeout ? Errc::timeout : Errc::io;
    note_mishap(answer);
    child_.reset();
  }
  return Error{how, fmt::format("an image of {} x {} pixels was looked at twice in vain: {}",
                                request.image.width_px, request.image.height_px, mishaps_.back())};
}

}  // namespace lockstep
