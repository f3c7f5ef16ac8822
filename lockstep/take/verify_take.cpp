// SPDX-License-Identifier: MIT
#include "lockstep/take/verify_take.h"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "lockstep/base/files.h"
#include "lockstep/sync/alignment.h"
#include "lockstep/sync/judge.h"
#include "lockstep/sync/set_rules.h"
#include "lockstep/take/gather.h"
#include "lockstep/take/manifest.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

VerifiedTake judged(const Evidence& evidence, const VerifyOptions& options,
                    const std::optional<LastGood>& last_good) {
  VerifiedTake verified;
  verified.report = judge(evidence, options.gates, last_good ? &*last_good : nullptr);
  verified.json = sync_report_to_json(verified.report);
  return verified;
}

Result<LastGood> read_last_good(const fs::path& json_file, const std::string& name) {
  const auto text = read_text_file(json_file);
  if (!text) return text.error();
  return last_good_from_json(*text, name);
}

/// What --against names: a report, a take with one, or a take that is judged now.
Result<LastGood> read_against(const fs::path& against, const VerifyOptions& options) {
  std::error_code ignored;
  if (!fs::is_directory(against, ignored)) return read_last_good(against, against.string());
  const std::string name = without_trailing_slash(against).filename().string();
  const fs::path report = against / kVerifyJsonFile;
  if (fs::exists(report, ignored)) return read_last_good(report, name);
  VerifyOptions plain = options;
  plain.against.clear();
  plain.look_for_last_good = false;
  const auto verified = verify_take(against, plain);
  if (!verified) return verified.error();
  return last_good_from_json(verified->json, name);
}

/// The same cameras by the same names; a rig's name alone may be another's, or empty.
bool of_one_rig(const Plan& a, const Plan& b) {
  return a.rig_name == b.rig_name &&
         std::equal(a.cameras.begin(), a.cameras.end(), b.cameras.begin(), b.cameras.end(),
                    [](const PlannedCamera& x, const PlannedCamera& y) {
                      return x.name == y.name && x.serial == y.serial;
                    });
}

/// A report of other cameras has nothing to compare with.
Result<void> comparable(const LastGood& last, const Evidence& evidence, const fs::path& against) {
  for (const DeviceEvidence& device : evidence.devices) {
    if (last.find(device.name, device.serial) != nullptr) return {};
  }
  return Error{
      Errc::invalid_argument,
      fmt::format("--against {}: it has none of these cameras, so nothing can be compared; "
                  "name an earlier take of this rig",
                  against.string())};
}

/// Relaxed gates make nothing good for the takes after it.
bool judged_as_usual(const fs::path& report) {
  const auto text = read_text_file(report);
  if (!text) return false;
  const auto json = nlohmann::json::parse(*text, nullptr, false);
  const auto gates = json.is_object() ? json.find("gates") : json.end();
  if (!json.is_object() || gates == json.end() || !gates->is_object()) return false;
  const auto entries = gate_entries();
  return gates->value("clock", nlohmann::json()) == to_string(Gates{}.clock) &&
         std::all_of(entries.begin(), entries.end(), [&](const GateEntry& entry) {
           return gates->value(std::string(entry.name), nlohmann::json()) == Gates{}.*entry.value;
         });
}

/// Newest take of the same rig beside this one that passed; takes that can't be read don't count.
std::optional<LastGood> newest_good_beside(const fs::path& take_folder,
                                           const TakeManifest& manifest) {
  std::error_code failed;
  const fs::path own = fs::weakly_canonical(take_folder, failed);
  // Dates are ISO 8601 in UTC, so their order as text is that in time; takes of one second follow
  // their names, which are numbered.
  using When = std::pair<std::string, std::string>;
  const When own_when{manifest.created_utc, own.filename().string()};
  std::optional<LastGood> best;
  When best_when;
  for (fs::directory_iterator at(own.parent_path(), failed), end; !failed && at != end;
       at.increment(failed)) {
    std::error_code ignored;
    if (!fs::exists(at->path() / kVerifyJsonFile, ignored) ||
        at->path().filename() == own.filename())
      continue;
    const auto other = read_manifest(at->path());
    // A report beside a manifest without its verdict is of what the take was before.
    if (!other || other->state == TakeState::recording || other->verdict.empty() ||
        !of_one_rig(other->plan, manifest.plan) || other->is_virtual != manifest.is_virtual)
      continue;
    const When when{other->created_utc, at->path().filename().string()};
    if (when >= own_when || when <= best_when) continue;
    auto last = read_last_good(at->path() / kVerifyJsonFile, other->name);
    if (!last || !last->passes || !judged_as_usual(at->path() / kVerifyJsonFile)) continue;
    best_when = when;
    best = std::move(*last);
  }
  return best;
}

}  // namespace

Result<VerifiedTake> verify_take(const fs::path& take_folder, const VerifyOptions& options) {
  if (auto good = options.gates.validate(); !good) return good.error();
  const auto manifest = read_manifest(take_folder);
  if (!manifest) return manifest.error();
  auto evidence = gather_take(take_folder, *manifest, options.threads);
  if (!evidence) return evidence.error();
  if (options.plan) evidence->plan = options.plan;
  std::optional<LastGood> last_good;
  if (!options.against.empty()) {
    auto last = read_against(options.against, options);
    if (!last) return last.error();
    if (auto same = comparable(*last, *evidence, options.against); !same) return same.error();
    last_good = std::move(*last);
  } else if (options.look_for_last_good) {
    last_good = newest_good_beside(take_folder, *manifest);
  }
  VerifiedTake verified = judged(*evidence, options, last_good);
  evidence->plan = manifest->plan;
  // Of files that lie as those of other cameras no clock is known.
  if (misplaced_recordings(*evidence).empty()) verified.clocks = fit_clocks(*evidence);
  return verified;
}

Result<void> note_verdict(const fs::path& take_folder, const VerifiedTake& verified,
                          const TakeLock&) {
  auto manifest = read_manifest(take_folder);
  if (!manifest) return std::move(manifest).error();
  if (verified.report.gates.are_default()) manifest->verdict = verified.report.verdict_text();
  for (TakeCamera& camera : manifest->cameras) {
    for (TakePart& part : camera.parts) {
      part.clock_map.reset();
      for (const FileClock& clock : verified.clocks) {
        if (clock.file == part.file) part.clock_map = clock.map;
      }
    }
  }
  return write_manifest(take_folder, *manifest);
}

Result<VerifiedTake> verify_files(const std::vector<fs::path>& files,
                                  const VerifyOptions& options) {
  if (auto good = options.gates.validate(); !good) return good.error();
  auto evidence = gather_files(files, options.threads);
  if (!evidence) return evidence.error();
  evidence->plan = options.plan;
  for (DeviceEvidence& device : evidence->devices) {
    const PlannedCamera* planned = options.plan ? planned_for(*options.plan, device) : nullptr;
    if (planned != nullptr) {
      device.name = planned->name;
      device.family = planned->family;
      device.family_by = kFamilyByRig;
    } else if (options.family && device.family_by != kFamilyByTag) {
      device.family = *options.family;
      device.family_by = "--family";
    }
  }
  std::optional<LastGood> last_good;
  if (!options.against.empty()) {
    auto last = read_against(options.against, options);
    if (!last) return last.error();
    if (auto same = comparable(*last, *evidence, options.against); !same) return same.error();
    last_good = std::move(*last);
  }
  return judged(*evidence, options, last_good);
}

}  // namespace lockstep
