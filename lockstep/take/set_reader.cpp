// SPDX-License-Identifier: MIT
#include "lockstep/take/set_reader.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "lockstep/base/suggestion.h"
#include "lockstep/base/text.h"
#include "lockstep/sync/gates.h"
#include "lockstep/sync/measure.h"
#include "lockstep/time/tick.h"

namespace lockstep {
namespace {

/// A stamp on a tick, less plan and elapsed time, and the planned exposure that may have moved it.
struct SeenStamp {
  Nanos offset;
  double exposure_us;
  CaptureSlot* slot;
};

/// Offsets from the first of them: these are short, however long ago the clocks began.
double from_first_us(const std::vector<SeenStamp>& seen, const SeenStamp& stamp) {
  return std::chrono::duration<double, std::micro>(stamp.offset - seen.front().offset).count();
}

std::vector<double> off_the_median_us(const std::vector<SeenStamp>& seen, StampReading reading) {
  std::vector<double> offsets;
  for (const SeenStamp& stamp : seen)
    offsets.push_back(from_first_us(seen, stamp) - stamp_shift_us(reading, stamp.exposure_us));
  std::vector<double> sorted = offsets;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  for (double& offset : offsets) offset = std::abs(offset - *middle);
  return offsets;
}

/// Under the reading of the stamps that leaves least; with equal exposures all are alike.
std::vector<double> off_the_median_us(const std::vector<SeenStamp>& seen) {
  std::vector<double> best;
  for (const StampReading reading : kStampReadings) {
    std::vector<double> off_us = off_the_median_us(seen, reading);
    if (best.empty() || *std::max_element(off_us.begin(), off_us.end()) <
                            *std::max_element(best.begin(), best.end()))
      best = std::move(off_us);
  }
  return best;
}

/// By camera; empty where no camera is named, for all.
Result<std::vector<bool>> wanted_of(const std::filesystem::path& folder,
                                    const TakeManifest& manifest,
                                    const std::vector<std::string>& names) {
  if (names.empty()) return std::vector<bool>{};
  std::vector<std::string> all;
  for (const TakeCamera& camera : manifest.cameras) all.push_back(camera.name);
  return cameras_named(all, names, folder.string());
}

}  // namespace

Result<std::vector<bool>> cameras_named(const std::vector<std::string>& cameras,
                                        const std::vector<std::string>& wanted,
                                        const std::string& of) {
  std::vector<bool> named(cameras.size());
  for (const std::string& name : wanted) {
    const auto found = std::find(cameras.begin(), cameras.end(), name);
    if (found == cameras.end()) {
      return Error{Errc::invalid_argument, fmt::format("{} has no camera '{}': {}", of,
                                                       printable(name), suggest(name, cameras))};
    }
    named[static_cast<size_t>(found - cameras.begin())] = true;
  }
  return named;
}

Result<std::unique_ptr<SetReader>> SetReader::open(const std::filesystem::path& take_folder,
                                                   const std::vector<std::string>& cameras) {
  auto manifest = read_manifest(take_folder);
  if (!manifest) return std::move(manifest).error();
  auto wanted = wanted_of(take_folder, *manifest, cameras);
  if (!wanted) return std::move(wanted).error();
  auto ticks = index_ticks(take_folder, *manifest, *wanted);
  if (!ticks) return std::move(ticks).error();
  if (ticks->common_ticks.value_or(0) == 0) {
    return Error{Errc::not_found,
                 fmt::format("{}: no tick is common to all {}, so there is no set to read",
                             take_folder.string(), wanted->empty() ? "cameras" : "chosen cameras")};
  }
  return std::unique_ptr<SetReader>(
      new SetReader(take_folder, *std::move(manifest), *std::move(ticks), *std::move(wanted)));
}

SetReader::SetReader(std::filesystem::path folder, TakeManifest manifest, TakeTicks ticks,
                     std::vector<bool> wanted)
    : folder_(std::move(folder)),
      manifest_(std::move(manifest)),
      ticks_(std::move(ticks)),
      wanted_(std::move(wanted)) {
  tracks_.resize(ticks_.cameras.size());
  fit_periods();
  seek(0);
}

std::filesystem::path SetReader::first_file(size_t camera) const {
  // Some capture of every camera is common to all, so there is one.
  return folder_ /
         manifest_.cameras[camera].parts[ticks_.cameras[camera].entries.front().part].file;
}

void SetReader::seek(int64_t tick) {
  next_tick_ = std::clamp<int64_t>(tick, 0, tick_count());
  for (size_t i = 0; i < tracks_.size(); ++i) {
    const auto& entries = ticks_.cameras[i].entries;
    const auto at =
        std::lower_bound(entries.begin(), entries.end(), next_tick_,
                         [](const CameraTicks::Entry& entry, int64_t t) { return entry.tick < t; });
    tracks_[i].entry = static_cast<size_t>(at - entries.begin());
    tracks_[i].positioned = false;
  }
}

Result<std::optional<CaptureSet>> SetReader::next() {
  if (next_tick_ >= tick_count()) return std::optional<CaptureSet>{};
  CaptureSet set;
  set.tick = Tick{next_tick_};
  for (size_t i = 0; i < tracks_.size(); ++i) {
    CaptureSlot& slot = set.slots.emplace_back();
    if (!wants(i)) continue;
    auto capture = read(i, next_tick_);
    if (!capture) return std::move(capture).error();
    slot.capture = *std::move(capture);
    if (slot.capture == nullptr) slot.cause = cause(i, next_tick_);
  }
  judge(set);
  ++next_tick_;
  return std::optional<CaptureSet>(std::move(set));
}

/// The first capture at `tick`; null when there is none.
Result<CapturePtr> SetReader::read(size_t camera, int64_t tick) {
  Track& track = tracks_[camera];
  const auto& entries = ticks_.cameras[camera].entries;
  if (track.entry >= entries.size() || entries[track.entry].tick > tick) return CapturePtr{};
  const CameraTicks::Entry& entry = entries[track.entry];
  auto capture = load(camera, entry);
  const size_t read_entry = track.entry;
  while (track.entry < entries.size() && entries[track.entry].tick <= tick) ++track.entry;
  // Duplicates that were stepped over leave the reader behind the index.
  if (track.entry != read_entry + 1) track.positioned = false;
  return capture;
}

Result<CapturePtr> SetReader::load(size_t camera, const CameraTicks::Entry& entry) {
  Track& track = tracks_[camera];
  if (!track.reader || track.part != entry.part) {
    auto reader = RecordingReader::open(folder_ / manifest_.cameras[camera].parts[entry.part].file);
    if (!reader) return std::move(reader).error();
    track.reader = *std::move(reader);
    track.part = entry.part;
    track.positioned = false;
  }
  const Nanos half_period(
      static_cast<int64_t>(frame_period_us(frames_per_second(manifest_.plan.frame_rate)) * 500));
  if (!track.positioned) {
    // Depth may come before its own colour: begin early enough, and step over what is older.
    if (auto sought = track.reader->seek(entry.stamp - half_period); !sought)
      return std::move(sought).error();
    track.positioned = true;
  }
  while (true) {
    auto read = track.reader->next_capture();
    if (!read) return std::move(read).error();
    if (!*read) return CapturePtr{};
    const Nanos late = since(entry.stamp, (*read)->stamp());
    if (late < -half_period) continue;
    if (late > half_period) {
      track.positioned = false;  // damaged at this tick; what follows is found anew
      return CapturePtr{};
    }
    return CapturePtr(std::make_shared<const Capture>(**std::move(read)));
  }
}

HoleCause SetReader::cause(size_t camera, int64_t tick) const {
  const std::string& name = manifest_.cameras[camera].name;
  for (const TakeHole& hole : manifest_.holes) {
    if (hole.camera != name || tick < hole.first_tick || tick >= hole.first_tick + hole.count)
      continue;
    return hole.kind;
  }
  const auto& entries = ticks_.cameras[camera].entries;
  if (tick < entries.front().tick) return HoleCause::before_start;
  if (tick > entries.back().tick) return HoleCause::after_end;
  const auto at =
      std::lower_bound(entries.begin(), entries.end(), tick,
                       [](const CameraTicks::Entry& entry, int64_t t) { return entry.tick < t; });
  return at->tick == tick ? HoleCause::damaged : HoleCause::not_delivered;
}

/// Within the single-tick gate of the median camera. Free-running clocks drift slowly against each
/// other, which is no fault: there, each stamp is first freed of its own part's rate.
void SetReader::judge(CaptureSet& set) const {
  std::vector<SeenStamp> seen;
  for (size_t i = 0; i < set.slots.size(); ++i) {
    CaptureSlot& slot = set.slots[i];
    const PlannedCamera* planned = manifest_.plan.find(manifest_.cameras[i].name);
    if (slot.capture == nullptr || planned == nullptr) continue;
    const Nanos planned_offset = nanos_from_us(planned->tick_offset_us());
    const Nanos elapsed =
        nanos_from_us(static_cast<double>(set.tick.index) * periods_us_[i][tracks_[i].part]);
    seen.push_back({slot.capture->stamp().since_zero() - planned_offset - elapsed,
                    static_cast<double>(planned->config.exposure.value_or(Micros{0}).count()),
                    &slot});
  }
  if (seen.empty()) return;
  const double gate_us = Gates{}.tick_offset_us_at(frames_per_second(manifest_.plan.frame_rate));
  const std::vector<double> off_us = off_the_median_us(seen);
  for (size_t i = 0; i < seen.size(); ++i) seen[i].slot->in_step = off_us[i] <= gate_us;
}

/// Frame period of every part: nominal where the pulses discipline all clocks, else its own.
void SetReader::fit_periods() {
  const double nominal_us = frame_period_us(frames_per_second(manifest_.plan.frame_rate));
  const auto& planned = manifest_.plan.cameras;
  const bool free_clocks =
      std::any_of(planned.begin(), planned.end(),
                  [](const PlannedCamera& camera) { return !camera.clock_disciplined; });
  for (size_t i = 0; i < manifest_.cameras.size(); ++i) {
    periods_us_.emplace_back(manifest_.cameras[i].parts.size(), nominal_us);
    const auto& entries = ticks_.cameras[i].entries;
    for (size_t first = 0; free_clocks && first < entries.size();) {
      size_t last = first;
      while (last + 1 < entries.size() && entries[last + 1].part == entries[first].part) ++last;
      const auto ticks = static_cast<double>(entries[last].tick - entries[first].tick);
      if (ticks > 0) {
        const std::chrono::duration<double, std::micro> length =
            since(entries[first].stamp, entries[last].stamp);
        periods_us_[i][entries[first].part] = length.count() / ticks;
      }
      first = last + 1;
    }
  }
}

}  // namespace lockstep
