// SPDX-License-Identifier: MIT
#include "lockstep/export/exported.h"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <iterator>

#include "lockstep/base/files.h"
#include "lockstep/base/text.h"
#include "lockstep/codec/color_picture.h"

namespace lockstep {
namespace {

/// The ending, where it says a format of what is recorded or written.
std::string format_ending(const std::filesystem::path& path) {
  std::string ending = path.extension().string();
  for (char& letter : ending)
    letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  constexpr const char* kKnown[] = {".ply", ".glb", ".gltf", ".obj",  ".stl", ".png",
                                    ".jpg", ".txt", ".json", ".mcap", ".bag", ".mkv"};
  return std::find(std::begin(kKnown), std::end(kKnown), ending) != std::end(kKnown) ? ending : "";
}

}  // namespace

std::string tick_name(Tick tick) {
  return fmt::format("tick-{:06}", tick.index);
}

std::vector<std::string> plain_names(const std::vector<FusionCamera>& cameras) {
  std::vector<std::string> names;
  for (const FusionCamera& camera : cameras) {
    std::string name = camera.name;
    for (char& letter : name) {
      if (std::isalnum(static_cast<unsigned char>(letter)) == 0) letter = '_';
    }
    if (name.empty() || std::isdigit(static_cast<unsigned char>(name.front())) != 0)
      name.insert(0, "camera_");
    std::string unique = name;
    for (int number = 2; std::count(names.begin(), names.end(), unique) > 0; ++number)
      unique = fmt::format("{}_{}", name, number);
    names.push_back(unique);
  }
  return names;
}

Result<void> check_folder_name(const std::filesystem::path& folder, std::string_view of_format) {
  const std::string ending = format_ending(folder);
  if (ending.empty() || ending == of_format) return {};
  return Error{Errc::invalid_argument,
               fmt::format("{}: what is written is a folder of files, and no {} file: leave out "
                           "the ending",
                           folder.string(), ending)};
}

Result<void> check_mcap_name(const std::filesystem::path& file) {
  const std::string ending = format_ending(file);
  if (ending.empty() || ending == ".mcap") return {};
  return Error{Errc::invalid_argument,
               fmt::format("{}: what is written is an MCAP file, and no {} file: let its name end "
                           "with .mcap",
                           file.string(), ending)};
}

Result<void> NewFolder::make() {
  auto made = make_new_folders(path_);
  made_ = made.ok();
  return made;
}

void NewFolder::remove_if_empty(const Exported& exported) const {
  std::error_code ignored;
  if (made_ && exported.ticks == 0) std::filesystem::remove_all(path_, ignored);
}

Result<void> check_pixels(const Image& image, const CameraModel& lens, const std::string& camera,
                          Tick tick) {
  const bool planes = image.format == PixelFormat::depth16 || image.format == PixelFormat::ir16;
  const size_t pixels = static_cast<size_t>(lens.width_px) * static_cast<size_t>(lens.height_px);
  const bool sized = image.width_px == lens.width_px && image.height_px == lens.height_px;
  const auto bytes = image.bytes.get();
  constexpr size_t kLeastJpegBytes = 128;  // its tables alone are as long
  if (sized && (!planes || image.samples().size() == pixels) &&
      (image.format != PixelFormat::bgra32 || bytes.size() >= 4 * pixels) &&
      (image.format != PixelFormat::mjpg || bytes.size() >= kLeastJpegBytes))
    return {};
  return Error{
      Errc::unusable_input,
      fmt::format("{}, tick {}: an image of {}x{} pixels has {}, which are no picture of {}x{}: a "
                  "take that was simulated with timing_only has none",
                  camera, tick.index, image.width_px, image.height_px,
                  counted(static_cast<int64_t>(bytes.size()), "byte"), lens.width_px,
                  lens.height_px)};
}

Error of_image(const Error& why, const std::string& camera, Tick tick) {
  return {why.code, fmt::format("{}, tick {}: {}", camera, tick.index, why.message)};
}

Result<RgbPicture> lens_picture(const Image& image, const CameraModel& lens,
                                const std::string& camera, Tick tick) {
  if (auto checked = check_pixels(image, lens, camera, tick); !checked)
    return std::move(checked).error();
  auto picture = color_picture(image);
  if (picture && picture->width_px == lens.width_px && picture->height_px == lens.height_px)
    return picture;
  const std::string why =
      picture ? fmt::format("this JPEG is one of {}x{} pixels, not of {}x{}", picture->width_px,
                            picture->height_px, lens.width_px, lens.height_px)
              : picture.error().message;
  return of_image({Errc::unusable_input, why}, camera, tick);
}

Result<void> add_file(const std::filesystem::path& path, std::string_view content, Exported& to) {
  auto written = write_file_whole(path, content, ExistingFile::refuse);
  if (written) to.bytes += content.size();
  return written;
}

Error nothing_to_write(const Footage& footage, const TickWalk& walk) {
  return {
      Errc::unusable_input,
      fmt::format("{}: on none of the {} is every chosen camera there and in step, so nothing "
                  "was written: {} says why, and --all-ticks takes what there is",
                  footage.path().string(), counted(walk.walked(), "tick"), footage.tells_why())};
}

Error nothing_seen(const Footage& footage) {
  return {Errc::unusable_input,
          footage.path().string() + ": no camera read depth that makes a surface"};
}

Error no_picture(const Footage& footage, const UndecodedImages& undecoded) {
  const std::string where = footage.path().string();
  if (undecoded.images == 0)
    return {Errc::unusable_input, where + ": there is no colour image at any of these ticks"};
  return {Errc::unusable_input,
          fmt::format("{}: of the pictures that were to be written not one could be decoded: {} "
                      "failed ({})",
                      where, counted(undecoded.images, "colour image"), undecoded.first)};
}

void UndecodedImages::add(const Error& why) {
  if (images++ == 0) first = why.message;
}

void UndecodedImages::add(const UndecodedImages& others) {
  if (images == 0) first = others.first;
  images += others.images;
}

void UndecodedImages::remark(Exported& to) const {
  if (images > 0)
    to.remarks.push_back(fmt::format("{} could not be decoded and took no part ({})",
                                     counted(images, "colour image"), first));
}

void remark_on_empty(int64_t ticks, Exported& to) {
  if (ticks > 0)
    to.remarks.push_back(fmt::format("no surface was seen at {}, of which nothing was written",
                                     counted(ticks, "tick")));
}

Error stopped(const Exported& so_far) {
  return {Errc::cancelled,
          fmt::format("stopped after {}; {}", counted(so_far.ticks, "tick"),
                      so_far.bytes == 0 ? so_far.target.string() + " was not written"
                                        : "every file that was written is whole")};
}

Error with_what_stays(Error why, const Exported& so_far) {
  const bool disk = why.code == Errc::io || why.code == Errc::no_space;
  if (!disk || so_far.ticks == 0) return why;
  const std::filesystem::path folder =
      so_far.first.empty() ? so_far.target : so_far.first.parent_path();
  why.message += fmt::format("; what was written of {} stays in {}", counted(so_far.ticks, "tick"),
                             folder.empty() ? "this folder" : folder.string());
  return why;
}

}  // namespace lockstep
