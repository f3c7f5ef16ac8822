// SPDX-License-Identifier: MIT
#include "lockstep/apps/lockstep/record_take.h"

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <variant>

#include "lockstep/apps/common/exit_code.h"
#include "lockstep/apps/common/terminal.h"
#include "lockstep/apps/lockstep/rig_session.h"
#include "lockstep/apps/lockstep/take_result.h"
#include "lockstep/apps/lockstep/world_fault.h"
#include "lockstep/base/files.h"
#include "lockstep/host/disk.h"
#include "lockstep/take/take_lock.h"

namespace lockstep {
namespace {

constexpr double kLongestTakeS = 100 * 86'400.0;
constexpr const char* kTruthFile = "truth.json";

/// Where the take goes by default: the rig's take folder, beside the rig file.
std::filesystem::path takes_folder(const Rig& rig) {
  const std::filesystem::path folder = rig.take.folder;
  if (folder.is_absolute() || rig.path.empty()) return folder;
  return std::filesystem::path(rig.path).parent_path() / folder;
}

Result<void> check_target(const TakeRequest& request, const Rig& rig, const Plan& plan) {
  const std::filesystem::path target = request.output.empty() ? takes_folder(rig) : request.output;
  std::error_code ignored;
  if (!request.output.empty() && std::filesystem::exists(request.output, ignored)) {
    return already_there(request.output, fmt::format("choose another name with {0}, or leave {0} "
                                                     "out to get the next number",
                                                     request.output_option));
  }
  if (auto writable = check_writable(target); !writable) {
    Error error = std::move(writable).error();
    error.code = Errc::io;
    return error;
  }
  const auto space = disk_space(target);
  if (!space) return space.error();
  const bool timing_only = rig.world && rig.world->timing_only;
  const double bytes_per_s =
      timing_only ? timing_only_bytes_per_s(plan) : planned_bytes_per_s(plan);
  return DiskRule(bytes_per_s, static_cast<uint64_t>(rig.take.keep_free_gb * 1e9))
      .before_start(space->free_bytes, request.length_s, target, request.output_option);
}

SessionSetup make_setup(const TakeRequest& request, const ReadyRig& ready,
                        const std::filesystem::path& folder) {
  const Rig& rig = ready.chosen.rig;
  SessionSetup setup = session_setup(request, ready);
  setup.folder = folder;
  setup.wall_clock = [] { return std::chrono::system_clock::now(); };
  setup.keep_free_gb = rig.take.keep_free_gb;
  setup.manifest.name = folder.filename().string();
  setup.file.any_image_size = rig.world && rig.world->timing_only;
  if (!setup.file.any_image_size) {
    setup.free_bytes = [folder]() -> std::optional<uint64_t> {
      const auto space = disk_space(folder);
      if (!space) return std::nullopt;
      return space->free_bytes;
    };
  }
  return setup;
}

/// What was injected and cannot have been recorded: silence about it would read as a pass.
void say_faults_outside(const TakeRequest& request, const RigWorld& world, const Plan& plan,
                        const TakeManifest& manifest) {
  if (!manifest.first_common_tick_after_pulse) return;
  const int fps = frames_per_second(plan.frame_rate);
  const double from_s = static_cast<double>(*manifest.first_common_tick_after_pulse) / fps;
  const double ticks_s = static_cast<double>(manifest.common_ticks.value_or(0)) / fps;
  const double to_s = from_s + std::max(request.length_s.value_or(0), ticks_s);
  for (const std::string& fault : faults_outside(world, plan, from_s, to_s))
    say("warning: " + fault);
}

int record_virtual(const TakeRequest& request, const ReadyRig& ready, std::filesystem::path* made) {
  const Rig& rig_file = ready.chosen.rig;
  std::atomic<bool> begun = false;
  const Interrupt interrupt([&begun](InterruptMeaning meaning) {  // before any other thread
    if (begun || meaning != InterruptMeaning::stop) say_interrupt(meaning);
  });
  auto rig = make_rig(request, ready, interrupt);
  if (!rig && rig.error().code == Errc::cancelled) {
    return report_failure({Errc::cancelled, "stopped before anything was recorded"});
  }
  if (!rig) return report_failure(rig.error());
  begun = true;
  auto folder = make_take_folder(takes_folder(rig_file), ready.plan.rig_name, request.output);
  if (!folder) return report_failure(folder.error());
  if (made != nullptr) *made = *folder;
  auto lock = TakeLock::take(*folder, TakeWork::recording);
  if (!lock) return report_failure(lock.error());

  TakeResult result;
  result.folder = *folder;
  result.outcome = run_rig(request, make_setup(request, ready, *folder), **rig, interrupt.token(),
                           request.simulate ? "simulating" : "recording");
  std::error_code ignored;
  result.folder_gone =
      !result.outcome.disk_hangs && !std::filesystem::is_directory(*folder, ignored);
  if (result.outcome.disk_hangs) {
    lock->leave();
  } else if (!result.folder_gone) {
    const auto truth =
        write_file_whole(*folder / kTruthFile, (*rig)->truth_json(), ExistingFile::replace);
    if (!truth) result.report_failure = truth.error().message;
  }
  judge_take(result, *lock);
  say_faults_outside(request, *rig_file.world, ready.plan, result.outcome.manifest);
  if (result.outcome.device_hangs) stay_until_the_end(*rig);
  if (request.json) {
    print_take_as_json(result);
  } else if (request.summary) {
    print_take(result);
  }
  return exit_code(result);
}

}  // namespace

std::string wrong_length(const std::string& text) {
  double length_s = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, length_s);
  if (error == std::errc{} && at == end && length_s > 0 && length_s <= kLongestTakeS) return {};
  return "a length is a number of seconds above 0, up to 8640000 (a hundred days), not '" + text +
         "'";
}

int record_take(const TakeRequest& request, std::filesystem::path* made) {
  const auto ready = ready_rig(request, "recorded");
  if (const int* refused = std::get_if<int>(&ready)) return *refused;
  const auto& rig = std::get<ReadyRig>(ready);
  if (auto target = check_target(request, rig.chosen.rig, rig.plan); !target)
    return report_failure(target.error());
  if (!request.prompt.empty()) say(request.prompt);
  return record_virtual(request, rig, made);
}

}  // namespace lockstep
