// SPDX-License-Identifier: MIT
#include "lockstep/codec/jpeg.h"

#include <fmt/core.h>
#include <turbojpeg.h>

#include <memory>

namespace lockstep {
namespace {

constexpr int kLimitPx = 8192;

struct DestroyHandle {
  void operator()(void* handle) const { tjDestroy(handle); }
};
using Handle = std::unique_ptr<void, DestroyHandle>;

Error broken(const char* why) {
  return {Errc::unusable_input, fmt::format("this JPEG can't be decoded: {}", why)};
}

}  // namespace

Result<std::vector<std::byte>> encode_jpeg(const RgbPicture& picture, int quality) {
  const Handle handle(tjInitCompress());
  std::vector<std::byte> jpeg(tjBufSize(picture.width_px, picture.height_px, TJSAMP_422));
  auto* into = reinterpret_cast<unsigned char*>(jpeg.data());
  unsigned long size = jpeg.size();  // NOLINT(google-runtime-int): the library's type
  if (tjCompress2(handle.get(), picture.rgb.data(), picture.width_px, 0, picture.height_px,
                  TJPF_RGB, &into, &size, TJSAMP_422, quality, TJFLAG_NOREALLOC) != 0) {
    return Error{Errc::invalid_argument,
                 fmt::format("a picture of {} x {} can't be made a JPEG: {}", picture.width_px,
                             picture.height_px, tjGetErrorStr2(handle.get()))};
  }
  jpeg.resize(size);
  jpeg.shrink_to_fit();
  return jpeg;
}

Result<RgbPicture> decode_jpeg(std::span<const std::byte> jpeg) {
  const Handle handle(tjInitDecompress());
  const auto* from = reinterpret_cast<const unsigned char*>(jpeg.data());
  int width = 0;
  int height = 0;
  int chroma = 0;
  int space = 0;
  if (tjDecompressHeader3(handle.get(), from, jpeg.size(), &width, &height, &chroma, &space) != 0) {
    return broken(tjGetErrorStr2(handle.get()));
  }
  if (width > kLimitPx || height > kLimitPx) return broken("it is larger than any camera's");
  RgbPicture picture(width, height);
  // Warnings (a cut picture) are failures too.
  if (tjDecompress2(handle.get(), from, jpeg.size(), picture.rgb.data(), width, 0, height, TJPF_RGB,
                    0) != 0) {
    return broken(tjGetErrorStr2(handle.get()));
  }
  return picture;
}

}  // namespace lockstep
