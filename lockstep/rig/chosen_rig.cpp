// SPDX-License-Identifier: MIT
#include "lockstep/rig/chosen_rig.h"

#include <fmt/core.h>

#include <filesystem>

#include "lockstep/base/files.h"
#include "lockstep/rig/rig_file.h"

namespace lockstep {

Result<ChosenRig> choose_rig(const std::string& name) {
  if (name == "demo") {
    auto rig = parse_rig(demo_rig_toml(), "demo");
    if (!rig) return std::move(rig).error();
    return ChosenRig{*std::move(rig), std::string(demo_rig_toml())};
  }
  if (std::filesystem::path(name).filename() == "take.json") {
    return Error{Errc::invalid_argument,
                 fmt::format("{} is a part of a take: name the take's folder.", name)};
  }
  auto rig = read_rig_file(name);
  if (!rig) return std::move(rig).error();
  auto toml = read_text_file(name);
  if (!toml) return std::move(toml).error();
  return ChosenRig{*std::move(rig), *std::move(toml)};
}

}  // namespace lockstep
