// SPDX-License-Identifier: MIT
#include "lockstep/take/shared_take.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "lockstep/base/files.h"
#include "lockstep/sensor/family.h"
#include "lockstep/sensor/timing.h"
#include "lockstep/take/count_take.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

// How well a host knows when a camera's clock began, by the arrival of its first capture: the time
// from sensor to host, and what a busy host adds.
constexpr Nanos kOneZero{200'000'000};

/// While it is there, nobody else changes take.json.
class Turn {
 public:
  explicit Turn(const TakeLock& lock) : lock_(lock) { lock_.begin_turn(); }
  ~Turn() { lock_.end_turn(); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  const TakeLock& lock_;
};

PlannedCamera as_asked(const JoiningCamera& camera) {
  PlannedCamera planned;
  planned.name = camera.name;
  planned.serial = camera.serial;
  planned.family = camera.family;
  planned.config = camera.config;
  planned.clock_disciplined = family_traits(camera.family).clock_disciplined;
  const RealisedDelays delays = realised_delays(camera.family, camera.config);
  planned.color_delay_us = delays.color_us;
  planned.depth_delay_us = delays.depth_us - delays.color_us;
  planned.laser = laser_train(camera.family, camera.config.depth_mode);
  return planned;
}

Error not_to_be_joined(const fs::path& folder, const std::string& why) {
  return {Errc::already_exists,
          fmt::format("{} {}: name a folder that is not there yet", folder.string(), why)};
}

/// A folder that is none of ours, or that nobody may record into any more.
Result<void> check_folder(const fs::path& folder) {
  std::error_code failed;
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed)) {
    if (at->path().filename() != kTakeLockFile)
      return not_to_be_joined(folder, "holds other things than a take");
  }
  if (failed) return error_from_errno(failed.value(), "cannot read the folder", folder);
  return {};
}

bool holds_recordings(const fs::path& folder, const TakeManifest& manifest) {
  return std::any_of(
      manifest.cameras.begin(), manifest.cameras.end(), [&](const TakeCamera& camera) {
        return std::any_of(camera.parts.begin(), camera.parts.end(), [&](const TakePart& part) {
          std::error_code ignored;
          return fs::exists(folder / part.file, ignored);
        });
      });
}

Result<void> check_take(const fs::path& folder, const TakeManifest& manifest, bool others) {
  if (!manifest.separate_recorders)
    return not_to_be_joined(folder, "is a take of `lockstep record`");
  if (!holds_recordings(folder, manifest)) return {};
  if (manifest.state != TakeState::recording)
    return not_to_be_joined(folder, "is a take that has ended");
  if (others) return {};
  return not_to_be_joined(folder, fmt::format("is a take whose recorders died (`lockstep recover "
                                              "{}` finishes it)",
                                              folder.string()));
}

/// What a camera may not be beside those who are in the take already.
Result<void> check_camera(const TakeManifest& manifest, const JoiningCamera& camera,
                          bool is_virtual) {
  const auto refuse = [](std::string why) { return Error{Errc::invalid_argument, std::move(why)}; };
  if (manifest.cameras.empty()) return {};
  if (manifest.is_virtual != is_virtual)
    return refuse("virtual and real cameras do not go into one take: name another folder");
  const auto is_it = [&](const auto& other) {
    return other.name == camera.name || other.serial == camera.serial;
  };
  const auto& cameras = manifest.cameras;
  const auto known = std::find_if(cameras.begin(), cameras.end(), is_it);
  if (known != cameras.end() && !known->parts.empty())
    return Error{Errc::already_exists,
                 fmt::format("{} (serial {}) is recorded in this take already: name another folder",
                             known->name, known->serial)};
  for (const PlannedCamera& other : manifest.plan.cameras) {
    if (is_it(other)) continue;
    if (other.config.frame_rate != camera.config.frame_rate)
      return refuse(
          fmt::format("{} records {} frames per second in this take, and this camera "
                      "would {}: cameras of one sync line have one rate",
                      other.name, frames_per_second(other.config.frame_rate),
                      frames_per_second(camera.config.frame_rate)));
    const bool masters = other.config.wired_sync == WiredSync::master &&
                         camera.config.wired_sync == WiredSync::master;
    if (masters)
      return refuse(
          fmt::format("{} is the master of this take already, and a line has one: start "
                      "this camera as a subordinate",
                      other.name));
  }
  return {};
}

template <typename Cameras>
void forget(Cameras& cameras, const std::string& name) {
  std::erase_if(cameras, [&](const auto& camera) { return camera.name == name; });
}

void forget(TakeManifest& manifest, const std::string& name) {
  forget(manifest.cameras, name);
  forget(manifest.plan.cameras, name);
}

// Subordinates in the order in which they came, the master last.
void order(Plan& plan) {
  int next = 0;
  plan.source.clear();
  for (const bool masters : {false, true}) {
    for (PlannedCamera& camera : plan.cameras) {
      if ((camera.config.wired_sync == WiredSync::master) != masters) continue;
      camera.start_order = next++;
      if (masters) plan.source = camera.name;
    }
  }
}

void add(TakeManifest& manifest, const JoiningCamera& camera) {
  forget(manifest, camera.name);
  manifest.cameras.push_back({.name = camera.name, .serial = camera.serial});
  manifest.plan.cameras.push_back(as_asked(camera));
  manifest.plan.frame_rate = camera.config.frame_rate;
  order(manifest.plan);
}

/// The take as this camera joins it; `others` record into it.
Result<TakeManifest> joined(const fs::path& folder, TakeManifest take, const JoiningCamera& camera,
                            bool others) {
  const bool is_virtual = take.is_virtual;
  take.name = folder.filename().string();
  take.state = TakeState::recording;
  take.separate_recorders = true;
  take.plan.is_virtual = is_virtual;
  if (is_take_folder(folder)) {
    auto there = read_manifest(folder);
    if (!there) return there;
    if (auto good = check_take(folder, *there, others); !good) return std::move(good).error();
    // Whoever died while he waited left no recording: the take begins anew.
    if (others || holds_recordings(folder, *there)) take = *std::move(there);
  } else if (auto good = check_folder(folder); !good) {
    return std::move(good).error();
  }
  if (auto good = check_camera(take, camera, is_virtual); !good) return std::move(good).error();
  add(take, camera);
  return take;
}

/// What is wrong with a camera whose clock did not begin with that of the others; empty: nothing.
std::string another_zero(const TakeManifest& manifest, const std::string& name,
                         std::optional<HostTime> zero_on_host) {
  for (const TakeCamera& other : manifest.cameras) {
    if (other.name == name || !other.zero_on_host || !zero_on_host) continue;
    const Nanos after = *zero_on_host - *other.zero_on_host;
    if (after > -kOneZero && after < kOneZero) continue;
    return fmt::format(
        "the clock of {} began {:.2f} s {} that of {}, so they were not started by one pulse: "
        "start "
        "all subordinates first, then the master",
        name, std::abs(static_cast<double>(after.count())) * 1e-9,
        after.count() > 0 ? "after" : "before", other.name);
  }
  return "";
}

/// What is wrong with a camera that is on no sync line where others are, or the other way round;
/// empty: nothing.
std::string off_the_line(const Plan& plan, const std::string& name) {
  const auto is_alone = [](const PlannedCamera& camera) {
    return camera.config.wired_sync == WiredSync::standalone;
  };
  const PlannedCamera* own = plan.find(name);
  if (own == nullptr) return "";
  for (const PlannedCamera& other : plan.cameras) {
    if (is_alone(other) == is_alone(*own)) continue;
    return fmt::format(
        "{} runs by itself in a take with cameras on a sync line, so it is not in step with them: "
        "start it as a subordinate, too (--external-sync subordinate)",
        is_alone(other) ? other.name : name);
  }
  return "";
}

/// What the last one who leaves says of the take.
Result<void> end_take(const fs::path& folder, TakeManifest& manifest) {
  if (manifest.cameras.empty()) {
    manifest.state = TakeState::incomplete;
    manifest.remarks.emplace_back("ended before anything was recorded");
    return {};
  }
  auto counted = count_take(folder, manifest);
  const bool whole =
      std::all_of(manifest.cameras.begin(), manifest.cameras.end(), [](const TakeCamera& camera) {
        return camera.end.how == EndOfCamera::length_reached || camera.end.how == EndOfCamera::cut;
      });
  manifest.state = whole && counted ? TakeState::complete : TakeState::incomplete;
  return counted;
}

}  // namespace

SharedTake::SharedTake(fs::path folder, std::string camera, TakeLock lock)
    : folder_(std::move(folder)), camera_(std::move(camera)), lock_(std::move(lock)) {}

fs::path SharedTake::file() const {
  return folder_ / part_file_name(camera_, 1);
}

Result<SharedTake> SharedTake::join(const fs::path& wanted, TakeManifest take,
                                    const JoiningCamera& camera) {
  const fs::path folder = without_trailing_slash(wanted);
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed) return error_from_errno(failed.value(), "cannot make the take folder", folder);
  auto lock = TakeLock::join(folder);
  if (!lock) return std::move(lock).error();
  if (!lock->held())
    return Error{Errc::unsupported,
                 fmt::format("{}: recorders cannot tell there who else records (its disk has no "
                             "locks, or does not let us write): name a folder on another disk",
                             folder.string())};
  SharedTake joining(folder, camera.name, *std::move(lock));
  if (auto entered = joining.enter(std::move(take), camera); !entered)
    return std::move(entered).error();
  return joining;
}

Result<void> SharedTake::enter(TakeManifest take, const JoiningCamera& camera) {
  const Turn turn(lock_);
  auto manifest = joined(folder_, std::move(take), camera, lock_.shared_with_others());
  if (!manifest) return std::move(manifest).error();
  return write_manifest(folder_, *manifest);
}

Result<std::string> SharedTake::begin(std::optional<HostTime> zero_on_host) {
  const Turn turn(lock_);
  auto manifest = read_manifest(folder_);
  if (!manifest) return std::move(manifest).error();
  std::string strange = another_zero(*manifest, camera_, zero_on_host);
  if (strange.empty()) strange = off_the_line(manifest->plan, camera_);
  for (TakeCamera& camera : manifest->cameras) {
    if (camera.name != camera_) continue;
    camera.parts = {{.file = file().filename().string()}};
    camera.zero_on_host = zero_on_host;
  }
  if (!strange.empty()) {
    manifest->unproved = true;
    auto& remarks = manifest->remarks;  // each recorder says what it sees, the take once
    if (std::find(remarks.begin(), remarks.end(), strange) == remarks.end())
      remarks.push_back(strange);
  }
  begun_ = true;
  if (auto written = write_manifest(folder_, *manifest); !written)
    return std::move(written).error();
  return strange;
}

Result<SharedTake::Left> SharedTake::leave(CameraEnd end) {
  const Turn turn(lock_);
  auto left = say_end(std::move(end));
  lock_.let_go();  // before the next one asks who is still there
  return left;
}

Result<SharedTake::Left> SharedTake::say_end(CameraEnd end) {
  auto manifest = read_manifest(folder_);
  if (!manifest) return std::move(manifest).error();
  if (!begun_) forget(*manifest, camera_);
  order(manifest->plan);
  for (TakeCamera& camera : manifest->cameras) {
    if (camera.name == camera_) camera.end = end;
  }
  Left left{.last = !lock_.shared_with_others(), .manifest = *std::move(manifest)};
  Result<void> counted;
  if (left.last) counted = end_take(folder_, left.manifest);
  if (auto written = write_manifest(folder_, left.manifest); !written)
    return std::move(written).error();
  if (!counted) return std::move(counted).error();
  return left;
}

}  // namespace lockstep
