// SPDX-License-Identifier: MIT
#include "lockstep/session/ledger.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "lockstep/time/tick.h"

namespace lockstep {
namespace {

constexpr const char* kNotDelivered = "not delivered by the camera";
constexpr const char* kDropped = "dropped: the disk did not keep up";

bool was_lost(const CameraEnd& end) {
  return end.how == EndOfCamera::lost;
}

}  // namespace

Ledger::Ledger(const Plan& plan) : fps_(frames_per_second(plan.frame_rate)) {
  for (const PlannedCamera& planned : plan.cameras) cameras_.push_back({.planned = planned});
}

void Ledger::open(size_t camera, const std::string& file) {
  cameras_[camera].parts = {{file, ""}};
}

void Ledger::begin_part(size_t camera, const std::string& file, const std::string& reason) {
  cameras_[camera].parts.push_back({file, reason});
}

/// What is between it and the one before never came.
void Ledger::came(Camera& camera, int64_t own_tick) {
  if (!camera.first) camera.first = own_tick;
  const int64_t next = camera.last ? *camera.last + 1 : own_tick;
  if (next < own_tick) {
    add_hole(camera.holes,
             {camera.planned.name, next, own_tick - next, HoleCause::not_delivered, kNotDelivered});
  }
  camera.last = own_tick;
}

void Ledger::wrote(size_t index, int64_t own_tick, DeviceTime stamp) {
  Camera& camera = cameras_[index];
  came(camera, own_tick);
  if (!camera.parts.empty() && !camera.parts.back().first_tick) {
    camera.parts.back().first_tick = own_tick;
    camera.parts.back().first_stamp = stamp;
  }
}

void Ledger::dropped(size_t index, int64_t own_tick) {
  Camera& camera = cameras_[index];
  ++camera.dropped;
  came(camera, own_tick);
  add_hole(camera.holes,
           {camera.planned.name, own_tick, 1, HoleCause::dropped_by_recorder, kDropped});
}

void Ledger::refused(size_t index, int64_t own_tick, const std::string& cause) {
  std::vector<TakeHole>& holes = cameras_[index].holes;
  const auto at = std::find_if(holes.begin(), holes.end(), [own_tick](const TakeHole& hole) {
    return hole.first_tick > own_tick;
  });
  if (at != holes.begin()) {
    TakeHole& before = *std::prev(at);
    if (before.cause == cause && before.first_tick + before.count == own_tick) {
      ++before.count;
      return;
    }
  }
  holes.insert(at,
               {cameras_[index].planned.name, own_tick, 1, HoleCause::refused_by_recorder, cause});
}

void Ledger::lost_from(size_t index, int64_t own_tick) {
  Camera& camera = cameras_[index];
  if (!camera.last || *camera.last < own_tick) return;
  if (own_tick <= *camera.first) {
    camera.first.reset();
    camera.last.reset();
    camera.holes.clear();
    return;
  }
  camera.last = own_tick - 1;
  while (!camera.holes.empty() && camera.holes.back().first_tick >= own_tick)
    camera.holes.pop_back();
  if (camera.holes.empty()) return;
  TakeHole& hole = camera.holes.back();
  hole.count = std::min(hole.count, own_tick - hole.first_tick);
}

void Ledger::ended(size_t camera, CameraEnd end) {
  if (cameras_[camera].end.how == EndOfCamera::none) cameras_[camera].end = std::move(end);
}

void Ledger::hung_in_stop(size_t camera) {
  CameraEnd& end = cameras_[camera].end;
  if (end.how != EndOfCamera::none && end.detail.empty()) end.detail = "then it hung in its stop";
}

void Ledger::disk_failed(size_t camera, const std::string& why) {
  if (!was_lost(cameras_[camera].end)) cameras_[camera].end = {EndOfCamera::disk, why};
}

std::optional<Ledger::Held> Ledger::held(const Camera& camera) {
  if (!camera.first) return std::nullopt;
  Held held{*camera.first, *camera.last};
  for (const TakeHole& hole : camera.holes) {
    if (hole.first_tick > held.first) break;
    held.first = std::max(held.first, hole.first_tick + hole.count);
  }
  for (auto hole = camera.holes.rbegin(); hole != camera.holes.rend(); ++hole) {
    if (hole->first_tick + hole->count <= held.last) break;
    held.last = std::min(held.last, hole->first_tick - 1);
  }
  if (held.first > held.last) return std::nullopt;
  return held;
}

void Ledger::fill(const LiveMonitor& monitor, TakeManifest& manifest) const {
  std::vector<int64_t> base(cameras_.size());
  std::vector<std::optional<Held>> has;
  int64_t first = std::numeric_limits<int64_t>::min();
  int64_t last = std::numeric_limits<int64_t>::max();
  bool any = false;
  for (size_t i = 0; i < cameras_.size(); ++i) {
    base[i] = monitor.base_tick(i).value_or(0);
    has.push_back(held(cameras_[i]));
    if (!has[i]) continue;
    first = std::max(first, base[i] + has[i]->first);
    if (was_lost(cameras_[i].end)) continue;
    last = std::min(last, base[i] + has[i]->last);
    any = true;
  }
  manifest.holes.clear();
  if (any) {
    manifest.first_common_tick_after_pulse = first;
    manifest.common_ticks = std::max<int64_t>(last - first + 1, 0);
  }
  const auto has_nothing = [](const std::optional<Held>& held) { return !held; };
  if (std::any_of(has.begin(), has.end(), has_nothing)) manifest.common_ticks.reset();
  for (size_t i = 0; i < cameras_.size(); ++i) {
    const Camera& from = cameras_[i];
    TakeCamera& camera = manifest.cameras[i];
    const Nanos planned = nanos_from_us(from.planned.tick_offset_us());
    camera.dropped = from.dropped;
    camera.end = from.end;
    camera.parts.clear();
    for (size_t made = 0; made < std::min(from.made, from.parts.size()); ++made) {
      const Part& part = from.parts[made];
      TakePart& to = camera.parts.emplace_back();
      to.file = part.file;
      to.reason = part.reason;
      if (!part.first_tick || !any) continue;
      const RigTime rig = rig_time(Tick{*part.first_tick + base[i] - first}, fps_) + planned;
      to.rig_from_device_ns = rig.time_since_epoch().count() - part.first_stamp.ns();
    }
    if (any && has[i]) list_holes(from, *has[i], base[i] - first, last - first, manifest.holes);
  }
}

/// On the take's count, where its own tick 0 is at `shift` and the common range ends with `end`.
void Ledger::list_holes(const Camera& camera, Held held, int64_t shift, int64_t end,
                        std::vector<TakeHole>& holes) {
  const bool lost = was_lost(camera.end);
  for (TakeHole hole : camera.holes) {
    if (hole.first_tick < held.first || (!lost && hole.first_tick > held.last)) continue;
    hole.first_tick += shift;
    holes.push_back(hole);
  }
  const int64_t rest = *camera.last + shift + 1;
  if (lost && rest <= end)
    add_hole(holes, {camera.planned.name, rest, end - rest + 1, HoleCause::device_lost,
                     to_text(camera.end)});
}

}  // namespace lockstep
