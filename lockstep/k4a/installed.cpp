// SPDX-License-Identifier: MIT
#include "lockstep/k4a/installed.h"

#include <fmt/core.h>

#include <cstdlib>
#include <mutex>
#include <string>

#include "lockstep/k4a/log.h"
#include "lockstep/rig/chosen_rig.h"

namespace lockstep::k4a {
namespace {

Result<Installed> open_rig(const std::string& name) {
  auto chosen = choose_rig(name);
  if (!chosen) return std::move(chosen).error();
  VirtualRigOptions options;
  options.shared_file = shared_rig_file(chosen->toml);
  auto rig = VirtualRig::create(chosen->rig, make_plan(chosen->rig), options);
  if (!rig) return std::move(rig).error();
  auto devices = (*rig)->list();
  if (!devices) return std::move(devices).error();
  return Installed{*std::move(rig), *std::move(devices)};
}

/// The rig that was asked for last. Never destroyed: programs end with devices open.
struct Current {
  std::mutex mutex;
  std::string name;
  Installed installed;
};

}  // namespace

Installed installed_devices() {
  static auto* const current = new Current;
  const char* const variable = std::getenv("LOCKSTEP_RIG");
  const std::string name = variable == nullptr ? "" : variable;
  const std::lock_guard lock(current->mutex);
  if (name == current->name) return current->installed;
  auto opened = name.empty() ? Result<Installed>(Installed{}) : open_rig(name);
  if (!opened) {
    LOCKSTEP_K4A_ERROR("LOCKSTEP_RIG={}: {}", name, opened.error().message);
    return {};
  }
  current->name = name;
  current->installed = *std::move(opened);
  return current->installed;
}

}  // namespace lockstep::k4a
