// SPDX-License-Identifier: MIT
#include "lockstep/take/count_take.h"

#include <algorithm>
#include <utility>

#include "lockstep/recording/reader.h"
#include "lockstep/time/tick.h"

namespace lockstep {
namespace {

/// Where the first tick that all have is a later one than was noted: what counts from it moves.
void begin_at(int64_t tick, TakeManifest& manifest) {
  if (manifest.first_common_tick_after_pulse) *manifest.first_common_tick_after_pulse += tick;
  const int fps = frames_per_second(manifest.plan.frame_rate);
  const int64_t later_ns = rig_time(Tick{tick}, fps).time_since_epoch().count();
  for (TakeCamera& camera : manifest.cameras) {
    for (TakePart& part : camera.parts) {
      if (part.rig_from_device_ns) *part.rig_from_device_ns -= later_ns;
    }
  }
}

}  // namespace

Result<TakeTicks> count_readable(const std::filesystem::path& folder, TakeManifest manifest) {
  for (TakeCamera& camera : manifest.cameras) {
    std::vector<TakePart> readable;
    for (TakePart& part : camera.parts) {
      const auto reader = RecordingReader::open(folder / part.file);
      const Errc code = reader ? Errc::truncated : reader.error().code;
      if (code == Errc::not_found || code == Errc::unusable_input) continue;
      if (code != Errc::truncated) return reader.error();
      readable.push_back(std::move(part));
    }
    camera.parts = std::move(readable);
  }
  return index_ticks(folder, manifest);
}

Result<void> count_take(const std::filesystem::path& folder, TakeManifest& manifest) {
  const auto ticks = count_readable(folder, manifest);
  if (!ticks) return ticks.error();
  manifest.common_ticks = ticks->common_ticks;
  manifest.holes = holes_of(*ticks, manifest);
  begin_at(ticks->first.value_or(0), manifest);
  for (size_t i = 0; i < manifest.cameras.size(); ++i) {
    manifest.cameras[i].captures = ticks->cameras[i].captures;
    manifest.cameras[i].imu_samples = ticks->cameras[i].imu_samples;
    manifest.cameras[i].dropped = std::max(manifest.cameras[i].dropped, ticks->cameras[i].dropped);
    CameraEnd& end = manifest.cameras[i].end;
    if (end.how == EndOfCamera::none) end.how = EndOfCamera::cut_off;
  }
  return {};
}

}  // namespace lockstep
