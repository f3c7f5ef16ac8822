// SPDX-License-Identifier: MIT
#include "lockstep/take/gather.h"

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <optional>
#include <thread>

#include "lockstep/recording/our_tags.h"
#include "lockstep/recording/reader.h"
#include "lockstep/take/take_lock.h"
#include "lockstep/take/told_family.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

std::vector<DeviceTime> stamps_of(const std::vector<RecordingStamps::Entry>& entries) {
  std::vector<DeviceTime> stamps;
  stamps.reserve(entries.size());
  for (const auto& entry : entries) stamps.push_back(entry.stamp);
  return stamps;
}

DeviceEvidence evidence_of(const RecordingInfo& info, const RecordingStamps& scan) {
  DeviceEvidence device = evidence_of(info.header);
  device.name = info.path.stem().string();
  device.source = info.path.filename().string();
  if (const auto told = told_family(info)) {
    device.family = told->family;
    device.family_by = told->by;
  }
  device.color = stamps_of(scan.color);
  device.depth = stamps_of(scan.depth.empty() ? scan.ir : scan.depth);
  for (const CaptureNote& note : scan.notes) add_note(note, device);
  for (const RecordingDamage& damage : info.damage) device.damage.push_back(damage.what);
  if (!info.closed_cleanly && device.damage.empty())
    device.damage.push_back("the recorder died before it finished the file");
  return device;
}

Result<DeviceEvidence> gather_file(const fs::path& path) {
  auto reader = RecordingReader::open(path);
  if (!reader) return reader.error();
  auto scan = (*reader)->scan();
  if (!scan) return scan.error();
  return evidence_of((*reader)->info(), *scan);
}

/// Scans all files, several at a time; results in the order of the files.
std::vector<std::optional<Result<DeviceEvidence>>> scan_all(const std::vector<fs::path>& files,
                                                            int threads) {
  std::vector<std::optional<Result<DeviceEvidence>>> results(files.size());
  std::atomic<size_t> next{0};
  const auto work = [&] {
    for (size_t i = next++; i < files.size(); i = next++) results[i].emplace(gather_file(files[i]));
  };
  std::vector<std::jthread> helpers;
  for (int i = 1; i < std::min<int>(threads, static_cast<int>(files.size())); ++i)
    helpers.emplace_back(work);
  work();
  helpers.clear();
  return results;
}

/// A recording and what recover made of it, or two of these.
bool of_one_original(const fs::path& a, const fs::path& b) {
  std::error_code ignored;
  return a.extension() == b.extension() &&
         stem_before_recovery(a.stem().string()) == stem_before_recovery(b.stem().string()) &&
         fs::weakly_canonical(a, ignored).parent_path() ==
             fs::weakly_canonical(b, ignored).parent_path();
}

Result<void> no_file_twice(const std::vector<fs::path>& files) {
  for (size_t i = 0; i < files.size(); ++i) {
    for (size_t k = 0; k < i; ++k) {
      std::error_code ignored;
      if (files[i] == files[k] || fs::equivalent(files[i], files[k], ignored)) {
        return Error{
            Errc::invalid_argument,
            fmt::format("{} is given twice: give every recording once", files[i].string())};
      }
      if (!of_one_original(files[i], files[k])) continue;
      return Error{Errc::invalid_argument,
                   fmt::format("{} and {} are one recording, torn and made whole: give one of them",
                               files[k].string(), files[i].string())};
    }
  }
  return {};
}

/// One name of two folders is two cameras; parts of a folder stay together.
void give_unique_names(const std::vector<fs::path>& files, std::vector<DeviceEvidence>& devices) {
  std::map<std::string, std::vector<fs::path>> folders_of;
  std::vector<std::string> names;
  for (size_t i = 0; i < devices.size(); ++i) {
    std::error_code ignored;
    const fs::path folder = fs::weakly_canonical(files[i], ignored).parent_path();
    auto& folders = folders_of[devices[i].name];
    const auto at = std::find(folders.begin(), folders.end(), folder);
    names.push_back(fmt::format("{}#{}", devices[i].name, at - folders.begin() + 1));
    if (at == folders.end()) folders.push_back(folder);
  }
  for (size_t i = 0; i < devices.size(); ++i) {
    if (folders_of[devices[i].name].size() > 1) devices[i].name = names[i];
  }
}

/// "left.part2.mkv" beside "left.mkv": a second stretch of one camera's clock, made whole or not.
void find_parts(std::vector<DeviceEvidence>& devices) {
  for (DeviceEvidence& device : devices) {
    device.name = stem_before_recovery(device.name);
    const size_t at = device.name.rfind(".part");
    if (at == std::string::npos) continue;
    const std::string number = device.name.substr(at + 5);
    const bool digits =
        !number.empty() && number.size() < 4 &&
        std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!digits) continue;
    device.part = std::max(2, std::stoi(number));
    device.name.resize(at);
  }
}

/// Why the take lost a camera; empty where it did not.
std::string loss_of(const TakeCamera& camera) {
  if (camera.end.how != EndOfCamera::lost) return {};
  return camera.end.detail.empty() ? "it was lost" : camera.end.detail;
}

/// Not so where its recorder died: its lock went with it.
bool is_being_recorded(const fs::path& take_folder) {
  const auto holder = holder_of(take_folder);
  return holder && holder->work == TakeWork::recording;
}

/// A camera of a take that delivered nothing is evidence too: against the take.
DeviceEvidence evidence_of_nothing(const fs::path& path, const TakeCamera& camera,
                                   const TakeManifest& manifest, const std::string& what) {
  DeviceEvidence device;
  device.source = path.filename().string();
  device.serial = camera.serial;
  if (const PlannedCamera* planned = manifest.plan.find(camera.name))
    device.config = planned->config;
  device.is_virtual = manifest.is_virtual;
  device.damage.push_back(what);
  return device;
}

/// One recording that the manifest names.
struct Source {
  const TakeCamera* camera;
  size_t part;
};

LostRecording lost_recording(const Source& source, const std::string& why) {
  return {source.camera->name, source.camera->parts[source.part].file,
          static_cast<int>(source.part) + 1, why, source.camera->captures};
}

void find_recordings(const fs::path& take_folder, const TakeManifest& manifest,
                     std::vector<Source>& sources, std::vector<fs::path>& files,
                     Evidence& evidence) {
  for (const TakeCamera& camera : manifest.cameras) {
    for (size_t part = 0; part < camera.parts.size(); ++part) {
      const fs::path path = take_folder / camera.parts[part].file;
      std::error_code ignored;
      if (!fs::exists(fs::symlink_status(path, ignored))) {
        evidence.lost.push_back(lost_recording({&camera, part}, ""));
        continue;
      }
      sources.push_back({&camera, part});
      files.push_back(path);
    }
  }
}

/// Captures by camera in the recordings that can be read.
std::map<std::string, uint64_t> captures_held(
    const std::vector<Source>& sources,
    const std::vector<std::optional<Result<DeviceEvidence>>>& results) {
  std::map<std::string, uint64_t> held;
  for (size_t i = 0; i < results.size(); ++i) {
    if (!*results[i]) continue;
    const DeviceEvidence& device = **results[i];
    held[sources[i].camera->name] += std::max(device.color.size(), device.depth.size());
  }
  return held;
}

/// Captures were counted in it when the take ended, or it is no file at all; not so of the file of
/// a camera that delivered nothing.
bool is_lost(const fs::path& path, const TakeCamera& camera,
             const std::map<std::string, uint64_t>& held) {
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored)) return true;
  const auto readable = held.find(camera.name);
  return camera.captures > (readable == held.end() ? 0 : readable->second);
}

Error nothing_left(const fs::path& take_folder, const Evidence& evidence) {
  const auto unusable = std::find_if(evidence.lost.begin(), evidence.lost.end(),
                                     [](const LostRecording& lost) { return !lost.why.empty(); });
  return {Errc::unusable_input,
          fmt::format("{}: the take holds none of its recordings: there is nothing to judge{}",
                      take_folder.string(),
                      unusable == evidence.lost.end() ? "" : " (" + unusable->why + ")")};
}

}  // namespace

DeviceEvidence evidence_of(const RecordingHeader& header) {
  DeviceEvidence device;
  device.serial = header.serial;
  device.config = header.camera;
  device.has_wired_sync_tag = header.has_wired_sync_tag;
  device.is_virtual = header.is_virtual;
  device.color_firmware = header.color_firmware;
  device.date_utc_ns = header.date_utc_ns;
  for (const auto& [name, value] : header.extra_tags) {
    if (name == kTakeIdTag) device.take_id = value;
  }
  return device;
}

void add_note(const CaptureNote& note, DeviceEvidence& device) {
  if (note.arrival) device.arrivals.push_back({note.stamp, *note.arrival});
  if (note.dropped_before > 0) device.drops.emplace_back(note.stamp, note.dropped_before);
  const bool changed = note.exposure && (device.exposures.empty() ||
                                         device.exposures.back().second != *note.exposure);
  if (changed) device.exposures.emplace_back(note.stamp, *note.exposure);
}

void describe_part(const TakeCamera& camera, size_t part, const Plan& plan,
                   DeviceEvidence& device) {
  device.name = camera.name;
  device.take_serial = camera.serial;
  device.part = static_cast<int>(part) + 1;
  device.part_reason = camera.parts[part].reason;
  device.rig_from_device_ns = camera.parts[part].rig_from_device_ns;
  if (part + 1 == camera.parts.size()) device.lost_because = loss_of(camera);
  if (const PlannedCamera* planned = plan.find(camera.name)) {
    device.family = planned->family;
    device.family_by = kFamilyByRig;
    if (device.take_serial.empty()) device.take_serial = planned->serial;
  }
}

Evidence evidence_of(const TakeManifest& manifest) {
  Evidence evidence;
  evidence.name = manifest.name;
  // Of recorders that knew nothing of each other, their files say what was asked of each.
  if (!manifest.separate_recorders) evidence.plan = manifest.plan;
  evidence.incomplete = manifest.state == TakeState::incomplete;
  evidence.cut_on_one_tick = manifest.state == TakeState::complete && !manifest.separate_recorders;
  evidence.unproved = manifest.unproved;
  return evidence;
}

Result<Evidence> gather_files(const std::vector<fs::path>& files, int threads) {
  if (auto once = no_file_twice(files); !once) return once.error();
  Evidence evidence;
  for (auto& result : scan_all(files, threads)) {
    if (!*result) return result->error();
    evidence.devices.push_back(std::move(**result));
  }
  find_parts(evidence.devices);
  give_unique_names(files, evidence.devices);
  return evidence;
}

Result<Evidence> gather_take(const fs::path& take_folder, const TakeManifest& manifest,
                             int threads) {
  Evidence evidence = evidence_of(manifest);
  std::vector<Source> sources;
  std::vector<fs::path> files;
  find_recordings(take_folder, manifest, sources, files, evidence);
  evidence.unfinished = manifest.state == TakeState::recording && is_being_recorded(take_folder);
  evidence.left_behind = manifest.state == TakeState::recording && !evidence.unfinished;
  auto results = scan_all(files, threads);
  const std::map<std::string, uint64_t> held = captures_held(sources, results);
  for (size_t i = 0; i < results.size(); ++i) {
    const TakeCamera& camera = *sources[i].camera;
    const bool holds_nothing = !*results[i] && (results[i]->error().code == Errc::truncated ||
                                                results[i]->error().code == Errc::unusable_input);
    if (!*results[i] && !holds_nothing) return results[i]->error();
    if (holds_nothing && is_lost(files[i], camera, held)) {
      evidence.lost.push_back(lost_recording(sources[i], results[i]->error().message));
      continue;
    }
    evidence.devices.push_back(
        holds_nothing ? evidence_of_nothing(files[i], camera, manifest, results[i]->error().message)
                      : std::move(**results[i]));
    describe_part(camera, sources[i].part, manifest.plan, evidence.devices.back());
    // A file that is being written is not finished, and that is no damage.
    if (evidence.unfinished) evidence.devices.back().damage.clear();
  }
  if (evidence.devices.empty()) return nothing_left(take_folder, evidence);
  return evidence;
}

}  // namespace lockstep
