// SPDX-License-Identifier: MIT
#include "lockstep/playback/playing_time.h"

#include <algorithm>

namespace lockstep {
namespace {

constexpr double kNoPulseNs = 1e9;  // a period must be one; nobody asks for pulses here

WiredSync role_of(const PlayedTrack& track) {
  return track.header.camera.wired_sync;
}

bool any_runs(const BoardState& state) {
  return std::any_of(state.cameras.begin(), state.cameras.end(),
                     [](const BoardCamera& camera) { return camera.running != 0; });
}

}  // namespace

// On the board the playing is a train of the generator, which no camera owns: when it began.
PlayingTime::PlayingTime(const std::vector<PlayedTrack>& tracks, std::unique_ptr<RigBoard> board)
    : board_(std::move(board)) {
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
  board_->sweep(now);  // whoever was killed plays no longer
  board_->change([&](BoardState& state) {
    const bool goes_on = began_by(state, now).has_value();
    state.cameras[index].running = 1;
    if (goes_on || !begins_[index]) return;
    state.generator.finish(now);
    state.generator.add({now, kNoPulseNs});
  });
}

void PlayingTime::stopped(int camera, HostTime now) {
  board_->change([&](BoardState& state) {
    state.cameras[static_cast<size_t>(camera)].running = 0;
    if (!any_runs(state)) state.generator.finish(now);
  });
}

std::optional<HostTime> PlayingTime::began(HostTime now) const {
  return began_by(state(), now);
}

std::optional<HostTime> PlayingTime::began_by(const BoardState& state, HostTime now) const {
  if (state.generator.empty() || !any_runs(state)) return std::nullopt;
  const PulseTrain& last = *(state.generator.end() - 1);
  const bool over = last.end != kNever || now > last.start + length_;
  return over ? std::nullopt : std::optional(last.start);
}

BoardState PlayingTime::state() const {
  uint64_t none_seen = 0;
  return *board_->look(none_seen);
}

ColorControls PlayingTime::color_controls(int camera) const {
  return state().cameras[static_cast<size_t>(camera)].color;
}

void PlayingTime::set_color_control(int camera, size_t control, const ColorControl& value) {
  board_->change([&](BoardState& state) {
    state.cameras[static_cast<size_t>(camera)].color[control] = value;
  });
}

}  // namespace lockstep
