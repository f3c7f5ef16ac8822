// SPDX-License-Identifier: MIT
#include "lockstep/take/tick_index.h"

#include <fmt/core.h>

#include <algorithm>
#include <limits>

#include "lockstep/sync/monitor.h"
#include "lockstep/time/tick.h"

namespace lockstep {
namespace {

Nanos planned_offset(const Plan& plan, const std::string& name) {
  const PlannedCamera* camera = plan.find(name);
  return camera == nullptr ? Nanos{0} : nanos_from_us(camera->tick_offset_us());
}

constexpr uint64_t kMostDropped = std::numeric_limits<uint32_t>::max();

class Indexer {
 public:
  Indexer(const std::filesystem::path& folder, const TakeManifest& manifest,
          const std::vector<bool>& wanted)
      : folder_(folder),
        manifest_(manifest),
        wanted_(wanted),
        fps_(frames_per_second(manifest.plan.frame_rate)) {}

  Result<TakeTicks> run() {
    TakeTicks ticks;
    for (size_t i = 0; i < manifest_.cameras.size(); ++i) {
      const TakeCamera& camera = manifest_.cameras[i];
      ticks.cameras.emplace_back();
      for (size_t part = 0; part < camera.parts.size(); ++part) {
        auto added = add_part(camera, static_cast<uint32_t>(part), ticks.cameras.back());
        if (!added && wants(i)) return std::move(added).error();
      }
    }
    begin_at_first_common(ticks);
    return ticks;
  }

 private:
  [[nodiscard]] bool wants(size_t camera) const { return wanted_.empty() || wanted_[camera]; }

  Result<void> add_part(const TakeCamera& camera, uint32_t part, CameraTicks& to) {
    auto reader = RecordingReader::open(folder_ / camera.parts[part].file);
    // Killed before its first frame: it has no ticks.
    if (!reader && reader.error().code == Errc::truncated) return {};
    if (!reader && reader.error().code == Errc::not_found) {
      return Error{Errc::not_found,
                   fmt::format("{} is not there, and it is of camera '{}' of the take: bring it "
                               "back",
                               (folder_ / camera.parts[part].file).string(), camera.name)};
    }
    if (!reader) return std::move(reader).error();
    auto stamps = (*reader)->scan();
    if (!stamps) return std::move(stamps).error();
    const auto& counted = counting_stamps(*stamps);
    to.captures += counted.size();
    to.imu_samples += stamps->imu_samples;
    if (counted.empty()) return {};
    TickCounter counter(frame_period_us(fps_));
    const int64_t first = first_tick(camera, part, counted.front().stamp, to);
    auto note = stamps->notes.begin();
    for (const auto& entry : counted) {
      uint64_t dropped = 0;
      // A capture without the stream that counts tells of its drops in the next one that has it.
      for (; note != stamps->notes.end() && note->stamp <= entry.stamp; ++note)
        dropped += std::min(note->dropped_before, kMostDropped);
      dropped = std::min(dropped, kMostDropped);
      to.dropped += dropped;
      to.entries.push_back({first + counter.add(entry.stamp, std::nullopt).tick, entry.stamp, part,
                            static_cast<uint32_t>(dropped)});
    }
    return {};
  }

  int64_t first_tick(const TakeCamera& camera, uint32_t part, DeviceTime stamp,
                     const CameraTicks& before) {
    // As if its clock were the rig's; how far it is from that is known, or alike for all cameras.
    const RigTime pulse(stamp.since_zero() - planned_offset(manifest_.plan, camera.name));
    if (const auto known = camera.parts[part].rig_from_device_ns) {
      return nearest_tick(pulse + Nanos(*known), fps_).index;
    }
    if (!before.entries.empty()) return before.entries.back().tick + 1;
    all_placed_ = false;
    if (!phase_) phase_ = pulse - rig_time(nearest_tick(pulse, fps_), fps_);
    return nearest_tick(pulse - *phase_, fps_).index;
  }

  /// A camera that was lost does not end what the others have in common.
  void begin_at_first_common(TakeTicks& ticks) const {
    constexpr int64_t kNone = std::numeric_limits<int64_t>::max();
    int64_t first = std::numeric_limits<int64_t>::min(), first_of_wanted = first;
    int64_t last = kNone, last_of_lost = first;
    bool unread = false;
    for (size_t i = 0; i < ticks.cameras.size(); ++i) {
      const auto& entries = ticks.cameras[i].entries;
      if (entries.empty() && wants(i)) return;
      unread |= entries.empty();
      if (entries.empty()) continue;
      first = std::max(first, entries.front().tick);
      if (!wants(i)) continue;
      first_of_wanted = std::max(first_of_wanted, entries.front().tick);
      if (manifest_.cameras[i].end.how == EndOfCamera::lost)
        last_of_lost = std::max(last_of_lost, entries.back().tick);
      else
        last = std::min(last, entries.back().tick);
    }
    // Whoever wants lost cameras alone gets what there is of them.
    if (!wanted_.empty() && last == kNone && last_of_lost >= first_of_wanted) last = last_of_lost;
    if (last == kNone) return;
    // Tick 0 of a counted take is where its parts are placed, also where no file tells any more.
    if (unread && all_placed_ && manifest_.common_ticks) first = std::max<int64_t>(first, 0);
    if (first > last) first = first_of_wanted;
    for (CameraTicks& camera : ticks.cameras) {
      for (CameraTicks::Entry& entry : camera.entries) entry.tick -= first;
    }
    ticks.common_ticks = std::max<int64_t>(last - first + 1, 0);
    if (all_placed_) ticks.first = first;
  }

  const std::filesystem::path& folder_;
  const TakeManifest& manifest_;
  const std::vector<bool>& wanted_;
  int fps_;
  bool all_placed_ = true;      ///< by the manifest, or by the part before
  std::optional<Nanos> phase_;  ///< of the first camera's pulses to the ticks of its own clock
};

/// Lists what one camera lacks, from its first tick to its last.
class HoleLister {
 public:
  /// `told`: what is known already of all cameras, on a count whose tick `first` is tick 0 now.
  HoleLister(const std::string& camera, const std::vector<TakeHole>& told, int64_t first,
             std::vector<TakeHole>& holes)
      : holes_(holes) {
    for (const TakeHole& hole : told) {
      if (hole.camera != camera) continue;
      told_.push_back(hole);
      told_.back().first_tick -= first;
    }
    std::sort(told_.begin(), told_.end(),
              [](const TakeHole& a, const TakeHole& b) { return a.first_tick < b.first_tick; });
  }

  /// From `from` to before `to`, of which so many were dropped: it is not noted which.
  void add(int64_t from, int64_t to, int64_t dropped, const TakeHole& otherwise) {
    while (from < to && next_ < told_.size() && told_[next_].first_tick < to) {
      const TakeHole& told = told_[next_];
      const int64_t begin = std::max(told.first_tick, from);
      const int64_t end = std::min(told.first_tick + told.count, to);
      if (begin < end) {
        add_untold(from, begin, dropped, otherwise);
        add(begin, end, told);
        if (told.kind == HoleCause::dropped_by_recorder)
          dropped = std::max<int64_t>(dropped - (end - begin), 0);
        from = end;
      }
      if (told.first_tick + told.count > to) break;  // it goes on after what is there
      ++next_;
    }
    add_untold(from, to, dropped, otherwise);
  }

 private:
  void add_untold(int64_t from, int64_t to, int64_t& dropped, const TakeHole& otherwise) {
    if (from >= to) return;
    const int64_t known = std::min(dropped, to - from);
    TakeHole noted = otherwise;
    noted.kind = HoleCause::dropped_by_recorder;
    noted.cause = "dropped: as its recording notes";
    add(from, from + known, noted);
    add(from + known, to, otherwise);
    dropped -= known;
  }

  void add(int64_t from, int64_t to, TakeHole like) {
    if (from >= to) return;
    like.first_tick = from;
    like.count = to - from;
    add_hole(holes_, std::move(like));
  }

  std::vector<TakeHole> told_;
  size_t next_ = 0;  ///< of those that are told
  std::vector<TakeHole>& holes_;
};

}  // namespace

const std::vector<RecordingStamps::Entry>& counting_stamps(const RecordingStamps& stamps) {
  if (!stamps.color.empty()) return stamps.color;
  return stamps.ir.empty() ? stamps.depth : stamps.ir;
}

Result<TakeTicks> index_ticks(const std::filesystem::path& take_folder,
                              const TakeManifest& manifest, const std::vector<bool>& wanted) {
  return Indexer(take_folder, manifest, wanted).run();
}

std::vector<TakeHole> holes_of(const TakeTicks& ticks, const TakeManifest& manifest) {
  std::vector<TakeHole> holes;
  const int64_t end = ticks.common_ticks.value_or(0);
  for (size_t i = 0; i < ticks.cameras.size(); ++i) {
    const TakeCamera& camera = manifest.cameras[i];
    HoleLister lister(camera.name, manifest.holes, ticks.first.value_or(0), holes);
    TakeHole otherwise{camera.name, 0, 0, HoleCause::not_delivered, "not in its recordings"};
    std::vector<CameraTicks::Entry> there = ticks.cameras[i].entries;
    std::stable_sort(there.begin(), there.end(),
                     [](const auto& a, const auto& b) { return a.tick < b.tick; });
    int64_t next = 0;
    for (const CameraTicks::Entry& entry : there) {
      lister.add(next, std::min(entry.tick, end), entry.dropped_before, otherwise);
      next = std::max(next, entry.tick + 1);
    }
    if (camera.end.how == EndOfCamera::lost) {
      otherwise.kind = HoleCause::device_lost;
      otherwise.cause = to_text(camera.end);
    }
    lister.add(next, end, 0, otherwise);
  }
  return holes;
}

}  // namespace lockstep
