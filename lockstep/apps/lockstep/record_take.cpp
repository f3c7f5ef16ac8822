// SPDX-License-Identifier: MIT
#include "lockstep/apps/lockstep/record_take.h"

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <memory>
#include <vector>

#include "lockstep/apps/common/exit_code.h"
#include "lockstep/apps/common/interrupt.h"
#include "lockstep/apps/common/progress.h"
#include "lockstep/apps/common/terminal.h"
#include "lockstep/apps/common/utc_now.h"
#include "lockstep/apps/lockstep/take_result.h"
#include "lockstep/apps/lockstep/world_fault.h"
#include "lockstep/base/files.h"
#include "lockstep/host/disk.h"
#include "lockstep/host/machine.h"
#include "lockstep/rig/chosen_rig.h"
#include "lockstep/rig/plan_text.h"
#include "lockstep/session/run_session.h"
#include "lockstep/session/session_line.h"
#include "lockstep/take/take_lock.h"
#include "lockstep/virtual/virtual_rig.h"

namespace lockstep {
namespace {

constexpr const char* kTruthFile = "truth.json";

/// The world as the command line changes it. Errors: invalid_argument.
Result<void> change_world(const TakeRequest& request, Rig& rig) {
  if (request.simulate && !rig.world) {
    return Error{
        Errc::invalid_argument,
        fmt::format(
            "{}: simulate needs a rig of virtual cameras: add a world = {{ ... }} and serials "
            "virtual-0001 and so on, or record the real rig with `lockstep record`",
            request.rig)};
  }
  if (request.seed) rig.world->seed = *request.seed;
  for (const std::string& text : request.faults) {
    auto fault = parse_world_fault(text, rig);
    if (!fault) return std::move(fault).error();
    rig.world->faults.push_back(*std::move(fault));
  }
  return {};
}

void print_findings(const Plan& plan, bool quiet) {
  const std::string text =
      printable_lines(findings_to_text(plan, quiet ? Severity::error : Severity::warning));
  std::fwrite(text.data(), 1, text.size(), stderr);
}

/// On a terminal the broken rules stand above it; a program gets them in the sentence.
Error falls_short(const TakeRequest& request, const Plan& plan) {
  std::string broken;
  for (const PlanFinding& finding : plan.findings) {
    if (!request.json || finding.severity != Severity::error) continue;
    broken += fmt::format("{}{}: {}: {}", broken.empty() ? "" : "; ", finding.where,
                          finding.message, finding.mend);
  }
  if (broken.empty()) broken = "mend what is said above";
  return {Errc::invalid_argument,
          fmt::format("the plan of {0} falls short, so nothing was recorded: {1} (`lockstep plan "
                      "{0}{2}` shows it all), or record with --anyway, which marks the take "
                      "UNPROVED",
                      request.rig, broken, request.json ? " --json" : "")};
}

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
    return already_there(request.output, "choose another name with -o");
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
      .before_start(space->free_bytes, request.length_s, target);
}

SessionSetup make_setup(const TakeRequest& request, const ChosenRig& chosen, const Plan& plan,
                        const std::filesystem::path& folder) {
  SessionSetup setup;
  setup.folder = folder;
  setup.wall_clock = [] { return std::chrono::system_clock::now(); };
  setup.keep_free_gb = chosen.rig.take.keep_free_gb;
  setup.coordinator.if_camera_lost = chosen.rig.take.if_camera_lost;
  setup.coordinator.record_unlocked = request.anyway;
  if (request.length_s) {
    const double ticks = *request.length_s * frames_per_second(plan.frame_rate);
    setup.coordinator.ticks = std::max<int64_t>(1, std::llround(ticks));
  }
  TakeManifest& manifest = setup.manifest;
  manifest.name = folder.filename().string();
  manifest.is_virtual = chosen.rig.is_virtual();
  manifest.unproved = plan.has_errors();
  manifest.created_utc = utc_now();
  manifest.lockstep_version = LOCKSTEP_VERSION;
  manifest.host = host_name();
  manifest.plan = plan;
  manifest.rig_toml = chosen.toml;
  setup.file.any_image_size = chosen.rig.world && chosen.rig.world->timing_only;
  if (!setup.file.any_image_size) {
    setup.free_bytes = [folder]() -> std::optional<uint64_t> {
      const auto space = disk_space(folder);
      if (!space) return std::nullopt;
      return space->free_bytes;
    };
  }
  return setup;
}

/// Errors: cancelled by Ctrl-C while the world is rendered, else as VirtualRig.
Result<std::shared_ptr<VirtualRig>> make_rig(const TakeRequest& request, const Rig& rig,
                                             const Plan& plan, const Interrupt& interrupt) {
  VirtualRigOptions options;
  options.pace = request.simulate ? VirtualRigOptions::Pace::as_fast_as_possible
                                  : VirtualRigOptions::Pace::real_time;
  auto virtual_rig = VirtualRig::create(rig, plan, options);
  if (!virtual_rig) return virtual_rig;
  Progress progress("rendering the virtual world", 1000);
  const auto prepared = (*virtual_rig)->prepare([&](double share) {
    progress.update(static_cast<uint64_t>(share * 1000));
    return !interrupt.requested();
  });
  if (!prepared) return prepared.error();
  return virtual_rig;
}

/// Runs the session and fills result.outcome; prints as it goes.
void run(const TakeRequest& request, SessionSetup setup, VirtualRig& rig,
         const Interrupt& interrupt, TakeResult& result) {
  const int64_t total = setup.coordinator.ticks.value_or(0);
  Progress progress(request.simulate ? "simulating" : "recording", static_cast<uint64_t>(total));
  size_t alarms_said = 0;
  std::string prompt;
  RunOptions options;
  options.driving = request.simulate ? Driving::stepped : Driving::threads;
  options.interrupted = interrupt.token();
  options.observe = [&](const Session& session, HostTime now) {
    for (; alarms_said < session.alarms().size(); ++alarms_said) {
      progress.clear();
      say("warning: " + session.alarms()[alarms_said]);
    }
    // A line that stays, wherever the output goes: somebody has to act. A simulated rig acts
    // itself.
    if (!request.simulate && prompt != session.coordinator().prompt()) {
      prompt = session.coordinator().prompt();
      progress.clear();
      if (!prompt.empty()) say(prompt);
    }
    if (!request.quiet) {
      progress.update(session_line(session, now), static_cast<uint64_t>(session.ticks_recorded()));
    }
  };
  result.outcome = run_session(std::move(setup), rig, rig.clock(), options);
  progress.clear();
  for (; alarms_said < result.outcome.alarms.size(); ++alarms_said) {
    say("warning: " + result.outcome.alarms[alarms_said]);
  }
}

/// A thread that hangs in a device may come back to it and to the clock at any time.
void stay_until_the_end(std::shared_ptr<VirtualRig> rig) {
  static auto* const kept = new std::vector<std::shared_ptr<VirtualRig>>;
  kept->push_back(std::move(rig));
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

int record_virtual(const TakeRequest& request, const ChosenRig& chosen, const Plan& plan,
                   std::filesystem::path* made) {
  std::atomic<bool> begun = false;
  const Interrupt interrupt([&begun](InterruptMeaning meaning) {  // before any other thread
    if (begun || meaning != InterruptMeaning::stop) say_interrupt(meaning);
  });
  auto rig = make_rig(request, chosen.rig, plan, interrupt);
  if (!rig && rig.error().code == Errc::cancelled) {
    return report_failure({Errc::cancelled, "stopped before anything was recorded"});
  }
  if (!rig) return report_failure(rig.error());
  begun = true;
  auto folder = make_take_folder(takes_folder(chosen.rig), plan.rig_name, request.output);
  if (!folder) return report_failure(folder.error());
  if (made != nullptr) *made = *folder;
  auto lock = TakeLock::take(*folder, TakeWork::recording);
  if (!lock) return report_failure(lock.error());

  TakeResult result;
  result.folder = *folder;
  run(request, make_setup(request, chosen, plan, *folder), **rig, interrupt, result);
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
  say_faults_outside(request, *chosen.rig.world, plan, result.outcome.manifest);
  if (result.outcome.device_hangs) stay_until_the_end(*rig);
  if (request.json) {
    print_take_as_json(result);
  } else if (request.summary) {
    print_take(result);
  }
  return exit_code(result);
}

}  // namespace

int record_take(const TakeRequest& request, std::filesystem::path* made) {
  auto chosen = choose_rig(request.rig);
  if (!chosen) return report_failure(chosen.error());
  if (auto changed = change_world(request, chosen->rig); !changed)
    return report_failure(changed.error());
  const Plan plan = make_plan(chosen->rig);
  print_findings(plan, request.quiet);
  if (plan.has_errors() && !request.anyway) {
    return report_failure(falls_short(request, plan), kExitFallsShort);
  }
  if (!chosen->rig.is_virtual()) {
    return report_failure(
        {Errc::unsupported,
         fmt::format(
             "{0} is a rig of real cameras, and this build has no door to real cameras yet: "
             "plan it with `lockstep plan {0}`, record it with the vendor's k4arecorder, and "
             "prove the recordings with `lockstep verify`",
             request.rig)},
        kExitDeviceFailed);
  }
  if (auto target = check_target(request, chosen->rig, plan); !target)
    return report_failure(target.error());
  return record_virtual(request, *chosen, plan, made);
}

}  // namespace lockstep
