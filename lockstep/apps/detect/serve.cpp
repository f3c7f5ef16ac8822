// SPDX-License-Identifier: MIT
#include "lockstep/apps/detect/serve.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "lockstep/apps/detect/detect.h"

namespace lockstep {
namespace {

Error failed(const char* what) {
  return {Errc::io, std::string(what) + ": " + std::strerror(errno)};
}

/// Fills `bytes`; how many came before the input ended.
Result<size_t> read_whole(int in, std::span<std::byte> bytes) {
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got = read(in, bytes.data() + done, bytes.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("a request can't be read");
    if (got == 0) break;
    done += static_cast<size_t>(got);
  }
  return done;
}

Result<void> write_whole(int out, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t put = write(out, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return failed("an answer can't be written");
    bytes = bytes.subspan(static_cast<size_t>(put));
  }
  return {};
}

/// The next request's body; nothing at the end.
Result<std::vector<std::byte>> read_body(int in, bool& at_end) {
  std::array<std::byte, kDetectHeadBytes> head_bytes{};
  const auto got = read_whole(in, head_bytes);
  if (!got) return got.error();
  at_end = *got == 0;
  if (at_end) return std::vector<std::byte>();
  const Error cut{Errc::truncated, "the input ends in the middle of a request"};
  if (*got < head_bytes.size()) return cut;
  const auto head = decode_detect_head(head_bytes);
  if (!head) return head.error();
  if (head->kind != DetectMessage::request)
    return Error{Errc::unusable_input, "an answer came where a request belongs"};
  std::vector<std::byte> body(head->body_bytes);
  const auto filled = read_whole(in, body);
  if (!filled) return filled.error();
  if (*filled < body.size()) return cut;
  return body;
}

}  // namespace

Result<void> serve_detection(int in, int out) {
  while (true) {
    bool at_end = false;
    const auto body = read_body(in, at_end);
    if (!body) return body.error();
    if (at_end) return {};
    const auto request = decode_detect_request(*body);
    const DetectAnswer answer =
        request ? detect_board(*request) : DetectAnswer{{}, request.error().message};
    if (auto written = write_whole(out, encode_detect_answer(answer)); !written) return written;
  }
}

}  // namespace lockstep
