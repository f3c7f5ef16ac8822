// SPDX-License-Identifier: MIT
// Links: virtual
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#include "lockstep/virtual/color_rows.h"
#include "lockstep/virtual/picture_file.h"
#include "lockstep/virtual/rendered_pictures.h"

// A file of the picture cache may hold anything. The first byte chooses: the rest is a whole file,
// whose size and checksum are set right, or the patches of a depth file behind a good background,
// or the row differences of uncompressed colour. What is accepted must bear being played.

namespace {

using namespace lockstep;  // NOLINT(google-build-using-namespace)

constexpr auto kMode = DepthMode::nfov_2x2binned;

PictureFile::Blobs patches(const uint8_t* data, size_t size) {
  const SizePx whole = depth_size(kMode);
  const int32_t place[4] = {0, 0, whole.width, whole.height};
  std::vector<std::byte> background(sizeof(place) + 4 * static_cast<size_t>(whole.width) *
                                                        static_cast<size_t>(whole.height));
  std::memcpy(background.data(), place, sizeof(place));
  PictureFile::Blobs blobs{background};
  while (size > 0) {
    const size_t length = std::min<size_t>(data[0], size - 1);
    const auto* begin = reinterpret_cast<const std::byte*>(data + 1);
    blobs.emplace_back(begin, begin + length);
    data += 1 + length;
    size -= 1 + length;
  }
  return blobs;
}

void play(const PictureFile& file, std::shared_ptr<const PictureFile> shared) {
  CameraConfig config;
  config.depth_mode = kMode;
  const int frames = static_cast<int>(file.size()) - 1;
  const bool color = holds_jpegs(file, frames + 1);
  const bool depth = holds_depth(file, kMode, frames);
  const auto pictures =
      play_rendered(config, color ? shared : nullptr, depth ? shared : nullptr, 1);
  for (int64_t tick = -1; tick <= std::min(frames, 8) + 1; ++tick) {
    FrameInstant frame;
    frame.world_tick = tick;
    if (color && pictures->color(frame).bytes.get().empty()) std::abort();
    if (depth && pictures->depth(frame).ir.samples().empty()) std::abort();
  }
}

/// The differences of a picture of uncompressed colour, small enough to be met by chance.
void show_differences(const uint8_t* data, size_t size) {
  constexpr size_t kRows = 3;
  constexpr size_t kRowBytes = 16;
  const std::vector<std::byte> blob(reinterpret_cast<const std::byte*>(data),
                                    reinterpret_cast<const std::byte*>(data) + size);
  if (!are_row_differences(blob, kRows, kRowBytes)) return;
  const std::vector<uint8_t> still(kRows * kRowBytes, 100);
  std::vector<uint8_t> shown(still.size());
  static const ColorNoise noise(PixelFormat::bgra32);
  show_rows(still, blob, kRowBytes, noise, size, shown);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  std::string content;
  if (data[0] % 4 == 3) {
    show_differences(data + 1, size - 1);
    return 0;
  }
  if (data[0] % 2 == 0) {
    content.assign(reinterpret_cast<const char*>(data + 1), size - 1);
    PictureFile::seal(content);
  } else {
    content = PictureFile::encode("fuzz", patches(data + 1, size - 1));
  }
  const auto file = PictureFile::in_memory(content);
  if (!file) {
    if (file.error().message.empty()) std::abort();
    return 0;
  }
  play(**file, *file);
  return 0;
}
