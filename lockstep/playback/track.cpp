// SPDX-License-Identifier: MIT
#include "lockstep/playback/track.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "lockstep/recording/reader.h"
#include "lockstep/rig/camera_wiring.h"
#include "lockstep/rig/rig_file.h"
#include "lockstep/take/manifest.h"

namespace lockstep {
namespace {

/// A part as it is given, and what is known of its clock.
struct GivenPart {
  std::filesystem::path file;
  std::optional<Nanos> from_device;
};

/// Keeps sums of a few times from a hostile file or manifest within 64 bits: 36 years either way.
Nanos bounded(Nanos time) {
  constexpr Nanos kMost{int64_t{1} << 60};
  return std::clamp(time, -kMost, kMost);
}

void describe(const RecordingInfo& info, const std::string& fallback_serial, PlayedTrack& track) {
  const RecordingHeader& header = info.header;
  track.header = header;
  track.info.serial = header.serial.empty() ? fallback_serial : header.serial;
  track.info.color_firmware = header.color_firmware;
  track.info.depth_firmware = header.depth_firmware;
  track.info.is_virtual = header.is_virtual;
  track.info.is_playback = true;
}

/// The recorded role knows better than a rig file that somebody changed.
SyncJacks with_role(SyncJacks jacks, WiredSync role) {
  if (role == WiredSync::subordinate) jacks.in_plugged = true;
  if (role == WiredSync::master) jacks.out_plugged = true;
  if (role == WiredSync::master && jacks.in_plugged == true) jacks.in_plugged = false;
  return jacks;
}

/// `zero`: playing time of the first part's clock zero when nothing better is known.
Result<PlayedTrack> open_track(const std::vector<GivenPart>& given,
                               const std::string& fallback_serial, Nanos zero) {
  PlayedTrack track;
  std::optional<Error> nothing;
  Nanos next = zero;  // playing time at which a part of unknown place begins
  for (const GivenPart& part : given) {
    const auto reader = RecordingReader::open(part.file);
    if (!reader) {
      nothing = reader.error();
      if (nothing->code == Errc::truncated) continue;
      return *nothing;
    }
    const RecordingInfo& info = (*reader)->info();
    const bool is_first = track.parts.empty();
    const Nanos first = bounded(info.first.since_zero());
    PlayedPart placed{part.file, is_first ? zero : next - first};
    if (part.from_device) placed.from_device = *part.from_device;
    placed.from_device = bounded(placed.from_device);
    if (is_first) {
      describe(info, fallback_serial, track);
      track.jacks = with_role({}, info.header.camera.wired_sync);
      track.first = placed.play_time(info.first);
    }
    track.end = placed.play_time(info.last);
    next = track.end + frame_period(info.header.camera.frame_rate);
    track.parts.push_back(std::move(placed));
  }
  if (track.parts.empty()) return *nothing;
  return track;
}

std::optional<Nanos> from_device_of(const TakePart& part) {
  if (!part.rig_from_device_ns) return std::nullopt;
  return Nanos(*part.rig_from_device_ns);
}

/// What the cables of the rig say of the jacks of each of its cameras; nothing where the take has
/// no rig file.
std::map<std::string, SyncJacks> jacks_by_cables(const TakeManifest& manifest) {
  std::map<std::string, SyncJacks> jacks;
  const auto rig = parse_rig(manifest.rig_toml, manifest.name);
  if (!rig) return jacks;
  const std::vector<CameraWiring> wiring = trace_cables(*rig);
  for (size_t i = 0; i < wiring.size(); ++i) jacks[rig->cameras[i].name] = wiring[i].jacks;
  return jacks;
}

/// Where the common zero of a take's first parts lies, by the first camera that tells.
Nanos common_zero(const TakeManifest& manifest) {
  for (const TakeCamera& camera : manifest.cameras) {
    if (camera.parts.empty()) continue;
    if (const auto known = from_device_of(camera.parts.front())) return bounded(*known);
  }
  return Nanos{0};
}

}  // namespace

Nanos frame_period(FrameRate rate) {
  return Nanos(1'000'000'000 / frames_per_second(rate));
}

Nanos PlayedPart::play_time(DeviceTime stamp) const {
  return bounded(stamp.since_zero()) + from_device;
}

Result<std::vector<PlayedTrack>> tracks_of_take(const std::filesystem::path& folder) {
  const auto manifest = read_manifest(folder);
  if (!manifest) return manifest.error();
  const Nanos zero = common_zero(*manifest);
  auto jacks = jacks_by_cables(*manifest);
  std::vector<PlayedTrack> tracks;
  for (const TakeCamera& camera : manifest->cameras) {
    std::vector<GivenPart> parts;
    for (const TakePart& part : camera.parts)
      parts.push_back({folder / part.file, from_device_of(part)});
    if (parts.empty()) continue;
    auto track = open_track(parts, camera.serial, zero);
    if (!track) return std::move(track).error();
    if (const PlannedCamera* planned = manifest->plan.find(camera.name))
      track->info.family = planned->family;
    track->jacks = with_role(jacks[camera.name], track->header.camera.wired_sync);
    tracks.push_back(*std::move(track));
  }
  return tracks;
}

Result<std::vector<PlayedTrack>> tracks_of_files(const std::vector<std::filesystem::path>& files) {
  std::vector<PlayedTrack> tracks;
  std::set<std::string> serials;
  for (const std::filesystem::path& file : files) {
    auto track = open_track({{file, std::nullopt}}, file.stem().string(), Nanos{0});
    if (!track) return std::move(track).error();
    if (!serials.insert(track->info.serial).second) {
      return Error{Errc::invalid_argument,
                   fmt::format("{}: a recording of camera {} is given already: play one of them",
                               file.string(), track->info.serial)};
    }
    tracks.push_back(*std::move(track));
  }
  return tracks;
}

void begin_with_first_image(std::vector<PlayedTrack>& tracks) {
  if (tracks.empty()) return;
  Nanos first = tracks.front().first;
  for (const PlayedTrack& track : tracks) first = std::min(first, track.first);
  for (PlayedTrack& track : tracks) {
    track.first -= first;
    track.end -= first;
    for (PlayedPart& part : track.parts) part.from_device -= first;
  }
}

}  // namespace lockstep
