// SPDX-License-Identifier: MIT
#include "lockstep/sync/judge.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "lockstep/sync/device_report.h"
#include "lockstep/sync/findings.h"
#include "lockstep/sync/set_rules.h"

namespace lockstep {
namespace {

void append(std::vector<Finding>& all, std::vector<Finding> more) {
  std::move(more.begin(), more.end(), std::back_inserter(all));
}

size_t captures_of(const DeviceEvidence& device) {
  return device.color.size() + device.depth.size();
}

const DeviceEvidence* part_of(const Evidence& evidence, const std::string& name, int part) {
  for (const DeviceEvidence& device : evidence.devices) {
    if (device.name == name && device.part == part) return &device;
  }
  return nullptr;
}

const std::vector<DeviceTime>& lead_stamps(const DeviceEvidence& device) {
  return device.color.empty() ? device.depth : device.color;
}

/// When a part began, after the first frame of the camera's first part; where the take knows.
std::optional<double> begins_s(const Evidence& evidence, const DeviceEvidence& part) {
  const DeviceEvidence* first = part_of(evidence, part.name, 1);
  if (first == nullptr || !first->rig_from_device_ns || !part.rig_from_device_ns) return {};
  if (lead_stamps(*first).empty() || lead_stamps(part).empty()) return {};
  // Stamps and manifests come from anywhere: whole nanoseconds of four such numbers may overflow.
  const auto seconds = [](int64_t ns) { return static_cast<double>(ns) * 1e-9; };
  const auto rig_s = [&](const DeviceEvidence& device) {
    return seconds(lead_stamps(device).front().ns()) + seconds(*device.rig_from_device_ns);
  };
  return rig_s(part) - rig_s(*first);
}

Finding later_part(const Evidence& evidence, const DeviceEvidence& device) {
  Finding f;
  f.level = FindingLevel::fail;
  f.rule = "clock-restart";
  f.device = device.name;
  const auto& stamps = lead_stamps(device);
  const std::optional<double> at_s = begins_s(evidence, device);
  const int fps = frames_per_second(device.config.frame_rate);
  if (!stamps.empty())
    f.span = TickSpan{at_s ? std::llround(*at_s * fps) : 0, static_cast<int64_t>(stamps.size()),
                      stamps.front().us(), stamps.back().us()};
  f.message = fmt::format(
      "The clock of {} began anew{}: {} holds part {} of it{}.", device.name,
      at_s ? fmt::format(" {:.1f} s into the take", *at_s) : "", device.source, device.part,
      stamps.empty() ? ""
                     : fmt::format(" (its device time {:.3f} to {:.3f} s)",
                                   stamps.front().us() * 1e-6, stamps.back().us() * 1e-6));
  f.cause = device.part_reason.empty() ? "The camera was restarted or replugged during the take."
                                       : "The take says: " + device.part_reason + ".";
  f.mend =
      "Find out why it restarted (power, USB); after a restart of one, start the whole rig again.";
  return f;
}

/// A camera whose clock broke comes in parts. The longest is judged; the others are findings.
Evidence longest_parts(const Evidence& evidence, std::vector<Finding>& out) {
  Evidence judged = evidence;
  judged.devices.clear();
  for (const DeviceEvidence& device : evidence.devices) {
    const auto same = std::find_if(judged.devices.begin(), judged.devices.end(),
                                   [&](const DeviceEvidence& d) { return d.name == device.name; });
    if (device.part > 1) out.push_back(later_part(evidence, device));
    if (same == judged.devices.end()) {
      judged.devices.push_back(device);
    } else if (captures_of(device) > captures_of(*same)) {
      *same = device;
    }
  }
  for (Finding& f : out) {
    if (f.rule != "clock-restart") continue;
    const auto same = std::find_if(judged.devices.begin(), judged.devices.end(),
                                   [&](const DeviceEvidence& d) { return d.name == f.device; });
    f.message += fmt::format(" Only its longest part is judged: {}.", same->source);
  }
  return judged;
}

/// A later part that is the one judged begins where its own ticks do.
void place_parts(const Alignment& all, std::vector<Finding>& findings) {
  for (const AlignedDevice& device : all.devices) {
    for (Finding& f : findings) {
      if (f.rule == "clock-restart" && f.device == device.evidence->name && f.span &&
          f.span->from_us == lead_stamps(*device.evidence).front().us()) {
        f.span->first_tick = device.lead().first_tick();
        f.message += " Ticks are counted in the range that it has in common with the others.";
      }
    }
  }
}

/// Takes out the cameras that recorded nothing, so that the others can be judged. A set without any
/// images stays as it is.
void set_silent_apart(Evidence& evidence, std::vector<DeviceEvidence>& silent,
                      std::vector<Finding>& out) {
  const auto is_silent = [](const DeviceEvidence& d) { return captures_of(d) == 0; };
  const auto first = std::stable_partition(evidence.devices.begin(), evidence.devices.end(),
                                           [&](const DeviceEvidence& d) { return !is_silent(d); });
  if (first == evidence.devices.begin()) return;
  silent.assign(std::make_move_iterator(first), std::make_move_iterator(evidence.devices.end()));
  evidence.devices.erase(first, evidence.devices.end());
  append(out, recorded_nothing(evidence, silent));
}

/// Device whose offsets are in the middle: it stands for the line where no master is in the set.
size_t middle_device(const Evidence& evidence, const Gates& gates) {
  std::vector<size_t> order;
  for (size_t i = 0; i < evidence.devices.size(); ++i) {
    if (!evidence.devices[i].color.empty() || !evidence.devices[i].depth.empty())
      order.push_back(i);
  }
  if (order.empty()) return 0;
  const auto by_name = [&](size_t a, size_t b) {
    return evidence.devices[a].name < evidence.devices[b].name;
  };
  std::sort(order.begin(), order.end(), by_name);
  const size_t first = order.front();
  const Alignment all = align(evidence, gates, first);
  if (all.ticks == 0) return first;
  const Measures measures = measure(all, first);
  const auto level = [&](size_t i) {
    return measures.devices[i].lead ? measures.devices[i].lead->level_us : 0.0;
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return level(a) < level(b); });
  return order[(order.size() - 1) / 2];
}

size_t choose_reference(const Evidence& evidence, const Gates& gates) {
  for (size_t i = 0; i < evidence.devices.size(); ++i) {
    const DeviceEvidence& device = evidence.devices[i];
    if (device.config.wired_sync == WiredSync::master &&
        !(device.color.empty() && device.depth.empty()))
      return i;
  }
  return middle_device(evidence, gates);
}

Finding no_overlap(const Evidence& evidence) {
  Finding f;
  f.level = FindingLevel::fail;
  f.rule = "no-overlap";
  f.message =
      "By their stamps, which count from each take's own first pulse, the recordings have no tick "
      "in common.";
  f.cause = "The files are of different takes";
  for (const DeviceEvidence& device : evidence.devices) {
    if (!device.color.empty() || !device.depth.empty()) continue;
    f.device = device.name;
    f.message = fmt::format("{} holds no images.", device.source);
    f.cause =
        "The camera delivered nothing: a subordinate without a pulse, or a recorder stopped while "
        "it waited";
  }
  f.cause += ".";
  f.mend = "Give the files of one take.";
  return f;
}

void judge_clock_zeros(const Case& set, std::vector<Finding>& out) {
  for (const AlignedDevice& device : set.all.devices) {
    if (!device.whole_periods_off || *device.whole_periods_off == 0) continue;
    Finding f;
    f.level = FindingLevel::fail;
    f.rule = "clock-zero";
    f.device = device.evidence->name;
    f.value = static_cast<double>(*device.whole_periods_off);
    f.gate = 0;
    f.unit = "periods";
    f.span = span_of(set.all, device.lead(), 0, set.all.ticks);
    f.message = fmt::format(
        "The clock of {} was zeroed {} periods {} that of {} (by host arrival).", f.device,
        std::abs(*device.whole_periods_off), *device.whole_periods_off > 0 ? "after" : "before",
        set.all.devices[set.reference].evidence->name);
    f.cause =
        "The master was started first, or the camera restarted: a subordinate zeroes its clock at "
        "the "
        "first pulse that it sees.";
    f.mend = "Start all subordinates, then the master (lockstep record does).";
    out.push_back(f);
  }
}

/// How well the arrivals that were too few or too uneven tell a pace.
std::string unjudged_arrivals(const SyncReport& report) {
  std::string text;
  for (const DeviceReport& device : report.devices) {
    if (device.is_reference || !device.arrival || device.arrival->judged) continue;
    text += fmt::format("{}{} to ±{:.2g} ppm", text.empty() ? "" : ", ", device.name,
                        2 * device.arrival->se_ppm);
  }
  if (text.empty()) return text;
  return fmt::format(
      "arrival: too short, or too uneven, to judge: it tells the pace of {} (±{:g} "
      "is needed)",
      text, 2 * report.gates.arrival_judged_se_ppm);
}

void hear_witnesses(const Case& set, SyncReport& report) {
  report.witnesses = {"stamps"};
  const auto of_others = [&](auto holds) {
    return std::all_of(report.devices.begin(), report.devices.end(),
                       [&](const DeviceReport& d) { return d.is_reference || holds(d); });
  };
  const bool recorded = of_others([](const DeviceReport& d) { return d.arrival.has_value(); });
  const std::string unjudged = unjudged_arrivals(report);
  const bool agrees = std::none_of(report.findings.begin(), report.findings.end(),
                                   [](const Finding& f) { return f.rule == "arrival-rate"; });
  if (began_anew(set)) {
    report.witness_notes.push_back(
        fmt::format("arrival: not judged, since {}, the source, began anew in the take, and its "
                    "pulses paused",
                    report.reference));
  } else if (!recorded) {
    report.witness_notes.push_back("arrival: host times are not recorded (or too few)");
  } else if (!unjudged.empty()) {
    report.witness_notes.push_back(unjudged);
  } else if (agrees) {
    report.witnesses.push_back("arrival");
  }
  const bool exposure =
      std::all_of(report.devices.begin(), report.devices.end(),
                  [](const DeviceReport& d) { return d.exposure != "not recorded"; });
  if (!exposure) report.witness_notes.push_back("exposure: not recorded, so not judged");
}

void compare(const LastGood& last, const Gates& gates, SyncReport& report) {
  report.last_good = last.name;
  if (!last.passes) {
    Finding f;
    f.level = FindingLevel::note;
    f.rule = "against-failing";
    f.message = fmt::format("{}, which changes are against, is not in step itself.", last.name);
    report.findings.push_back(f);
  }
  for (DeviceReport& device : report.devices) {
    const LastGood::Device* before = last.find(device.name, device.serial);
    if (before == nullptr) continue;
    const auto judge_change = [&](const std::optional<OffsetEstimate>& now,
                                  std::optional<double> then, std::string stream,
                                  std::optional<double>& change) {
      if (!now || !then) return;
      change = now->offset_us - *then;
      if (std::abs(*change) <= gates.change_warn_us) return;
      Finding f;
      f.level = FindingLevel::warning;
      f.rule = "changed";
      f.device = device.name;
      f.stream = stream;
      f.value = *change;
      f.gate = gates.change_warn_us;
      f.unit = "us";
      f.message =
          fmt::format("{} of {} moved by {:+.0f} us since {}.",
                      stream == "colour" ? "Colour" : "Depth", device.name, *change, last.name);
      f.cause = "Another delay, exposure, firmware or cable since then.";
      f.mend = "If nothing was changed on purpose, find out what did before the next take.";
      report.findings.push_back(f);
    };
    judge_change(device.color, before->color_us, "colour", device.color_change_us);
    judge_change(device.depth, before->depth_us, "depth", device.depth_change_us);
  }
}

void finish(SyncReport& report) {
  std::stable_sort(report.findings.begin(), report.findings.end(),
                   [](const Finding& a, const Finding& b) {
                     return static_cast<int>(a.level) < static_cast<int>(b.level);
                   });
}

void describe_sources(const Evidence& evidence, SyncReport& report) {
  for (const DeviceEvidence& device : evidence.devices)
    report.devices.push_back(describe_source(device));
}

void describe_lasers(const Case& set, const std::vector<LaserWindows>& windows,
                     SyncReport& report) {
  for (size_t i = 0; i < report.devices.size(); ++i) {
    if (windows[i].center_us.empty() || report.devices[i].laser_pitch_us <= 0) continue;
    const LaserTrain train =
        laser_train(set.evidence.devices[i].family, set.evidence.devices[i].config.depth_mode);
    const double first_us = median(windows[i].center_us) - train.duration_us() / 2;
    const double reference_us =
        windows[set.reference].center_us.empty()
            ? 0
            : median(windows[set.reference].center_us) - train.duration_us() / 2;
    const double phase = std::fmod(first_us - reference_us, train.pitch_us);
    report.devices[i].laser_phase_us = phase < 0 ? phase + train.pitch_us : phase;
  }
}

void judge_aligned(const Evidence& evidence, const Alignment& all, size_t reference,
                   const LastGood* last_good, SyncReport& report) {
  const Measures measures = measure(all, reference);
  const auto windows = laser_windows(all, measures, reference, report.gates);
  report.lasers = laser_gaps(all, windows, evidence.plan ? &*evidence.plan : nullptr, report.gates);
  const Case set{evidence, all, measures, report.lasers, report.gates, reference};
  for (size_t i = 0; i < all.devices.size(); ++i) report.devices.push_back(describe_device(set, i));
  describe_lasers(set, windows, report);
  report.reference = evidence.devices[reference].name;
  report.common_ticks = all.ticks;
  report.common_s = static_cast<double>(all.ticks) * all.period_us() * 1e-6;
  report.stamp_meaning = measures.equal_exposures ? "either: exposures are equal or not recorded"
                                                  : std::string(to_string(measures.reading));
  place_parts(all, report.findings);
  judge_offsets(set, report.findings);
  judge_single_ticks(set, report.findings);
  judge_windows(set, report.findings);
  judge_line(set, report, report.findings);
  judge_rates(set, report, report.findings);
  judge_ticks(set, report, report.findings);
  judge_clock_zeros(set, report.findings);
  judge_measured_lasers(set, report.findings);
  diagnose(set, report, report.findings);
  if (evidence.devices.size() > 1) hear_witnesses(set, report);
  if (last_good != nullptr) compare(*last_good, report.gates, report);
}

/// So few ticks say nothing of a take.
constexpr int64_t kFewestTicks = 3;

Finding too_short(const SyncReport& report) {
  Finding f;
  f.level = FindingLevel::fail;
  f.rule = "too-short";
  f.value = static_cast<double>(report.common_ticks);
  f.gate = static_cast<double>(kFewestTicks);
  f.unit = "ticks";
  f.message = fmt::format("Only {} {} common to all recordings: too few to judge.",
                          report.common_ticks, report.common_ticks == 1 ? "tick is" : "ticks are");
  f.cause = "A recording was cut off, or the take is very short.";
  f.mend = "Record for a second at least; a minute lets host arrival speak too.";
  return f;
}

Verdict verdict_of(const SyncReport& report) {
  if (report.devices.size() < 2) return Verdict::standalone;
  if (report.passes()) return Verdict::in_step;
  const bool only_short = report.count(FindingLevel::fail) == 1 &&
                          std::any_of(report.findings.begin(), report.findings.end(),
                                      [](const Finding& f) { return f.rule == "too-short"; });
  return only_short ? Verdict::nothing_to_judge : Verdict::not_in_step;
}

}  // namespace

SyncReport judge(const Evidence& whole, const Gates& gates, const LastGood* last_good) {
  SyncReport report;
  report.gates = gates;
  report.name = whole.name;
  report.has_plan = whole.plan.has_value();
  report.expected_from = !whole.plan                    ? "the files' own tags"
                         : whole.plan->rig_name.empty() ? "the rig file"
                                                        : "rig \"" + whole.plan->rig_name + "\"";
  if (whole.devices.empty()) return report;
  append(report.findings, mixed_takes(whole, gates));
  const bool mixed = !report.findings.empty();
  append(report.findings, not_wired(whole));
  const bool unwired = !mixed && !report.findings.empty();
  const std::vector<Finding> misplaced = misplaced_recordings(whole);
  append(report.findings, misplaced);
  append(report.findings, lost_recordings(whole));
  append(report.findings, against_plan(whole));
  append(report.findings, as_recorded(whole));
  Evidence evidence = longest_parts(whole, report.findings);
  report.is_virtual = evidence.devices.front().is_virtual;
  report.frames_per_second = frames_per_second(evidence.devices.front().config.frame_rate);
  if (mixed || unwired || !misplaced.empty()) {
    describe_sources(evidence, report);
    report.verdict = mixed     ? Verdict::not_one_take
                     : unwired ? Verdict::not_wired
                               : Verdict::not_in_step;
    finish(report);
    return report;
  }
  std::vector<DeviceEvidence> silent;
  set_silent_apart(evidence, silent, report.findings);
  const size_t reference = choose_reference(evidence, gates);
  const Alignment all = align(evidence, gates, reference);
  const bool empty = std::any_of(all.devices.begin(), all.devices.end(),
                                 [](const AlignedDevice& d) { return d.empty(); });
  if (all.ticks == 0 || empty) {
    describe_sources(evidence, report);
    report.findings.push_back(no_overlap(evidence));
    report.verdict = evidence.devices.size() < 2 ? Verdict::standalone
                     : empty                     ? Verdict::not_in_step
                                                 : Verdict::not_one_take;
  } else {
    judge_aligned(evidence, all, reference, last_good, report);
    for (const DeviceEvidence& device : silent) report.devices.push_back(describe_source(device));
    if (report.devices.size() > 1 && all.ticks < kFewestTicks)
      report.findings.push_back(too_short(report));
    report.verdict = verdict_of(report);
  }
  finish(report);
  return report;
}

}  // namespace lockstep
