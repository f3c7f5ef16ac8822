// SPDX-License-Identifier: MIT
#pragma once

#include <cstdlib>
#include <string>
#include <string_view>

#include "tests/support/files.h"

// Rig files of virtual cameras for programs of the C API.

namespace lockstep::testing {

/// The rig of the first example, three cameras on cables 0 -> 1 -> 2, with `world` in place of its
/// scene; as it stands here they have no pictures.
inline std::string chain_of_three_toml(std::string_view world = "timing_only = true") {
  std::string rig = read_file(source_file("examples/rigs/01-chain-of-three-virtual.toml"));
  constexpr std::string_view kScene = "scene = \"room\"";
  return rig.replace(rig.find(kScene), kScene.size(), world);
}

/// A rig whose cameras are the devices of this process as long as this lives. Its folder also holds
/// what processes of the rig share.
class InstalledRig {
 public:
  explicit InstalledRig(std::string_view toml = chain_of_three_toml()) {
    write_file(folder_ / "rig.toml", toml);
    setenv("LOCKSTEP_RIG", (folder_ / "rig.toml").c_str(), 1);
    setenv("XDG_RUNTIME_DIR", folder_.path().c_str(), 1);
    setenv("K4A_ENABLE_LOG_TO_STDOUT", "0", 1);
  }
  ~InstalledRig() {
    unsetenv("LOCKSTEP_RIG");
    unsetenv("XDG_RUNTIME_DIR");
  }
  InstalledRig(const InstalledRig&) = delete;
  InstalledRig& operator=(const InstalledRig&) = delete;

  [[nodiscard]] const TempFolder& folder() const { return folder_; }

 private:
  TempFolder folder_;
};

}  // namespace lockstep::testing
