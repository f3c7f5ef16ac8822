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
    last_frame_ = std::max(last_frame_, frame_period(track.header.camera.frame_rate));
  }
}

std::optional<HostTime> PlayingTime::started(int camera, HostTime now) {
  const auto index = static_cast<size_t>(camera);
  memory_->sweep(now);  // whoever was killed plays no longer
  std::optional<HostTime> began;
  memory_->change([&](RigState& state) {
    began = began_by(state, now, length_);
    // Whoever played last and was killed did not say that it ended.
    if (!any_runs(state)) state.played.ended = std::min(state.played.ended, now);
    state.cameras[index].running = 1;
    if (began || !begins_[index]) return;
    began = now;
    state.played = {now, kNever};
  });
  return began;
}

void PlayingTime::stopped(int camera, HostTime now) {
  memory_->change([&](RigState& state) {
    state.cameras[static_cast<size_t>(camera)].running = 0;
    if (!any_runs(state)) state.played.ended = std::min(state.played.ended, now);
  });
}

std::optional<HostTime> PlayingTime::began(HostTime now) const {
  return began_by(state(), now, length_ + last_frame_);
}

std::optional<HostTime> PlayingTime::began_by(const RigState& state, HostTime now, Nanos length) {
  const auto [start, end] = state.played;
  const bool over = !any_runs(state) || end != kNever || now > start + length;
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
