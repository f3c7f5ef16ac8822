// SPDX-License-Identifier: MIT
#pragma once

#include <k4a/k4atypes.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace lockstep {

/// What k4arecorder was asked for (docs/k4arecorder.md).
struct RecorderOptions {
  bool list = false;
  bool quiet = false;
  uint32_t device = 0;             ///< index, where no serial is given
  std::string serial;              ///< empty: by index
  std::optional<double> length_s;  ///< nothing: until Ctrl-C; 0: one capture
  bool device_time = false;        ///< the length counts on the camera's clock
  k4a_device_configuration_t config{};
  bool imu = true;
  std::optional<int32_t> exposure_us;  ///< nothing: automatic
  std::optional<int32_t> gain;         ///< nothing: as the camera is set
  std::filesystem::path file;
  std::filesystem::path take;  ///< folder of a take; empty: a file of its own

  [[nodiscard]] bool subordinate() const {
    return config.wired_sync_mode == K4A_WIRED_SYNC_MODE_SUBORDINATE;
  }
  [[nodiscard]] bool wired() const {
    return config.wired_sync_mode != K4A_WIRED_SYNC_MODE_STANDALONE;
  }
  /// Of every camera that is on; 5, 15 or 30.
  [[nodiscard]] int frames_per_second() const;
  [[nodiscard]] double period_us() const { return 1e6 / frames_per_second(); }
};

/// Options as the command line's words, before they are looked at together.
struct RecorderWords {
  RecorderOptions options;
  bool manual = false;     ///< print the manual page, and leave
  std::string completion;  ///< the shell whose completion script to print, and leave; usually empty
  std::string device, length, color, depth, depth_delay, rate, imu, sync, sync_delay, exposure,
      gain, file, take;
};

/// Gives `app` every option; parsing fills `words`, which outlives it.
void add_recorder_options(CLI::App& app, RecorderWords& words);

/// The options that the words make together, or the complaint, "--rate: ...", in `complaint`.
[[nodiscard]] std::optional<RecorderOptions> recorder_options(const RecorderWords& words,
                                                              std::string& complaint);

}  // namespace lockstep
