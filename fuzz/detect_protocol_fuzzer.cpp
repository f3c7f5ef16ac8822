// SPDX-License-Identifier: MIT
// Links: calibrate
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "lockstep/calibrate/detect_protocol.h"

// Reads any bytes as what goes over the pipes of lockstep-detect; what is accepted must be written
// as the same bytes.

namespace {

using namespace lockstep;  // NOLINT(google-build-using-namespace)

void must_be_written_alike(const std::vector<std::byte>& written, std::span<const std::byte> read) {
  if (written.size() != kDetectHeadBytes + read.size()) std::abort();
  for (size_t i = 0; i < read.size(); ++i) {
    if (written[kDetectHeadBytes + i] != read[i]) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::span bytes(reinterpret_cast<const std::byte*>(data), size);
  if (bytes.size() < kDetectHeadBytes) return 0;
  const auto head = decode_detect_head(bytes.first<kDetectHeadBytes>());
  if (!head) return 0;
  const auto body = bytes.subspan(kDetectHeadBytes);
  if (head->kind == DetectMessage::request) {
    const auto request = decode_detect_request(body);
    if (request) must_be_written_alike(encode_detect_request(*request), body);
  } else {
    const auto answer = decode_detect_answer(body);
    if (answer) must_be_written_alike(encode_detect_answer(*answer), body);
  }
  return 0;
}
