// SPDX-License-Identifier: MIT
#include "lockstep/take/tick_index.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lockstep/recording/reader.h"
#include "lockstep/sync/monitor.h"
#include "lockstep/time/tick.h"

namespace lockstep {
namespace {

/// Stamps that count ticks: colour, else IR, else depth.
const std::vector<RecordingStamps::Entry>& counting_stamps(const RecordingStamps& stamps) {
  if (!stamps.color.empty()) return stamps.color;
  return stamps.ir.empty() ? stamps.depth : stamps.ir;
}

double planned_offset_us(const Plan& plan, const std::string& name) {
  const PlannedCamera* camera = plan.find(name);
  if (camera == nullptr) return 0;
  return camera->config.color_on() ? camera->color_delay_us : camera->depth_offset_us();
}

double us(DeviceTime stamp) {
  return static_cast<double>(stamp.ns()) / 1000;
}

class Indexer {
 public:
  Indexer(const std::filesystem::path& folder, const TakeManifest& manifest)
      : folder_(folder),
        manifest_(manifest),
        period_us_(frame_period_us(frames_per_second(manifest.plan.frame_rate))) {}

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
    if (!reader) return std::move(reader).error();
    auto stamps = (*reader)->scan();
    if (!stamps) return std::move(stamps).error();
    const auto& counted = counting_stamps(*stamps);
    to.captures += counted.size();
    to.imu_samples += stamps->imu_samples;
    if (counted.empty()) return {};
    TickCounter counter(period_us_);
    const int64_t first = first_tick(camera, part, counted.front().stamp, to);
    for (const auto& entry : counted) {
      to.entries.push_back(
          {first + counter.add(entry.stamp, std::nullopt).tick, entry.stamp, part});
    }
    return {};
  }

  int64_t first_tick(const TakeCamera& camera, uint32_t part, DeviceTime stamp,
                     const CameraTicks& before) {
    const double since_pulse_us = us(stamp) - planned_offset_us(manifest_.plan, camera.name);
    if (const auto known = camera.parts[part].rig_from_device_ns) {
      return std::llround((since_pulse_us + static_cast<double>(*known) / 1000) / period_us_);
    }
    if (!before.entries.empty()) return before.entries.back().tick + 1;
    if (!phase_us_)
      phase_us_ = since_pulse_us - std::floor(since_pulse_us / period_us_) * period_us_;
    return std::llround((since_pulse_us - *phase_us_) / period_us_);
  }

  /// A camera that was lost does not end what the others have in common.
  void begin_at_first_common(TakeTicks& ticks) const {
    int64_t first = std::numeric_limits<int64_t>::min();
    int64_t last = std::numeric_limits<int64_t>::max();
    for (size_t i = 0; i < ticks.cameras.size(); ++i) {
      const auto& entries = ticks.cameras[i].entries;
      if (entries.empty()) return;
      first = std::max(first, entries.front().tick);
      if (manifest_.cameras[i].end.rfind("lost", 0) != 0)
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
  double period_us_;
  std::optional<double> phase_us_;
};

}  // namespace

Result<TakeTicks> index_ticks(const std::filesystem::path& take_folder,
                              const TakeManifest& manifest) {
  return Indexer(take_folder, manifest).run();
}

}  // namespace lockstep
