// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "lockstep/base/thread_annotations.h"
#include "lockstep/device/device.h"
#include "lockstep/playback/playback.h"
#include "lockstep/playback/track.h"

namespace lockstep {

/// What the devices of one source share: who is open, and when the playing began.
struct PlaybackShared {
  Mutex mutex;
  std::set<std::string> open LOCKSTEP_GUARDED_BY(mutex);  ///< serials
  std::optional<std::chrono::steady_clock::time_point> began LOCKSTEP_GUARDED_BY(mutex);
};

/// One camera of a source. Its serial is in shared->open already, and leaves it with the device.
[[nodiscard]] std::unique_ptr<Device> make_playback_device(const PlayedTrack& track,
                                                           PlaybackOptions options,
                                                           std::shared_ptr<PlaybackShared> shared);

}  // namespace lockstep
