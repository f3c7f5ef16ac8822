// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "lockstep/sensor/family.h"
#include "lockstep/sensor/timing.h"
#include "lockstep/sync/findings.h"

// The likely cause of an offset, by what else is known. A guess, and worded as one.

namespace lockstep {
namespace {

constexpr double kSameDelayUs = 12;  // of another camera; delays are steps apart
constexpr double kNearUs = 60;       // two offsets closer than this are taken for one
constexpr double kBeyondAnyDelayUs = 1000;

bool found(const std::vector<Finding>& findings, std::string_view rule, std::string_view device) {
  return std::any_of(findings.begin(), findings.end(), [&](const Finding& f) {
    return f.rule == rule && f.device == device && f.level != FindingLevel::note;
  });
}

constexpr const char* kFreeByNature =
    "Its frames reach the host at the pace of the line, so pulses do reach it; all the same its "
    "device clock runs by its own crystal.";

/// Its stamps drift, but arrival says that it follows the line.
bool free_by_nature(const DeviceReport& device, const std::vector<Finding>& findings) {
  return device.arrival && device.arrival->judged && found(findings, "rate", device.name) &&
         !hangs_on_line(findings, device.name);
}

bool alike(double a_us, double b_us) {
  return std::abs(a_us - b_us) <= kNearUs / 2;
}

std::string of_far_offset(const Case& set, const AlignedDevice& device, double us) {
  const double seen = us + device.expected_lead_us();
  if (std::abs(seen) < kNearUs && device.expected_lead_us() > kNearUs)
    return fmt::format("The delay of {:.0f} us was never set on it: it fires with the pulse.",
                       device.expected_lead_us());
  for (const AlignedDevice& other : set.all.devices) {
    if (&other != &device && std::abs(seen - other.expected_lead_us()) < kSameDelayUs &&
        std::abs(other.expected_lead_us()) > kNearUs)
      return fmt::format(
          "It has the delay of {}: the two are swapped in the rig file or in the recorder's "
          "options.",
          other.evidence->name);
  }
  return {};
}

/// True where every device but the reference has such a finding.
bool of_every_other(const Case& set, const std::vector<Finding>& findings, std::string_view rule) {
  for (size_t i = 0; i < set.measures.devices.size(); ++i) {
    if (set.measures.devices[i].lead && !found(findings, rule, set.all.devices[i].evidence->name))
      return false;
  }
  return true;
}

/// The step that every other device makes on one tick: then it is the reference that changed.
std::optional<OffsetStep> common_step(const Case& set) {
  constexpr int64_t kSameTick = 3;
  std::optional<OffsetStep> first;
  int others = 0;
  for (const DeviceMeasure& device : set.measures.devices) {
    if (!device.lead) continue;
    const auto own = find_step(*device.lead);
    if (!own) return std::nullopt;
    if (!first) first = own;
    if (std::abs(own->tick - first->tick) > kSameTick || !alike(own->us, first->us))
      return std::nullopt;
    ++others;
  }
  return others > 1 ? first : std::nullopt;
}

/// What every other device is off by: then it is the reference that is off, the other way.
std::optional<double> common_offset_us(const Case& set) {
  std::optional<double> first;
  int others = 0;
  for (const DeviceMeasure& device : set.measures.devices) {
    if (!device.lead) continue;
    if (!first) first = device.lead->level_us;
    if (!alike(device.lead->level_us, *first)) return std::nullopt;
    ++others;
  }
  return others > 1 ? first : std::nullopt;
}

/// What is said of the reference in the place of the findings of `rule`.
struct CommonCause {
  std::string rule, message, cause;
};

/// One finding on the reference, in the place of the same one on each of the others.
void tell_once(const Case& set, const CommonCause& common, std::vector<Finding>& findings) {
  const auto of_rule = [&](const Finding& f) { return f.rule == common.rule; };
  const auto worst =
      std::min_element(findings.begin(), findings.end(), [&](const Finding& a, const Finding& b) {
        return std::make_pair(!of_rule(a), a.level) < std::make_pair(!of_rule(b), b.level);
      });
  const AlignedDevice& reference = set.all.devices[set.reference];
  Finding once = *worst;
  once.device = reference.evidence->name;
  once.value = -*worst->value;
  once.span = span_of(set.all, reference.lead(), worst->span->first_tick, worst->span->count);
  once.message = common.message;
  once.cause = common.cause;
  once.mend = fmt::format(
      "Look whether another program set the delay or exposure of {}, restart it, and record again.",
      once.device);
  findings.erase(std::remove_if(findings.begin(), findings.end(), of_rule), findings.end());
  findings.push_back(once);
}

/// Where the reference is off or changes, all others would be blamed for it.
void tell_of_reference(const Case& set, std::vector<Finding>& findings) {
  const DeviceEvidence& reference = *set.all.devices[set.reference].evidence;
  const auto step = common_step(set);
  const auto off_us = common_offset_us(set);
  const std::string changed =
      fmt::format("Its {} changed there, which is likelier than that all others changed alike.",
                  reference.exposures.size() > 1 ? "exposure" : "delay, exposure or clock");
  const auto drop = [&](auto follows) {
    findings.erase(std::remove_if(findings.begin(), findings.end(), follows), findings.end());
  };
  if (step && of_every_other(set, findings, "tick-offset")) {
    tell_once(set,
              {"tick-offset",
               fmt::format("The offset of every other camera to {} steps by {:+.0f} us at tick {}.",
                           reference.name, step->us, step->tick),
               changed},
              findings);
    drop(
        [](const Finding& f) { return f.rule == "color-offset"; });  // the mean of before and after
    return;
  }
  // Clocks that do not share their zero are told of each for itself.
  const bool apart = off_us && !step && std::abs(*off_us) > kBeyondAnyDelayUs;
  if (!off_us || apart || !of_every_other(set, findings, "color-offset")) return;
  if (!step) {  // what is off all along is off on most ticks, too
    drop([&](const Finding& f) {
      return f.rule == "tick-offset" && 2 * f.span->count > set.all.ticks;
    });
  }
  tell_once(set,
            {"color-offset",
             fmt::format("Every other camera comes {:.0f} us {} plan against {} (at mid-take).",
                         std::abs(*off_us), *off_us > 0 ? "after" : "before", reference.name),
             step ? changed
                  : "Its delay or exposure is not the planned one, which is likelier than that all "
                    "others are off alike."},
            findings);
}

/// A step within the take is neither a rate nor a wrong setting from the start.
std::string of_step(const Case& set, size_t index, bool of_depth) {
  const DeviceMeasure& measure = set.measures.devices[index];
  const auto& series = of_depth ? measure.depth : measure.lead;
  const auto step = series ? find_step(*series) : std::nullopt;
  if (!step) return {};
  const DeviceEvidence& device = *set.all.devices[index].evidence;
  const bool exposure = device.exposures.size() > 1 && !of_depth;
  return fmt::format("Its offset steps by {:+.0f} us at tick {}: {}.", step->us, step->tick,
                     exposure   ? "its exposure changed there, and the centre of exposure with it"
                     : of_depth ? "its depth delay changed there"
                                : "its delay, exposure or clock changed there");
}

/// The one exposure of a device: as recorded, else as the plan asks for it; none: not known.
std::optional<Micros> exposure_of(const Case& set, const DeviceEvidence& device) {
  if (!device.exposures.empty())
    return device.exposures.size() == 1 ? std::optional(device.exposures.front().second)
                                        : std::nullopt;
  if (!set.evidence.plan) return std::nullopt;
  const PlannedCamera* planned = planned_for(*set.evidence.plan, device);
  return planned == nullptr ? std::nullopt : planned->config.exposure;
}

/// How far exposures of two devices of this kind can lie apart.
double exposures_apart_at_most_us(const Case& set, const DeviceEvidence& device) {
  const auto most_us = static_cast<double>(family_traits(device.family).max_exposure_us);
  return std::min(most_us, set.all.period_us());
}

/// Whether exposures move the centres of a device and the reference apart, by what is known of
/// them: sensor-facts, section 5.
enum class ByExposures { no, perhaps, yes };
ByExposures by_exposures(const Case& set, const AlignedDevice& device, double us) {
  const auto own = exposure_of(set, *device.evidence);
  const auto other = exposure_of(set, *set.all.devices[set.reference].evidence);
  if (own && other) {
    const double moved_us = std::abs(static_cast<double>((*own - *other).count())) / 2;
    return moved_us > kNearUs && std::abs(std::abs(us) - moved_us) < kNearUs ? ByExposures::yes
                                                                             : ByExposures::no;
  }
  return 2 * std::abs(us) <= exposures_apart_at_most_us(set, *device.evidence)
             ? ByExposures::perhaps
             : ByExposures::no;
}

std::string of_known_exposures(const Case& set, const AlignedDevice& device) {
  const DeviceEvidence& reference = *set.all.devices[set.reference].evidence;
  return fmt::format(
      "Its exposure is {} us, that of {} is {} us: the centres of the two lie half of the "
      "difference apart.",
      exposure_of(set, *device.evidence)->count(), reference.name,
      exposure_of(set, reference)->count());
}

/// Names what moves centres as another cause does, where the recordings do not tell exposures.
std::string unlike_exposures(const Case& set, const AlignedDevice& device, double us) {
  return fmt::format(
      "the exposures of {} and {} differ by about {:.0f} us, as where one is "
      "automatic: these recordings do not hold them",
      set.all.devices[set.reference].evidence->name, device.evidence->name, 2 * std::abs(us));
}

/// Whether two steps of the camera's exposure lie so far apart: fewer than one early start in five
/// leaves an offset that looks like that, and every pair of unlike manual exposures does.
bool steps_apart(const AlignedDevice& device, double apart_us) {
  for (const Powerline line : {Powerline::hz50, Powerline::hz60}) {
    const std::span<const int> steps = exposure_steps_us(device.evidence->family, line);
    for (const int longer : steps) {
      for (const int shorter : steps) {
        if (longer > shorter && std::abs(apart_us - (longer - shorter)) < 2 * kNearUs) return true;
      }
    }
  }
  return false;
}

/// Of an offset beyond any delay: what is likelier first, where two causes can be.
std::string of_early_start(const Case& set, const AlignedDevice& device, double us,
                           bool has_arrival, ByExposures exposures) {
  const std::string zero = fmt::format(
      "he clocks do not share their zero: {} was probably started before {}. The offset is known "
      "modulo one period; whole periods are unknown{}.",
      set.all.devices[set.reference].evidence->name, device.evidence->name,
      has_arrival ? "" : " without host arrival");
  if (exposures != ByExposures::perhaps) return "T" + zero;
  const std::string unlike = unlike_exposures(set, device, us);
  if (!steps_apart(device, 2 * std::abs(us))) return fmt::format("T{} Or {}.", zero, unlike);
  return fmt::format("By its size t{}. Or t{}", unlike.substr(1), zero);
}

std::string of_offset(const Case& set, const SyncReport& report, size_t index) {
  const AlignedDevice& device = set.all.devices[index];
  const double us = set.measures.devices[index].lead->level_us;
  const std::string& name = device.evidence->name;
  const std::string& reference = set.all.devices[set.reference].evidence->name;
  if (device.evidence->exposures.size() > 1)
    return "Its exposure changed in the take, and the centre of exposure moves with it.";
  if (device.whole_periods_off)
    return fmt::format(
        "{} was started before it: the clocks' zeros are {} periods apart (by host arrival).",
        reference, *device.whole_periods_off);
  const ByExposures exposures = by_exposures(set, device, us);
  if (exposures == ByExposures::yes) return of_known_exposures(set, device);
  if (std::string text = of_far_offset(set, device, us); !text.empty()) return text;
  if (std::abs(us) > kBeyondAnyDelayUs)
    return of_early_start(set, device, us, report.devices[index].arrival.has_value(), exposures);
  if (std::abs(us) > set.gates.color_offset_fail_us)
    return fmt::format(
        "The delay that {} ran with is about {:.0f} us, not {:.0f}: it is mis-set.{}", name,
        us + device.expected_lead_us(), device.expected_lead_us(),
        exposures == ByExposures::perhaps ? " Or " + unlike_exposures(set, device, us) + "." : "");
  return "Healthy rigs show up to some 70 us between cameras; different firmware or exposure adds "
         "to it.";
}

/// Empty: as the finding has it.
std::string mend_of_offset(const Case& set, size_t index, const Finding& finding) {
  constexpr const char* kOneExposure = "Set one manual exposure on all cameras before the start";
  const AlignedDevice& device = set.all.devices[index];
  const double us = set.measures.devices[index].lead->level_us;
  const bool of_level = finding.rule != "tick-offset" && !device.whole_periods_off;
  const ByExposures exposures = of_level ? by_exposures(set, device, us) : ByExposures::no;
  if (device.evidence->exposures.size() > 1 || exposures == ByExposures::yes)
    return std::string(kOneExposure) + ".";
  if (finding.rule == "tick-offset" || std::abs(us) <= kBeyondAnyDelayUs) return {};
  return exposures == ByExposures::perhaps
             ? std::string(kOneExposure) + " (k4arecorder -e), and start the master last."
             : "Start all subordinates, then the master (lockstep record does).";
}

/// Cause and mend of one finding on device `index`.
void explain(const Case& set, const SyncReport& report, const std::vector<Finding>& findings,
             size_t index, Finding& finding) {
  const bool of_depth = finding.rule == "depth-offset" && set.measures.devices[index].depth;
  if (std::string step = of_step(set, index, of_depth); !step.empty()) {
    finding.cause = step;
    finding.mend = "Find out what changed then; set delay and exposure once, before the start.";
    return;
  }
  if (finding.rule != "depth-offset" && free_by_nature(report.devices[index], findings)) {
    finding.cause = kFreeByNature;
    finding.mend =
        "If that is the nature of these cameras, judge with --clock free-running, or declare it in "
        "the rig file.";
    return;
  }
  if (!finding.cause.empty() || !set.measures.devices[index].lead) return;
  if (found(findings, "rate", finding.device) || hangs_on_line(findings, finding.device)) {
    finding.cause = "It runs free: no pulse reached it for a part of the take or all of it.";
    finding.mend =
        fmt::format("Push in the sync cable of {} at both ends and record again.", finding.device);
    return;
  }
  if (finding.rule == "tick-offset" && !found(findings, "color-offset", finding.device)) {
    finding.cause = set.evidence.devices[index].exposures.size() > 1
                        ? "Its exposure changed there."
                        : "A late or mis-stamped frame; in a row, a step of its clock or exposure.";
  } else {
    finding.cause = of_offset(set, report, index);
  }
  if (std::string mend = mend_of_offset(set, index, finding); !mend.empty()) finding.mend = mend;
}

}  // namespace

void diagnose(const Case& set, const SyncReport& report, std::vector<Finding>& findings) {
  constexpr std::string_view kRules[] = {"color-offset", "tick-offset", "depth-offset", "rate"};
  tell_of_reference(set, findings);
  for (Finding& finding : findings) {
    if (std::find(std::begin(kRules), std::end(kRules), finding.rule) == std::end(kRules)) continue;
    for (size_t i = 0; i < set.all.devices.size(); ++i) {
      if (set.all.devices[i].evidence->name == finding.device)
        explain(set, report, findings, i, finding);
    }
  }
}

}  // namespace lockstep
