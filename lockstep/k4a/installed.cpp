// SPDX-License-Identifier: MIT
#include "lockstep/k4a/installed.h"

#include <fmt/core.h>

#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <string>
#include <utility>

#include "lockstep/k4a/log.h"
#include "lockstep/playback/playback.h"
#include "lockstep/rig/chosen_rig.h"
#include "lockstep/virtual/virtual_rig.h"

namespace lockstep::k4a {
namespace {

Result<Installed> installed_from(std::shared_ptr<ControlledSource> source,
                                 std::vector<RecordedCamera> recorded) {
  auto devices = source->list();
  if (!devices) return std::move(devices).error();
  return Installed{std::move(source), *std::move(devices), std::move(recorded)};
}

Result<Installed> open_rig(const std::string& name) {
  auto chosen = choose_rig(name);
  if (!chosen) return std::move(chosen).error();
  VirtualRigOptions options;
  options.shared_file = shared_rig_file(chosen->toml);
  // Whoever waits for a minute must not think that the program hangs, whatever the log leaves out.
  options.on_rendering = [](const std::string& what) {
    fmt::print(stderr, "lockstep: {}: k4a_device_start_cameras() waits for it\n", what);
  };
  auto rig = VirtualRig::create(chosen->rig, make_plan(chosen->rig), options);
  if (!rig) return std::move(rig).error();
  return installed_from(*std::move(rig), {});
}

/// By whatever path a process names it, it is one take.
Result<Installed> open_recordings(const std::filesystem::path& what) {
  std::error_code ignored;
  const auto one_name = std::filesystem::weakly_canonical(what, ignored);
  PlaybackOptions options;
  options.shared_file = shared_rig_file("played " + one_name.string());
  auto played = PlaybackSource::open_path(what, options);
  if (!played) return std::move(played).error();
  std::vector<RecordedCamera> recorded;
  for (RecordingHeader& header : (*played)->recorded()) recorded.emplace_back(std::move(header));
  return installed_from(*std::move(played), std::move(recorded));
}

Result<Installed> open_named(const std::string& name) {
  if (name.empty()) return Installed{};
  return is_take_or_recording(name) ? open_recordings(name) : open_rig(name);
}

/// What was asked for last. Never destroyed: programs end with devices open.
struct Current {
  std::mutex mutex;
  std::string name;
  Installed installed;
};

Current& current() {
  static auto* const one = new Current;
  return *one;
}

std::string name_of_environment() {
  const char* const variable = std::getenv("LOCKSTEP_RIG");
  return variable == nullptr ? "" : variable;
}

}  // namespace

Installed installed_devices() {
  Current& now = current();
  const std::string name = name_of_environment();
  const std::lock_guard lock(now.mutex);
  if (name == now.name) return now.installed;
  auto opened = open_named(name);
  if (!opened) {
    LOCKSTEP_K4A_ERROR("LOCKSTEP_RIG={}: {}", name, opened.error().message);
    return {};
  }
  now.name = name;
  now.installed = *std::move(opened);
  return now.installed;
}

void install(Installed devices) {
  Current& now = current();
  const std::lock_guard lock(now.mutex);
  now.name = name_of_environment();
  now.installed = std::move(devices);
}

}  // namespace lockstep::k4a
