// SPDX-License-Identifier: MIT
#include "lockstep/take/recover.h"

#include <fmt/core.h>

#include <algorithm>

#include "lockstep/recording/reader.h"
#include "lockstep/take/manifest.h"
#include "lockstep/take/tick_index.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

/// "left.recovered.mkv", or with a number where a recovery before this one was itself cut short.
fs::path free_name(const fs::path& source) {
  const std::string stem = source.stem().string();
  fs::path target = source.parent_path() / (stem + ".recovered.mkv");
  for (int number = 2; is_there(target); ++number) {
    target = source.parent_path() / fmt::format("{}.recovered{}.mkv", stem, number);
  }
  return target;
}

/// Makes one recording whole; the new file's path, or the source's when it is whole already.
Result<fs::path> recover_one(const fs::path& source, Recovered& recovered) {
  auto reader = RecordingReader::open(source);
  if (!reader) return std::move(reader).error();
  if ((*reader)->info().closed_cleanly) return source;
  reader->reset();
  const fs::path target = free_name(source);
  const auto result = recover_recording(source, target);
  if (!result) return result.error();
  std::string sentence =
      fmt::format("{}: made whole as {}: {} captures", source.filename().string(),
                  target.filename().string(), result->captures);
  if (result->bytes_dropped > 0)
    sentence += fmt::format(", {} bytes of a torn tail left out", result->bytes_dropped);
  for (const std::string& note : result->notes) sentence += "; " + note;
  recovered.done.push_back(sentence);
  return target;
}

/// Parts that were begun after the manifest was last written.
void find_unlisted_parts(const fs::path& folder, TakeCamera& camera, Recovered& recovered) {
  while (true) {
    const std::string file =
        camera.parts.empty() ? camera.name + ".mkv"
                             : fmt::format("{}.part{}.mkv", camera.name, camera.parts.size() + 1);
    if (!is_there(folder / file)) return;
    TakePart part;
    part.file = file;
    if (!camera.parts.empty()) part.reason = "found by recover; the manifest did not know it yet";
    camera.parts.push_back(part);
    recovered.done.push_back(fmt::format("{}: listed as a recording of {}", file, camera.name));
  }
}

void recover_parts(const fs::path& folder, bool unfinished, TakeCamera& camera,
                   Recovered& recovered) {
  for (TakePart& part : camera.parts) {
    const auto whole = recover_one(folder / part.file, recovered);
    if (!whole && whole.error().code == Errc::truncated) {
      // Killed before its first frame: there is nothing to save, and that is no failure.
      if (unfinished) recovered.done.push_back(whole.error().message);
      continue;
    }
    if (!whole) {
      recovered.problems.push_back(whole.error().message);
      continue;
    }
    if (whole->filename() == part.file) continue;
    part.recovered_from = part.file;
    part.file = whole->filename().string();
  }
}

/// Parts that cannot be opened do not belong into the count of ticks.
TakeManifest readable_parts(const fs::path& folder, TakeManifest manifest) {
  for (TakeCamera& camera : manifest.cameras) {
    const auto unreadable = [&](const TakePart& part) {
      return !RecordingReader::open(folder / part.file);
    };
    camera.parts.erase(std::remove_if(camera.parts.begin(), camera.parts.end(), unreadable),
                       camera.parts.end());
  }
  return manifest;
}

Result<void> count_anew(const fs::path& folder, TakeManifest& manifest) {
  const auto ticks = index_ticks(folder, readable_parts(folder, manifest));
  if (!ticks) return ticks.error();
  manifest.common_ticks = ticks->common_ticks;
  for (size_t i = 0; i < manifest.cameras.size(); ++i) {
    manifest.cameras[i].captures = ticks->cameras[i].captures;
    manifest.cameras[i].imu_samples = ticks->cameras[i].imu_samples;
    if (manifest.cameras[i].end.empty()) manifest.cameras[i].end = "cut off";
  }
  return {};
}

}  // namespace

Result<Recovered> recover_take(const fs::path& take_folder) {
  auto manifest = read_manifest(take_folder);
  if (!manifest) return std::move(manifest).error();
  Recovered recovered;
  const bool unfinished = manifest->state == TakeState::recording;
  for (TakeCamera& camera : manifest->cameras) {
    find_unlisted_parts(take_folder, camera, recovered);
    recover_parts(take_folder, unfinished, camera, recovered);
  }
  if (recovered.done.empty() && !unfinished) return recovered;
  if (auto counted = count_anew(take_folder, *manifest); !counted) {
    recovered.problems.push_back(counted.error().message);
  }
  if (unfinished || !recovered.done.empty()) manifest->state = TakeState::incomplete;
  manifest->verdict.clear();
  manifest->remarks.insert(manifest->remarks.end(), recovered.done.begin(), recovered.done.end());
  if (auto saved = write_manifest(take_folder, *manifest); !saved) return std::move(saved).error();
  recovered.done.push_back(
      manifest->common_ticks
          ? fmt::format("take.json: finished as incomplete, {} ticks common to all cameras",
                        *manifest->common_ticks)
          : "take.json: finished as incomplete; no tick is common to all cameras");
  return recovered;
}

Result<Recovered> recover_file(const fs::path& recording) {
  Recovered recovered;
  const auto whole = recover_one(recording, recovered);
  if (!whole) return whole.error();
  return recovered;
}

}  // namespace lockstep
