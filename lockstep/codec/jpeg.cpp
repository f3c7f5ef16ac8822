// SPDX-License-Identifier: MIT
#include "lockstep/codec/jpeg.h"

#include <fmt/core.h>
#include <turbojpeg.h>

#include <memory>

#include "lockstep/sensor/modes.h"

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

const unsigned char* data_of(std::span<const std::byte> jpeg) {
  return reinterpret_cast<const unsigned char*>(jpeg.data());
}

Result<SizePx> size_of(const Handle& handle, std::span<const std::byte> jpeg) {
  SizePx size;
  int chroma = 0;
  int space = 0;
  if (tjDecompressHeader3(handle.get(), data_of(jpeg), jpeg.size(), &size.width, &size.height,
                          &chroma, &space) != 0)
    return broken(tjGetErrorStr2(handle.get()));
  if (size.width > kLimitPx || size.height > kLimitPx)
    return broken("it is larger than 8192 x 8192 pixels: make it smaller");
  return size;
}

/// Warnings (a cut picture) are failures too.
Result<void> decode(const Handle& handle, std::span<const std::byte> jpeg, SizePx size, int format,
                    int flags, std::vector<uint8_t>& into) {
  if (tjDecompress2(handle.get(), data_of(jpeg), jpeg.size(), into.data(), size.width, 0,
                    size.height, format, flags) != 0)
    return broken(tjGetErrorStr2(handle.get()));
  return {};
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
  const auto size = size_of(handle, jpeg);
  if (!size) return size.error();
  RgbPicture picture(size->width, size->height);
  if (auto ok = decode(handle, jpeg, *size, TJPF_RGB, 0, picture.rgb); !ok) return ok.error();
  return picture;
}

Result<std::vector<uint8_t>> decode_jpeg_bgra(std::span<const std::byte> jpeg, int width_px,
                                              int height_px) {
  const Handle handle(tjInitDecompress());
  const auto size = size_of(handle, jpeg);
  if (!size) return size.error();
  if (*size != SizePx{width_px, height_px}) return broken("it is of another size");
  std::vector<uint8_t> bgra(size_t{4} * static_cast<size_t>(width_px) *
                            static_cast<size_t>(height_px));
  constexpr int kFast = TJFLAG_FASTDCT | TJFLAG_FASTUPSAMPLE;
  if (auto ok = decode(handle, jpeg, *size, TJPF_BGRA, kFast, bgra); !ok) return ok.error();
  return bgra;
}

}  // namespace lockstep
