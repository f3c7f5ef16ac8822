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
  std::vector<std::string> problems;  ///< what could not be mended; the rest was
};

/// Finishes a take that a crash, a full disk or a power cut left behind: torn recordings are made
/// whole in new files beside them (NAME.recovered.mkv; originals stay), and the manifest lists
/// those, counts ticks anew and says "incomplete". Doing it again changes nothing. Errors: as
/// read_manifest().
Result<Recovered> recover_take(const std::filesystem::path& take_folder);

/// The same for one recording outside of a take.
Result<Recovered> recover_file(const std::filesystem::path& recording);

}  // namespace lockstep
