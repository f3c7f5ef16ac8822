// SPDX-License-Identifier: MIT
#include "lockstep/take/clock_maps.h"

#include "lockstep/sync/ticks.h"

namespace lockstep {

std::vector<FileClock> fit_clocks(const Evidence& evidence) {
  std::vector<FileClock> clocks;
  if (!evidence.plan) return clocks;
  const int fps = frames_per_second(evidence.plan->frame_rate);
  for (const DeviceEvidence& device : evidence.devices) {
    const PlannedCamera* planned = evidence.plan->find(device.name);
    const auto& lead = device.color.empty() ? device.depth : device.color;
    if (planned == nullptr || !device.rig_from_device_ns || lead.empty()) continue;
    const double offset_us =
        device.color.empty() ? planned->depth_offset_us() : planned->color_delay_us;
    const Nanos offset = nanos_from_us(offset_us);
    const StreamSegment stretch = count_ticks(lead, fps).front();
    const DeviceTime first = stretch.stamps.front().stamp - offset;
    const int64_t first_tick =
        nearest_tick(RigTime(first.since_zero() + Nanos(*device.rig_from_device_ns)), fps).index;
    std::vector<TickStamp> stamps;
    for (const TickStamp& stamp : stretch.stamps)
      stamps.push_back({stamp.tick + first_tick, stamp.stamp - offset});
    clocks.push_back({device.source, fit_clock_map(stamps, fps)});
  }
  return clocks;
}

}  // namespace lockstep
