// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "lockstep/frame/capture.h"
#include "lockstep/recording/header.h"

namespace lockstep {

/// An image, a note of one capture or a datum, waiting for its cluster.
struct QueuedItem {
  int64_t time_us = 0;
  uint64_t track = 0;
  bool laced = false;               ///< shares a block with its neighbours
  Image image;                      ///< images; of data the bytes alone
  std::optional<CaptureNote> note;  ///< notes; the planes are needed for their statistics
  std::optional<Image> depth;
  std::optional<Image> ir;
};

/// What one cluster holds; times are the device's.
struct Window {
  int64_t first_us = 0;  ///< of its earliest datum
  int64_t end_us = 0;    ///< later than everything in it
  std::vector<ImuSample> imu;
  std::vector<QueuedItem> items;  ///< both ascending in time
};

}  // namespace lockstep
