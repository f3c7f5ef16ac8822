// SPDX-License-Identifier: MIT
// Links: recording
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "lockstep/recording/streams.h"

// Opens any bytes as a recording and walks everything in it, forwards, backwards and by seeking.

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace lockstep;  // NOLINT(google-build-using-namespace)
  const mkv::ByteView bytes(reinterpret_cast<const std::byte*>(data), size);
  auto reader = open_recording_on(mkv::memory_source(bytes), "fuzz");
  if (!reader) {
    if (reader.error().message.empty()) std::abort();
    return 0;
  }
  const auto stamps = (*reader)->scan();
  // Steps are bounded: a small file can only have few, but a cursor that stands still has no end.
  size_t steps = 0;
  for (auto c = (*reader)->next_capture(); c && *c; c = (*reader)->next_capture()) {
    if (++steps > size) std::abort();
  }
  for (auto c = (*reader)->previous_capture(); c && *c; c = (*reader)->previous_capture()) {
    if (++steps > 2 * size) std::abort();
  }
  if (stamps && !stamps->color.empty()) {
    (void)(*reader)->seek(stamps->color[stamps->color.size() / 2].stamp);
  }
  (void)(*reader)->next_capture();
  for (auto s = (*reader)->next_imu(); s && *s; s = (*reader)->next_imu()) {
    if (++steps > 4 * size) std::abort();
  }
  return 0;
}
