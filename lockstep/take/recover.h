// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "lockstep/base/result.h"

namespace lockstep {

/// What recovering did, a sentence each; empty `done`: everything was whole already.
struct Recovered {
  std::vector<std::string> done;
  std::vector<std::string> checked;   ///< of a take that was whole: its manifest against its files
  std::vector<std::string> problems;  ///< what could not be mended; the rest was
  bool disk_failed = false;           ///< some of these are the disk's
};

/// Finishes a take that a crash, a full disk or a power cut left behind: torn recordings are made
/// whole in new files beside them (NAME.recovered.mkv; originals stay), and the manifest lists
/// those, counts ticks anew and says "incomplete". Doing it again changes nothing: the manifest is
/// then compared with the files. Errors: as read_manifest(); busy while somebody writes to it.
Result<Recovered> recover_take(const std::filesystem::path& take_folder);

/// The same for one recording by itself. Errors: those of the reader; already_exists when an
/// earlier call made it whole; busy when it belongs to a take that somebody writes to.
Result<Recovered> recover_file(const std::filesystem::path& recording);

}  // namespace lockstep
