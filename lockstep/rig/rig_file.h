// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/rig/rig.h"

namespace lockstep {

/// Reads a rig file. Everything wrong with it is in the one Error (unusable_input), a line for
/// each: "rig.toml:12: unknown key 'deph_mode' in camera 'left': did you mean 'depth_mode'?".
Result<Rig> read_rig_file(const std::filesystem::path& path);

/// The same for text; `name` stands for the file in messages.
Result<Rig> parse_rig(std::string_view toml, std::string_view name);

/// The rig that ./demo and LOCKSTEP_RIG=demo use: a chain of three virtual Azure Kinects.
[[nodiscard]] std::string_view demo_rig_toml();

}  // namespace lockstep
