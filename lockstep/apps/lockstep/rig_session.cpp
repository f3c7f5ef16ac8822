// SPDX-License-Identifier: MIT
#include "lockstep/apps/lockstep/rig_session.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

#include "lockstep/apps/common/exit_code.h"
#include "lockstep/apps/common/progress.h"
#include "lockstep/apps/common/terminal.h"
#include "lockstep/apps/common/utc_now.h"
#include "lockstep/apps/lockstep/world_fault.h"
#include "lockstep/host/machine.h"
#include "lockstep/rig/plan_text.h"
#include "lockstep/session/session_line.h"

namespace lockstep {
namespace {

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
Error falls_short(const TakeRequest& request, const Plan& plan, std::string_view done) {
  std::string broken;
  for (const PlanFinding& finding : plan.findings) {
    if (!request.json || finding.severity != Severity::error) continue;
    broken += fmt::format("{}{}: {}: {}", broken.empty() ? "" : "; ", finding.where,
                          finding.message, finding.mend);
  }
  if (broken.empty()) broken = "mend what is said above";
  return {
      Errc::invalid_argument,
      fmt::format(
          "the plan of {0} falls short, so nothing was {3}: {1} (`lockstep plan "
          "{0}{2}` shows it all){4}",
          request.rig, broken, request.json ? " --json" : "", done,
          request.can_do_anyway ? ", or record with --anyway, which marks the take UNPROVED" : "")};
}

Error no_real_cameras(const TakeRequest& request) {
  return {
      Errc::unsupported,
      fmt::format("{0} is a rig of real cameras, and this build has no door to real cameras yet: "
                  "plan it with `lockstep plan {0}`, record it with the vendor's k4arecorder, and "
                  "prove the recordings with `lockstep verify`",
                  request.rig)};
}

}  // namespace

bool names_rig(const std::string& name) {
  std::error_code ignored;
  const std::filesystem::path path = name;
  return name == "demo" ||
         (path.extension() == ".toml" && !std::filesystem::is_directory(path, ignored));
}

std::variant<ReadyRig, int> ready_rig(const TakeRequest& request, std::string_view done) {
  auto chosen = choose_rig(request.rig);
  if (!chosen) return report_failure(chosen.error());
  if (auto changed = change_world(request, chosen->rig); !changed)
    return report_failure(changed.error());
  ReadyRig ready{*std::move(chosen), {}};
  ready.plan = make_plan(ready.chosen.rig);
  print_findings(ready.plan, request.quiet);
  if (ready.plan.has_errors() && !request.anyway)
    return report_failure(falls_short(request, ready.plan, done), kExitFallsShort);
  if (!ready.chosen.rig.is_virtual())
    return report_failure(no_real_cameras(request), kExitDeviceFailed);
  return ready;
}

Result<std::shared_ptr<VirtualRig>> make_rig(const TakeRequest& request, const ReadyRig& ready,
                                             const Interrupt& interrupt) {
  VirtualRigOptions options;
  options.pace = request.simulate ? VirtualRigOptions::Pace::as_fast_as_possible
                                  : VirtualRigOptions::Pace::real_time;
  auto virtual_rig = VirtualRig::create(ready.chosen.rig, ready.plan, options);
  if (!virtual_rig) return virtual_rig;
  Progress progress("rendering the virtual world", 1000);
  const auto prepared = (*virtual_rig)->prepare([&](double share) {
    progress.update(static_cast<uint64_t>(share * 1000));
    return !interrupt.requested();
  });
  if (!prepared) return prepared.error();
  return virtual_rig;
}

SessionSetup session_setup(const TakeRequest& request, const ReadyRig& ready) {
  const auto& [chosen, plan] = ready;
  SessionSetup setup;
  setup.coordinator.if_camera_lost = chosen.rig.take.if_camera_lost;
  setup.coordinator.record_unlocked = request.anyway;
  if (request.length_s) {
    const double ticks = *request.length_s * frames_per_second(plan.frame_rate);
    setup.coordinator.ticks = std::max<int64_t>(1, std::llround(ticks));
  }
  TakeManifest& manifest = setup.manifest;
  manifest.is_virtual = chosen.rig.is_virtual();
  manifest.unproved = plan.has_errors();
  manifest.created_utc = utc_now();
  manifest.lockstep_version = LOCKSTEP_VERSION;
  manifest.host = host_name();
  manifest.plan = plan;
  manifest.rig_toml = chosen.toml;
  return setup;
}

SessionOutcome run_rig(const TakeRequest& request, SessionSetup setup, VirtualRig& rig,
                       const std::stop_token& interrupted, const char* doing) {
  const int64_t total = setup.coordinator.ticks.value_or(0);
  Progress progress(doing, static_cast<uint64_t>(total));
  size_t alarms_said = 0;
  std::string prompt;
  RunOptions options;
  options.driving = request.simulate ? Driving::stepped : Driving::threads;
  options.interrupted = interrupted;
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
  SessionOutcome outcome = run_session(std::move(setup), rig, rig.clock(), options);
  progress.clear();
  for (; alarms_said < outcome.alarms.size(); ++alarms_said)
    say("warning: " + outcome.alarms[alarms_said]);
  return outcome;
}

void stay_until_the_end(std::shared_ptr<VirtualRig> rig) {
  static auto* const kept = new std::vector<std::shared_ptr<VirtualRig>>;
  kept->push_back(std::move(rig));
}

void say_failure(const SessionOutcome& outcome) {
  if (!outcome.failure) return;
  const std::string& message = outcome.failure->message;
  if (std::find(outcome.alarms.begin(), outcome.alarms.end(), message) == outcome.alarms.end())
    say("lockstep: " + message);
}

}  // namespace lockstep
