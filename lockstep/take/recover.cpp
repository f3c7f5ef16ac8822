// SPDX-License-Identifier: MIT
#include "lockstep/take/recover.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "lockstep/base/text.h"
#include "lockstep/recording/reader.h"
#include "lockstep/recording/recover.h"
#include "lockstep/take/count_take.h"
#include "lockstep/take/manifest.h"
#include "lockstep/take/take_lock.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

std::string captures_text(uint64_t captures) {
  return counted(static_cast<int64_t>(captures), "capture");
}

/// What a recording holds, if it is whole.
std::optional<uint64_t> captures_if_whole(const fs::path& path) {
  auto reader = RecordingReader::open(path);
  if (!reader || !(*reader)->info().closed_cleanly) return std::nullopt;
  const auto stamps = (*reader)->scan();
  if (!stamps) return std::nullopt;
  return counting_stamps(*stamps).size();
}

/// Where the whole recording goes: "left.recovered.mkv", or with a number where a recovery before
/// this one was itself cut short; with captures, it is there already.
struct Target {
  fs::path path;
  std::optional<uint64_t> captures{};
};

Target target_for(const fs::path& source) {
  const std::string stem = source.stem().string();
  for (int number = 1;; ++number) {
    const fs::path path = source.parent_path() / recovered_file_name(stem, number);
    if (!is_there(path)) return {path};
    if (const auto captures = captures_if_whole(path)) return {path, captures};
  }
}

/// What becomes of a whole recording that an earlier recovery made.
enum class Earlier { adopt, refuse };

/// Makes one recording whole; the whole one's path, or the source's when it is whole already.
Result<fs::path> recover_one(const fs::path& source, Earlier earlier, Recovered& recovered) {
  auto reader = RecordingReader::open(source);
  if (!reader) return std::move(reader).error();
  if ((*reader)->info().closed_cleanly) return source;
  reader->reset();
  const Target target = target_for(source);
  const std::string name = target.path.filename().string();
  const std::string torn = source.filename().string();
  if (target.captures && earlier == Earlier::refuse) {
    return Error{Errc::already_exists,
                 fmt::format("{} is there already: it was made of {}, is whole and holds {}. "
                             "Use it, or remove it to recover {} anew",
                             target.path.string(), torn, captures_text(*target.captures), torn)};
  }
  if (target.captures) {
    recovered.done.push_back(fmt::format("{}: made whole before, as {}: {}", torn, name,
                                         captures_text(*target.captures)));
    return target.path;
  }
  const auto result = recover_recording(source, target.path);
  if (!result) return result.error();
  std::string sentence =
      fmt::format("{}: made whole as {}: {}", torn, name, captures_text(result->captures));
  if (result->bytes_dropped > 0)
    sentence += fmt::format(", {} of a torn tail left out",
                            counted(static_cast<int64_t>(result->bytes_dropped), "byte"));
  for (const std::string& note : result->notes) sentence += "; " + note;
  recovered.done.push_back(sentence);
  return target.path;
}

/// Parts that were begun after the manifest was last written.
void find_unlisted_parts(const fs::path& folder, TakeCamera& camera, Recovered& recovered) {
  while (true) {
    const std::string file = part_file_name(camera.name, camera.parts.size() + 1);
    if (!is_there(folder / file)) return;
    TakePart part;
    part.file = file;
    if (!camera.parts.empty()) part.reason = "found by recover; the manifest did not know it yet";
    camera.parts.push_back(part);
    recovered.done.push_back(fmt::format("{}: listed as a recording of {}", file, camera.name));
  }
}

/// What an earlier recovery made may be gone, and what it was made of still there.
void go_back_to_original(const fs::path& folder, TakePart& part, Recovered& recovered) {
  if (part.recovered_from.empty() || is_there(folder / part.file)) return;
  if (!is_there(folder / part.recovered_from)) return;
  recovered.done.push_back(
      fmt::format("{}: gone, so it is made again of {}", part.file, part.recovered_from));
  part.file = part.recovered_from;
  part.recovered_from.clear();
}

void recover_parts(const fs::path& folder, bool unfinished, TakeCamera& camera,
                   Recovered& recovered) {
  for (TakePart& part : camera.parts) {
    go_back_to_original(folder, part, recovered);
    const auto whole = recover_one(folder / part.file, Earlier::adopt, recovered);
    if (!whole && whole.error().code == Errc::truncated) {
      // Killed before its first frame: there is nothing to save, and that is no failure.
      if (unfinished) recovered.done.push_back(whole.error().message);
      continue;
    }
    if (!whole) {
      const Errc code = whole.error().code;
      recovered.problems.push_back(whole.error().message);
      recovered.disk_failed |= code == Errc::io || code == Errc::no_space;
      continue;
    }
    if (whole->filename() == part.file) continue;
    part.recovered_from = part.file;
    part.file = whole->filename().string();
  }
}

/// What was counted when the take was made, and what its files hold now.
void compare_counts(const TakeManifest& manifest, const TakeTicks& ticks, Recovered& recovered) {
  for (size_t i = 0; i < manifest.cameras.size(); ++i) {
    const TakeCamera& camera = manifest.cameras[i];
    const uint64_t held = ticks.cameras[i].captures;
    if (held == camera.captures) {
      recovered.checked.push_back(
          fmt::format("{}: {}, as {} says", camera.name, captures_text(held), kManifestFile));
    } else {
      recovered.problems.push_back(fmt::format(
          "{}: {} says {}, and its recordings hold {}: they are not those of this take "
          "any more. Put back the ones that were recorded, or verify them as they are by name",
          camera.name, kManifestFile, captures_text(camera.captures), held));
    }
  }
  if (manifest.common_ticks.value_or(0) == ticks.common_ticks.value_or(0)) return;
  recovered.problems.push_back(fmt::format(
      "{} says {} common to all cameras, and the recordings have {}", kManifestFile,
      counted(manifest.common_ticks.value_or(0), "tick"), ticks.common_ticks.value_or(0)));
}

void compare_originals(const fs::path& folder, const TakeManifest& manifest, Recovered& recovered) {
  for (const TakeCamera& camera : manifest.cameras) {
    for (const TakePart& part : camera.parts) {
      if (part.recovered_from.empty() || !is_there(folder / part.file)) continue;
      recovered.checked.push_back(
          fmt::format("{}: made whole of {}, which is {}", part.file, part.recovered_from,
                      is_there(folder / part.recovered_from) ? "there still" : "gone"));
    }
  }
}

void compare(const fs::path& folder, const TakeManifest& manifest, Recovered& recovered) {
  const auto ticks = count_readable(folder, manifest);
  if (!ticks) {
    recovered.problems.push_back(ticks.error().message);
    return;
  }
  compare_counts(manifest, *ticks, recovered);
  compare_originals(folder, manifest, recovered);
}

}  // namespace

Result<Recovered> recover_take(const fs::path& take_folder) {
  // A folder that is no take gets no lock file of ours.
  if (!is_take_folder(take_folder)) return read_manifest(take_folder).error();
  const auto lock = TakeLock::take(take_folder, TakeWork::recovering);
  if (!lock) return lock.error();
  auto manifest = read_manifest(take_folder);
  if (!manifest) return std::move(manifest).error();
  Recovered recovered;
  const bool unfinished = manifest->state == TakeState::recording;
  for (TakeCamera& camera : manifest->cameras) {
    if (unfinished) find_unlisted_parts(take_folder, camera, recovered);
    recover_parts(take_folder, unfinished, camera, recovered);
  }
  if (recovered.done.empty() && !unfinished) {
    compare(take_folder, *manifest, recovered);
    return recovered;
  }
  if (auto done = count_take(take_folder, *manifest); !done) {
    const Errc code = done.error().code;
    recovered.disk_failed |= code == Errc::io || code == Errc::no_space;
    recovered.problems.push_back(done.error().message);
  }
  if (unfinished || !recovered.done.empty()) manifest->state = TakeState::incomplete;
  manifest->verdict.clear();
  manifest->remarks.insert(manifest->remarks.end(), recovered.done.begin(), recovered.done.end());
  if (auto saved = write_manifest(take_folder, *manifest); !saved) return std::move(saved).error();
  recovered.done.push_back(
      manifest->common_ticks
          ? fmt::format("take.json: finished as incomplete, {}", common_ticks_text(*manifest))
          : "take.json: finished as incomplete; no tick is common to all cameras");
  return recovered;
}

Result<Recovered> recover_file(const fs::path& recording) {
  std::optional<TakeLock> lock;
  if (const fs::path folder = recording.parent_path(); is_take_folder(folder)) {
    auto taken = TakeLock::take(folder, TakeWork::recovering);
    if (!taken) return taken.error();
    lock.emplace(*std::move(taken));
  }
  Recovered recovered;
  const auto whole = recover_one(recording, Earlier::refuse, recovered);
  if (!whole) return whole.error();
  return recovered;
}

}  // namespace lockstep
