// SPDX-License-Identifier: MIT
#pragma once

#include <k4arecord/playback.h>

#include <memory>
#include <optional>
#include <vector>

#include "lockstep/k4a/handle_table.h"
#include "lockstep/recording/track_reader.h"

namespace lockstep::k4a {

/// A file that a program reads.
struct Playback {
  std::unique_ptr<TrackReader> reader;
  std::optional<k4a_calibration_t> calibration;  ///< once it was asked for
};
using PlaybackTable = HandleTable<k4a_playback_t, Playback, HandleKind::playback>;

/// The playback behind a handle; null, and a line in the log, when there is none.
[[nodiscard]] std::shared_ptr<Playback> find_playback(k4a_playback_t handle, const char* function);

/// One datum of a custom track, with bytes of its own.
struct DataBlock {
  uint64_t device_time_us = 0;
  std::vector<uint8_t> bytes;
};
using DataBlockTable = HandleTable<k4a_playback_data_block_t, DataBlock, HandleKind::data_block>;

}  // namespace lockstep::k4a
