// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace lockstep {

/// What `calibrate --intrinsics` was asked for.
struct LensRequest {
  std::string folder;  ///< of photographs by one camera
  std::string board;   ///< file
  std::string output;  ///< new JSON file
  bool json = false;
};

/// Solves one lens from photographs; returns the exit code.
int calibrate_lens(const LensRequest& request);

/// What `calibrate --register` was asked for.
struct RegisterRequest {
  std::vector<std::string> photographs;  ///< two, of one board
  std::vector<std::string> lenses;       ///< of them, as calibrate_lens() writes them
  std::string board;
  std::string output;  ///< new JSON file; empty: none
  bool json = false;
};

/// Says how the cameras of two photographs stand to each other; returns the exit code.
int register_photographs(const RegisterRequest& request);

}  // namespace lockstep
