// SPDX-License-Identifier: MIT
#include "lockstep/take/tick_index.h"

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

class Indexer {
 public:
  Indexer(const std::filesystem::path& folder, const TakeManifest& manifest)
      : folder_(folder), manifest_(manifest), fps_(frames_per_second(manifest.plan.frame_rate)) {}

  Result<TakeTicks> run() {
    TakeTicks ticks;
    for (const TakeCamera& camera : manifest_.cameras) {
      ticks.cameras.emplace_back();
      for (size_t part = 0; part < camera.parts.size(); ++part) {
        auto added = add_part(camera, static_cast<uint32_t>(part), ticks.cameras.back());
        if (!added) return std::move(added).error();
      }
    }
    begin_at_first_common(ticks);
    return ticks;
  }

 private:
  Result<void> add_part(const TakeCamera& camera, uint32_t part, CameraTicks& to) {
    auto reader = RecordingReader::open(folder_ / camera.parts[part].file);
    // Killed before its first frame: it has no ticks.
    if (!reader && reader.error().code == Errc::truncated) return {};
    if (!reader) return std::move(reader).error();
    auto stamps = (*reader)->scan();
    if (!stamps) return std::move(stamps).error();
    const auto& counted = counting_stamps(*stamps);
    to.captures += counted.size();
    to.imu_samples += stamps->imu_samples;
    if (counted.empty()) return {};
    TickCounter counter(frame_period_us(fps_));
    const int64_t first = first_tick(camera, part, counted.front().stamp, to);
    for (const auto& entry : counted) {
      to.entries.push_back(
          {first + counter.add(entry.stamp, std::nullopt).tick, entry.stamp, part});
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
    if (!phase_) phase_ = pulse - rig_time(nearest_tick(pulse, fps_), fps_);
    return nearest_tick(pulse - *phase_, fps_).index;
  }

  /// A camera that was lost does not end what the others have in common.
  void begin_at_first_common(TakeTicks& ticks) const {
    int64_t first = std::numeric_limits<int64_t>::min();
    int64_t last = std::numeric_limits<int64_t>::max();
    for (size_t i = 0; i < ticks.cameras.size(); ++i) {
      const auto& entries = ticks.cameras[i].entries;
      if (entries.empty()) return;
      first = std::max(first, entries.front().tick);
      if (manifest_.cameras[i].end.how != EndOfCamera::lost)
        last = std::min(last, entries.back().tick);
    }
    if (ticks.cameras.empty() || last == std::numeric_limits<int64_t>::max()) return;
    for (CameraTicks& camera : ticks.cameras) {
      for (CameraTicks::Entry& entry : camera.entries) entry.tick -= first;
    }
    ticks.common_ticks = std::max<int64_t>(last - first + 1, 0);
  }

  const std::filesystem::path& folder_;
  const TakeManifest& manifest_;
  int fps_;
  std::optional<Nanos> phase_;  ///< of the first camera's pulses to the ticks of its own clock
};

/// A hole of `count` ticks, of the kind and cause that the manifest tells of the first of them.
TakeHole hole_at(const std::string& camera, int64_t tick, int64_t count,
                 const TakeManifest& manifest) {
  for (const TakeHole& hole : manifest.holes) {
    if (hole.camera == camera && tick >= hole.first_tick && tick - hole.first_tick < hole.count)
      return {camera, tick, count, hole.kind, hole.cause};
  }
  return {camera, tick, count, HoleCause::not_delivered, "not in its recordings"};
}

}  // namespace

const std::vector<RecordingStamps::Entry>& counting_stamps(const RecordingStamps& stamps) {
  if (!stamps.color.empty()) return stamps.color;
  return stamps.ir.empty() ? stamps.depth : stamps.ir;
}

Result<TakeTicks> index_ticks(const std::filesystem::path& take_folder,
                              const TakeManifest& manifest) {
  return Indexer(take_folder, manifest).run();
}

std::vector<TakeHole> holes_of(const TakeTicks& ticks, const TakeManifest& manifest) {
  std::vector<TakeHole> holes;
  const int64_t end = ticks.common_ticks.value_or(0);
  for (size_t i = 0; i < ticks.cameras.size(); ++i) {
    std::vector<int64_t> there;
    for (const CameraTicks::Entry& entry : ticks.cameras[i].entries) there.push_back(entry.tick);
    there.push_back(end);
    std::sort(there.begin(), there.end());
    int64_t next = 0;
    for (const int64_t tick : there) {
      const int64_t gap = std::min(tick, end) - next;
      if (gap > 0) holes.push_back(hole_at(manifest.cameras[i].name, next, gap, manifest));
      next = std::max(next, tick + 1);
    }
  }
  return holes;
}

}  // namespace lockstep
