// SPDX-License-Identifier: MIT
#include "lockstep/apps/lockstep/take_result.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "lockstep/apps/common/exit_code.h"
#include "lockstep/apps/common/terminal.h"
#include "lockstep/apps/lockstep/keep_proof.h"
#include "lockstep/apps/lockstep/rig_session.h"
#include "lockstep/apps/lockstep/verify_text.h"
#include "lockstep/take/manifest.h"
#include "lockstep/take/verify_take.h"

namespace lockstep {
namespace {

constexpr size_t kFailuresSaid = 8;  // the page has them all

void print_ticks(const std::string& take, const TakeManifest& manifest) {
  print_text(fmt::format("{}: {}{}{}\n", take, common_ticks_text(manifest),
                         manifest.is_virtual ? ", simulated" : "",
                         manifest.unproved ? ", UNPROVED" : ""));
}

}  // namespace

nlohmann::json verdict_failures(const std::optional<SyncReport>& report) {
  nlohmann::json failures = nlohmann::json::array();
  if (!report) return failures;
  for (const Finding& finding : report->findings) {
    if (finding.level != FindingLevel::fail) continue;
    failures.push_back({{"rule", finding.rule},
                        {"device", finding.device},
                        {"message", finding.message},
                        {"cause", finding.cause},
                        {"mend", finding.mend}});
  }
  return failures;
}

void judge_take(TakeResult& result, const TakeLock& held) {
  // Reading from a disk that hangs would hang, too.
  if (!result.outcome.recorded || result.outcome.disk_hangs || result.folder_gone) return;
  auto verified = verify_take(result.folder, {});
  if (!verified) {
    result.report_failure = verified.error().message;
    return;
  }
  if (auto kept = keep_proof(result.folder, *verified, held); !kept) {
    result.report_failure = kept.error().message;
  }
  result.report = std::move(verified->report);
}

void print_take_as_json(const TakeResult& result) {
  say_failure(result.outcome);
  nlohmann::json json{{"schema", 1},
                      {"kind", "lockstep-record"},
                      {"take", result.folder.string()},
                      {"recorded", result.outcome.recorded},
                      {"locked", result.outcome.locked},
                      {"verdict", result.report ? result.report->verdict_text() : ""},
                      {"passes", result.passes()},
                      {"verdict_failures", verdict_failures(result.report)},
                      {"alarms", result.outcome.alarms}};
  const TakeManifest& manifest = result.outcome.manifest;
  if (const auto& cut = manifest.cut_short) {
    json["cut_short"] = {{"by", "disk"}, {"at_s", cut->at_s}};
    if (cut->of_s) json["cut_short"]["of_s"] = *cut->of_s;
  }
  if (result.outcome.failure) json["failure"] = result.outcome.failure->message;
  if (!result.report_failure.empty()) json["report_failure"] = result.report_failure;
  json["state"] = to_string(manifest.state);
  json["virtual"] = manifest.is_virtual;
  json["unproved"] = manifest.unproved;
  if (manifest.common_ticks) json["common_ticks"] = *manifest.common_ticks;
  print_as_is(stdout, json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

void print_verdict(const SyncReport& report) {
  print_as_is(stdout, verdict_to_text(report, takes_color(stdout), kFailuresSaid));
}

void print_take(const TakeResult& result) {
  say_failure(result.outcome);
  const std::string take = result.folder.string();
  const TakeManifest& manifest = result.outcome.manifest;
  // First: what follows is of the part that there is.
  if (manifest.cut_short) print_text(fmt::format("{}: {}\n", take, to_text(*manifest.cut_short)));
  if (!result.outcome.recorded) {
    // A disk that refused it from the start has no word of it.
    const std::string manifest_file = (result.folder / kManifestFile).string();
    print_text(fmt::format(
        "nothing was recorded{}\n",
        is_take_folder(result.folder) ? fmt::format("; {} says why", manifest_file) : ""));
    return;
  }
  if (result.outcome.disk_hangs) {
    print_text(fmt::format("{}: not judged, since its disk does not answer\n", take));
    return;
  }
  if (result.folder_gone) {
    print_text(fmt::format("{}: not judged, since it is not there any more\n", take));
    return;
  }
  print_ticks(take, manifest);
  if (result.report) {
    print_text(manifest.cut_short ? "of what was written before, " : "");
    print_verdict(*result.report);
  }
  if (result.report && result.report_failure.empty())
    print_text(fmt::format("page: {}\n", (result.folder / kVerifyPageFile).string()));
  if (!result.report_failure.empty()) say("lockstep: " + result.report_failure);
}

int exit_code(const TakeResult& result) {
  if (result.outcome.failure) {
    // Once a take is begun, whatever fails is a device, the disk or the host; not so the user's
    // wish to stop.
    const Errc code = result.outcome.failure->code;
    return code == Errc::cancelled ? exit_code_for(code) : kExitDeviceFailed;
  }
  if (!result.report_failure.empty()) return kExitDeviceFailed;
  return result.passes() && !result.outcome.manifest.unproved ? kExitGood : kExitFallsShort;
}

}  // namespace lockstep
