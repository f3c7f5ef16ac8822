// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/rig/plan.h"
#include "lockstep/sync/report.h"
#include "lockstep/take/clock_maps.h"
#include "lockstep/take/take_lock.h"

namespace lockstep {

struct VerifyOptions {
  Gates gates;
  std::optional<Plan> plan;       ///< given by hand; a take brings its own
  std::optional<Family> family;   ///< of loose recordings that neither plan nor tag names
  std::filesystem::path against;  ///< take folder or verify.json; empty: look for the last good one
  bool look_for_last_good = true;  ///< the newest passing take beside this one
  int threads = 2;                 ///< files are scanned side by side
};

/// A judged set, and the same as JSON (verify.json of a take).
struct VerifiedTake {
  SyncReport report;
  std::string json;
  std::vector<FileClock> clocks;  ///< of a take: of its recordings
};

/// Judges a take folder and writes nothing. Errors: unusable_input and not_found for the folder,
/// its manifest or a recording in it.
Result<VerifiedTake> verify_take(const std::filesystem::path& take_folder,
                                 const VerifyOptions& options);

/// Writes the verdict and the clock map of every recording into take.json, whose lock the caller
/// holds. A verdict by other gates or clocks than the usual is not noted. Errors: those of the
/// manifest.
Result<void> note_verdict(const std::filesystem::path& take_folder, const VerifiedTake& verified,
                          const TakeLock& held);

/// Judges loose recordings.
Result<VerifiedTake> verify_files(const std::vector<std::filesystem::path>& files,
                                  const VerifyOptions& options);

inline constexpr const char* kVerifyJsonFile = "verify.json";
inline constexpr const char* kVerifyPageFile = "verify.html";

}  // namespace lockstep
