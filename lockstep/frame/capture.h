// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lockstep/frame/image.h"
#include "lockstep/time/clock.h"
#include "lockstep/time/tick.h"

namespace lockstep {

/// State of the two sync jacks. Families without a detector have no value for either.
struct SyncJacks {
  std::optional<bool> in_plugged;
  std::optional<bool> out_plugged;
  friend bool operator==(const SyncJacks&, const SyncJacks&) = default;
};

/// What one camera saw at one tick: up to three images of one pairing window. Immutable once made;
/// shared as shared_ptr<const Capture> between the recorder and the monitor.
struct Capture {
  std::optional<Image> color;
  std::optional<Image> depth;  ///< depth and ir have equal stamps
  std::optional<Image> ir;
  std::optional<double> temperature_c;  ///< of the depth sensor
  SyncJacks jacks;                      ///< as last read before this capture
  uint64_t dropped_before = 0;  ///< captures the device or its queue lost since the one before

  /// Stamp that counts the tick: colour if there, else IR, else depth.
  [[nodiscard]] DeviceTime stamp() const;
  /// Bytes of all images.
  [[nodiscard]] uint64_t byte_count() const;
};

using CapturePtr = std::shared_ptr<const Capture>;

/// One reading of the inertial unit. Sensor frame; both stamps are of the device clock.
struct ImuSample {
  DeviceTime acceleration_stamp;
  float acceleration_mps2[3] = {};
  DeviceTime angular_rate_stamp;
  float angular_rate_radps[3] = {};
};

/// Why a device has nothing at a tick.
enum class HoleCause {
  not_delivered,
  dropped_by_recorder,
  refused_by_recorder,  ///< it came, and could not be recorded as it was
  device_lost,
  before_start,
  after_end,
  damaged
};

/// What one device has at one tick.
struct CaptureSlot {
  CapturePtr capture;  ///< null: a hole
  HoleCause cause = HoleCause::not_delivered;
  bool in_step = false;  ///< within the single-tick gate
};

/// One tick over all devices of a rig, in the order of the rig file.
struct CaptureSet {
  Tick tick;
  std::vector<CaptureSlot> slots;
};

}  // namespace lockstep
