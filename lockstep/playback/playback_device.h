// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "lockstep/device/device.h"
#include "lockstep/playback/playback.h"
#include "lockstep/playback/playing_time.h"
#include "lockstep/playback/track.h"

namespace lockstep {

/// The camera of this number of `time`, where it is the caller's already; it leaves that with the
/// device.
[[nodiscard]] std::unique_ptr<Device> make_playback_device(const PlayedTrack& track, int camera,
                                                           PlaybackOptions options,
                                                           std::shared_ptr<PlayingTime> time);

}  // namespace lockstep
