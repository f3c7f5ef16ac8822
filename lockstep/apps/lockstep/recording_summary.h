// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/geometry/calibration.h"
#include "lockstep/recording/reader.h"

namespace lockstep {

/// One stream of a recording, counted.
struct StreamSummary {
  std::string name;  ///< "colour", "depth", "infrared"
  uint64_t frames = 0;
  uint64_t bytes = 0;
  DeviceTime first, last;
  int64_t lost_ticks = 0;
  int64_t repeated_ticks = 0;
  int64_t clock_restarts = 0;
  double period_us = 0;  ///< fitted; 0 with fewer than three frames
};

/// All that one recording holds, and what is wrong with it.
struct RecordingSummary {
  RecordingInfo info;
  std::vector<StreamSummary> streams;
  uint64_t imu_samples = 0;
  std::optional<DeviceTime> first_imu, last_imu;
  uint64_t notes = 0;    ///< entries of the side track
  uint64_t dropped = 0;  ///< captures that the recorder says it dropped
  std::optional<FactoryCalibration> calibration;
  std::vector<std::string> wrong;  ///< a sentence each
};

/// Reads the whole file's stamps. Errors as RecordingReader::open and scan.
Result<RecordingSummary> summarise_recording(const std::filesystem::path& path);

[[nodiscard]] std::string recording_summary_to_text(const RecordingSummary& summary);
/// docs/schemas/info.schema.json
[[nodiscard]] std::string recording_summary_to_json(const RecordingSummary& summary);

}  // namespace lockstep
