// SPDX-License-Identifier: MIT
#include "lockstep/playback/playing_time.h"

#include <algorithm>

namespace lockstep {
namespace {

WiredSync role_of(const PlayedTrack& track) {
  return track.header.camera.wired_sync;
}

bool any_runs(const RigState& state) {
  return std::any_of(state.cameras.begin(), state.cameras.end(),
                     [](const CameraMemory& camera) { return camera.running != 0; });
}

}  // namespace

PlayingTime::PlayingTime(const std::vector<PlayedTrack>& tracks, std::unique_ptr<RigMemory> memory)
    : memory_(std::move(memory)) {
  const bool has_master = std::any_of(tracks.begin(), tracks.end(), [](const PlayedTrack& track) {
    return role_of(track) == WiredSync::master;
  });
  for (const PlayedTrack& track : tracks) {
    begins_.push_back(!has_master || role_of(track) != WiredSync::subordinate);
    length_ = std::max(length_, track.end);
  }
}

void PlayingTime::started(int camera, HostTime now) {
  const auto index = static_cast<size_t>(camera);
  memory_->sweep(now);  // whoever was killed plays no longer
  memory_->change([&](RigState& state) {
    const bool goes_on = began_by(state, now).has_value();
    state.cameras[index].running = 1;
    if (goes_on || !begins_[index]) return;
    state.played = {now, kNever};
  });
}

void PlayingTime::stopped(int camera, HostTime now) {
  memory_->change([&](RigState& state) {
    state.cameras[static_cast<size_t>(camera)].running = 0;
    if (!any_runs(state)) state.played.ended = std::min(state.played.ended, now);
  });
}

std::optional<HostTime> PlayingTime::began(HostTime now) const {
  return began_by(state(), now);
}

std::optional<HostTime> PlayingTime::began_by(const RigState& state, HostTime now) const {
  const auto [start, end] = state.played;
  const bool over = !any_runs(state) || end != kNever || now > start + length_;
  return over ? std::nullopt : std::optional(start);
}

RigState PlayingTime::state() const {
  uint64_t none_seen = 0;
  return *memory_->look(none_seen);
}

ColorControls PlayingTime::color_controls(int camera) const {
  return state().cameras[static_cast<size_t>(camera)].color;
}

void PlayingTime::set_color_control(int camera, size_t control, const ColorControl& value) {
  memory_->change(
      [&](RigState& state) { state.cameras[static_cast<size_t>(camera)].color[control] = value; });
}

}  // namespace lockstep
