// SPDX-License-Identifier: MIT
#include "lockstep/apps/lockstep/info_pictures.h"

#include <fmt/core.h>

#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "lockstep/apps/common/terminal.h"
#include "lockstep/base/files.h"
#include "lockstep/codec/color_picture.h"
#include "lockstep/codec/depth_coloring.h"
#include "lockstep/codec/jpeg.h"
#include "lockstep/codec/png_file.h"
#include "lockstep/recording/reader.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

constexpr int kJpegQuality = 95;
/// How far to look for a capture with all streams: the first ones of a master lack colour.
constexpr int kCapturesTried = 30;

struct Picture {
  std::string name;
  std::string content;
  std::string remark;  ///< what a person needs to know of it
};

bool has_all(const Capture& capture, const RecordingHeader& header) {
  return capture.color.has_value() == header.has_color &&
         capture.depth.has_value() == header.has_depth && capture.ir.has_value() == header.has_ir;
}

Result<Capture> find_capture(RecordingReader& reader, const fs::path& recording, double at_s) {
  const RecordingInfo& info = reader.info();
  const double length_s = static_cast<double>(since(info.first, info.last).count()) * 1e-9;
  if (!(at_s >= 0 && at_s <= length_s)) {
    return Error{Errc::invalid_argument,
                 fmt::format("{}: there is no capture at {} s: its images go from 0 to {:.3f} s",
                             recording.string(), at_s, length_s)};
  }
  if (at_s > 0) {
    auto sought = reader.seek(info.first + Nanos(std::llround(at_s * 1e9)));
    if (!sought) return std::move(sought).error();
  }
  std::optional<Capture> chosen;
  for (int i = 0; i < kCapturesTried; ++i) {
    auto read = reader.next_capture();
    if (!read) return std::move(read).error();
    if (!*read) break;
    const bool whole = has_all(**read, info.header);
    if (whole || !chosen) chosen = **std::move(read);
    if (whole) break;
  }
  if (chosen) return *std::move(chosen);
  return Error{
      Errc::not_found,
      fmt::format("{}: no image can be read there: its damage is what `lockstep info` says",
                  recording.string())};
}

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// MJPG is written as it is in the file, whether it decodes or not.
Result<Picture> color_of(const Image& image) {
  const auto picture = color_picture(image);
  if (image.format == PixelFormat::mjpg) {
    return Picture{"colour.jpg", text_of(image.bytes.get()),
                   picture ? "as recorded" : "as recorded, though " + picture.error().message};
  }
  if (!picture) return picture.error();
  const auto jpeg = encode_jpeg(*picture, kJpegQuality);
  if (!jpeg) return jpeg.error();
  return Picture{"colour.jpg", text_of(*jpeg), "made from uncompressed colour"};
}

Result<void> add_depth(const Image& image, DepthMode mode, std::vector<Picture>& pictures) {
  const DisplayRange range = depth_display_range(mode);
  auto colored = encode_png(color_depth(image.samples(), image.width_px, image.height_px, range));
  if (!colored) return std::move(colored).error();
  auto plain = encode_png16(image.samples(), image.width_px, image.height_px);
  if (!plain) return std::move(plain).error();
  pictures.push_back(
      {"depth.png", *std::move(colored),
       fmt::format("{} mm blue to {} mm red, no reading black", range.low, range.high)});
  pictures.push_back({"depth-16.png", *std::move(plain), "16 bits, millimetres"});
  return {};
}

Result<std::vector<Picture>> pictures_of(const Capture& capture, DepthMode mode) {
  std::vector<Picture> pictures;
  if (capture.color) {
    auto color = color_of(*capture.color);
    if (!color) return std::move(color).error();
    pictures.push_back(*std::move(color));
  }
  if (capture.depth) {
    if (auto added = add_depth(*capture.depth, mode, pictures); !added)
      return std::move(added).error();
  }
  if (capture.ir) {
    const Image& ir = *capture.ir;
    const DisplayRange range = ir_display_range(mode);
    auto png = encode_png(gray_infrared(ir.samples(), ir.width_px, ir.height_px, range));
    if (!png) return std::move(png).error();
    pictures.push_back({"ir.png", *std::move(png), fmt::format("white is {}", range.high)});
  }
  return pictures;
}

Result<void> make_folder(const fs::path& folder, const std::vector<Picture>& pictures) {
  std::error_code failed;
  for (const Picture& picture : pictures) {
    const fs::path path = folder / picture.name;
    if (!fs::exists(fs::symlink_status(path, failed))) continue;
    return already_there(path, "name another folder");
  }
  if (fs::exists(folder, failed) && !fs::is_directory(folder, failed)) {
    return Error{Errc::already_exists,
                 fmt::format("{} is no folder: name another one", folder.string())};
  }
  fs::create_directories(folder, failed);
  if (failed) return error_from_errno(failed.value(), "cannot make the folder", folder);
  return {};
}

}  // namespace

Result<std::string> write_pictures(const fs::path& recording, const fs::path& folder, double at_s) {
  auto reader = RecordingReader::open(recording);
  if (!reader) return std::move(reader).error();
  const auto capture = find_capture(**reader, recording, at_s);
  if (!capture) return capture.error();
  const RecordingInfo& info = (*reader)->info();
  const auto pictures = pictures_of(*capture, info.header.camera.depth_mode);
  if (!pictures) return pictures.error();
  if (auto made = make_folder(folder, *pictures); !made) return std::move(made).error();
  std::string text =
      fmt::format("pictures of {:.6f} s, {:.3f} s after the first image:\n",
                  static_cast<double>(capture->stamp().ns()) * 1e-9,
                  static_cast<double>(since(info.first, capture->stamp()).count()) * 1e-9);
  for (const Picture& picture : *pictures) {
    const fs::path path = folder / picture.name;
    auto written = write_file_whole(path, picture.content, ExistingFile::refuse);
    if (!written) return std::move(written).error();
    text += wrapped(fmt::format("  {} ({})", path.string(), picture.remark), 4) + "\n";
  }
  return text;
}

}  // namespace lockstep
