// SPDX-License-Identifier: MIT
#include "lockstep/k4a/installed.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "lockstep/device/rig_memory.h"
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
  options.whole_images = true;  // programs read the pixels of their modes
  // Whoever waits for a minute must not think that the program hangs, whatever the log leaves out.
  options.on_rendering = [](const std::string& what) {
    // An error of the stream, such as of a closed terminal, must not fail the start.
    std::fputs(fmt::format("lockstep: {}: k4a_device_start_cameras() waits for it\n", what).c_str(),
               stderr);
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

std::string name_of_environment() {
  const char* const variable = std::getenv("LOCKSTEP_RIG");
  return variable == nullptr ? "" : variable;
}

/// What was asked for last, by this process.
class Current {
 public:
  /// Never destroyed: programs end with devices open.
  static Current& instance() {
    static auto* const one = new Current;
    return *one;
  }

  Result<InstalledPtr> get(const std::string& name) {
    const std::lock_guard lock(mutex_);
    if (name == name_ && owner_ == ::getpid()) return installed_;
    auto opened = open_named(name);
    if (!opened) return std::move(opened).error();
    set(name, *std::move(opened));
    return installed_;
  }

  void install(const std::string& name, Installed devices) {
    const std::lock_guard lock(mutex_);
    set(name, std::move(devices));
  }

 private:
  void set(const std::string& name, Installed devices) {
    // A forked child has the locks of its parent's memory: it never lets go of that one.
    if (owner_ != ::getpid()) new InstalledPtr(installed_);
    installed_ = std::make_shared<const Installed>(std::move(devices));
    name_ = name;
    owner_ = ::getpid();
  }

  std::mutex mutex_;
  std::string name_;
  pid_t owner_ = ::getpid();
  InstalledPtr installed_ = std::make_shared<const Installed>();
};

}  // namespace

InstalledPtr installed_devices() {
  const std::string name = name_of_environment();
  auto installed = Current::instance().get(name);
  if (installed) return *std::move(installed);
  // Not under a lock: a callback of the log may ask for devices, too.
  LOCKSTEP_K4A_ERROR("LOCKSTEP_RIG={}: {}", name, installed.error().message);
  return std::make_shared<const Installed>();
}

void install(Installed devices) {
  Current::instance().install(name_of_environment(), std::move(devices));
}

}  // namespace lockstep::k4a
