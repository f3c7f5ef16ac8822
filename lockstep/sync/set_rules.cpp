// SPDX-License-Identifier: MIT
#include "lockstep/sync/set_rules.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "lockstep/base/text.h"
#include "lockstep/sensor/timing.h"
#include "lockstep/sync/alignment.h"

namespace lockstep {
namespace {

Finding finding(FindingLevel level, std::string rule, std::string device, std::string message,
                std::string cause, std::string mend) {
  Finding f;
  f.level = level;
  f.rule = std::move(rule);
  f.device = std::move(device);
  f.message = std::move(message);
  f.cause = std::move(cause);
  f.mend = std::move(mend);
  return f;
}

constexpr auto kFail = FindingLevel::fail;
constexpr auto kWarning = FindingLevel::warning;

double length_s(const DeviceEvidence& device) {
  double longest = 0;
  for (const auto* stream : {&device.color, &device.depth}) {
    if (stream->empty()) continue;
    const auto [low, high] = std::minmax_element(stream->begin(), stream->end());
    longest = std::max(longest, static_cast<double>(since(*low, *high).count()) * 1e-9);
  }
  return longest;
}

void same_rate(const Evidence& evidence, std::vector<Finding>& out) {
  const DeviceEvidence& first = evidence.devices.front();
  for (const DeviceEvidence& other : evidence.devices) {
    if (other.config.frame_rate == first.config.frame_rate) continue;
    out.push_back(
        finding(kFail, "mixed-rates", other.name,
                fmt::format("{} has {} frames per second, {} has {}: one sync line has one rate.",
                            other.source, frames_per_second(other.config.frame_rate), first.source,
                            frames_per_second(first.config.frame_rate)),
                "The files are of different takes, or a camera was started with another rate.",
                "Give the files of one take; record with one rate on all cameras."));
    return;
  }
}

void one_file_each(const Evidence& evidence, std::vector<Finding>& out) {
  std::map<std::string, const DeviceEvidence*> seen;
  for (const DeviceEvidence& device : evidence.devices) {
    if (device.serial.empty()) continue;
    const auto [at, fresh] = seen.emplace(device.serial, &device);
    if (fresh || (at->second->name == device.name && at->second->part != device.part)) continue;
    out.push_back(finding(kFail, "duplicate-serial", device.name,
                          fmt::format("{} and {} are of one camera (serial {}).",
                                      at->second->source, device.source, device.serial),
                          "They are of two takes, or one is a copy of the other.",
                          "Give one recording of every camera."));
  }
}

void one_master(const Evidence& evidence, std::vector<Finding>& out) {
  const DeviceEvidence* master = nullptr;
  for (const DeviceEvidence& device : evidence.devices) {
    if (device.part > 1 || device.config.wired_sync != WiredSync::master) continue;
    // Two files of one camera are told as such.
    const bool same =
        master != nullptr && !device.serial.empty() && master->serial == device.serial;
    if (master != nullptr && !same) {
      out.push_back(finding(kFail, "two-masters", device.name,
                            fmt::format("{} and {} were both master: a line has one source.",
                                        master->source, device.source),
                            "The files are of two takes, or two rigs recorded side by side.",
                            "Give the files of one rig and one take."));
    }
    master = &device;
  }
}

/// Recordings of `lockstep record` carry their take's id.
void one_take_id(const Evidence& evidence, std::vector<Finding>& out) {
  const DeviceEvidence* first = nullptr;
  for (const DeviceEvidence& device : evidence.devices) {
    if (device.take_id.empty()) continue;
    if (first == nullptr) first = &device;
    if (device.take_id == first->take_id) continue;
    out.push_back(finding(kFail, "mixed-takes", device.name,
                          fmt::format("{} and {} are of two takes: their take ids are {} and {}.",
                                      first->source, device.source, first->take_id, device.take_id),
                          "Files of several takes were given together.",
                          "Give the files of one take, or its folder."));
    return;
  }
}

void near_dates(const Evidence& evidence, const Gates& gates, std::vector<Finding>& out) {
  const DeviceEvidence *first = nullptr, *last = nullptr;
  double longest_s = 0;
  for (const DeviceEvidence& device : evidence.devices) {
    longest_s = std::max(longest_s, length_s(device));
    if (device.date_utc_ns == 0) continue;
    if (first == nullptr || device.date_utc_ns < first->date_utc_ns) first = &device;
    if (last == nullptr || device.date_utc_ns > last->date_utc_ns) last = &device;
  }
  if (first == nullptr) return;
  // Dates come from anywhere: whole nanoseconds between two of them may overflow.
  const double apart_s = static_cast<double>(last->date_utc_ns) * 1e-9 -
                         static_cast<double>(first->date_utc_ns) * 1e-9;
  if (apart_s <= longest_s + gates.dates_apart_min * 60) return;
  Finding f = finding(kFail, "mixed-dates", last->name,
                      fmt::format("{} was recorded {} after {}.", last->source,
                                  apart_s < 2 * 86400 ? fmt::format("{:.1f} h", apart_s / 3600)
                                                      : fmt::format("{:.0f} days", apart_s / 86400),
                                  first->source),
                      "The files are of different takes, or a host's clock was wrong.",
                      "Give the files of one take; if a clock was wrong, raise --dates-apart-min.");
  f.value = apart_s / 60;
  f.gate = gates.dates_apart_min;
  f.unit = "min";
  out.push_back(f);
}

void one_world(const Evidence& evidence, std::vector<Finding>& out) {
  const DeviceEvidence& first = evidence.devices.front();
  for (const DeviceEvidence& other : evidence.devices) {
    if (other.is_virtual == first.is_virtual) continue;
    out.push_back(finding(kFail, "mixed-virtual", other.name,
                          fmt::format("Of {} and {}, one is of a virtual camera and one is not.",
                                      first.source, other.source),
                          "The files are of different takes.", "Give the files of one take."));
    return;
  }
}

void check_tags(const Plan& plan, const PlannedCamera& planned, const DeviceEvidence& device,
                std::vector<Finding>& out) {
  const CameraConfig& want = planned.config;
  const CameraConfig& have = device.config;
  const auto differs = [&](std::string_view what, std::string a, std::string b) {
    out.push_back(
        finding(kWarning, "not-as-planned", device.name,
                fmt::format("{} was recorded with {} {}, rig \"{}\" plans {}.", device.name, what,
                            a, plan.rig_name, b),
                "The recording was made with other settings, or the rig file changed since.",
                "Verify with the rig file that the take was recorded with."));
  };
  if (want.wired_sync != have.wired_sync)
    differs("role", std::string(to_string(have.wired_sync)),
            std::string(to_string(want.wired_sync)));
  if (want.subordinate_delay_off_master != have.subordinate_delay_off_master)
    differs("subordinate delay", fmt::format("{} us", have.subordinate_delay_off_master.count()),
            fmt::format("{} us", want.subordinate_delay_off_master.count()));
  if (want.depth_delay_off_color != have.depth_delay_off_color)
    differs("depth delay", fmt::format("{} us", have.depth_delay_off_color.count()),
            fmt::format("{} us", want.depth_delay_off_color.count()));
  if (want.frame_rate != have.frame_rate)
    differs("a rate of", fmt::format("{} fps", frames_per_second(have.frame_rate)),
            fmt::format("{} fps", frames_per_second(want.frame_rate)));
  if (want.depth_mode != have.depth_mode)
    differs("depth mode", std::string(to_string(have.depth_mode)),
            std::string(to_string(want.depth_mode)));
  const auto color = [](const CameraConfig& c) {
    return color_mode_name(c.color_format, c.color_resolution);
  };
  if (color(want) != color(have)) differs("colour mode", color(have), color(want));
  if (!want.exposure || device.exposures.size() != 1) return;
  const Micros exposure = realised_exposure(
      planned.family, *want.exposure, want.powerline.value_or(Powerline::hz60), want.frame_rate);
  const Micros recorded = device.exposures.front().second;
  if (recorded != exposure)
    differs("an exposure of", fmt::format("{} us", recorded.count()),
            fmt::format("{} us", exposure.count()));
}

std::string serial_of(const DeviceEvidence& device) {
  return device.serial.empty() ? "no serial" : "serial " + device.serial;
}

Finding not_in_rig(const Plan& plan, const DeviceEvidence& device) {
  const PlannedCamera* namesake = plan.find(device.name);
  return finding(
      kFail, "not-in-rig", device.name,
      fmt::format("{} ({}) is of no camera of rig \"{}\"{}.", device.source, serial_of(device),
                  plan.rig_name,
                  namesake == nullptr
                      ? ""
                      : fmt::format(", whose {} is serial {}", namesake->name, namesake->serial)),
      "The recording is of another rig, or a camera was replaced and the rig file has the old "
      "serial.",
      "Give the rig file that the take was recorded with, or write the camera's serial into it. "
      "A file is matched by its serial, and by its name only when it has none.");
}

/// One sentence for a set of which no file is of the rig.
Finding another_rig(const Plan& plan, const Evidence& evidence) {
  const DeviceEvidence& device = evidence.devices.front();
  return finding(
      kFail, "not-in-rig", "",
      fmt::format("None of these recordings is of rig \"{}\": {} has {}, the rig has serial {}{}.",
                  plan.rig_name, device.source, serial_of(device),
                  plan.cameras.empty() ? "none" : plan.cameras.front().serial,
                  plan.cameras.size() > 1 ? " and others" : ""),
      "The rig file is another rig's, or its serials are not those of the cameras.",
      "Give the rig file that the take was recorded with, or write the cameras' serials into it. "
      "A file is matched by its serial, and by its name only when it has none.");
}

void check_exposures(const Evidence& evidence, std::vector<Finding>& out) {
  std::map<int64_t, std::string> values;
  for (const DeviceEvidence& device : evidence.devices) {
    if (device.exposures.size() > 1) {
      out.push_back(
          finding(kWarning, "exposure-automatic", device.name,
                  fmt::format("The exposure of {} changed {} in the take.", device.name,
                              device.exposures.size() == 2
                                  ? "once"
                                  : fmt::format("{} times", device.exposures.size() - 1)),
                  "Exposure is automatic, or was set while it ran; its centre wanders with it.",
                  "Set one manual exposure on all cameras before the start."));
    } else if (device.exposures.size() == 1 && !device.color.empty()) {
      values.emplace(device.exposures.front().second.count(), device.name);
    }
  }
  if (values.size() < 2) return;
  const auto& [low, dark] = *values.begin();
  const auto& [high, bright] = *values.rbegin();
  out.push_back(
      finding(kWarning, "exposure-differs", bright,
              fmt::format("Exposures differ: {} has {} us, {} has {} us.", dark, low, bright, high),
              "Their exposures begin or end together, but their centres do not.",
              "Set one manual exposure on all cameras before the start."));
}

}  // namespace

std::vector<Finding> mixed_takes(const Evidence& evidence, const Gates& gates) {
  std::vector<Finding> out;
  if (evidence.devices.empty()) return out;
  one_file_each(evidence, out);
  same_rate(evidence, out);
  one_master(evidence, out);
  one_take_id(evidence, out);
  near_dates(evidence, gates, out);
  one_world(evidence, out);
  return out;
}

std::vector<Finding> lost_recordings(const Evidence& evidence) {
  std::vector<Finding> out;
  for (const LostRecording& lost : evidence.lost) {
    const std::string what =
        lost.part > 1 ? fmt::format("part {} of the recording of {}", lost.part, lost.camera)
                      : "the recording of " + lost.camera;
    if (lost.why.empty()) {
      out.push_back(finding(kFail, "recording-missing", lost.camera,
                            fmt::format("{} is missing: the take has it as {}.", lost.source, what),
                            "It was moved, renamed or removed after the take was recorded.",
                            "Put it back; without it the take is no longer whole."));
      continue;
    }
    out.push_back(finding(
        kFail, "recording-unusable", lost.camera,
        fmt::format("{} cannot be used as {}, of which the take counted {}: {}.", lost.source, what,
                    counted(static_cast<int64_t>(lost.captures), "capture"), lost.why),
        "The file was replaced, emptied or damaged after the take was recorded.",
        "Put back the file that was recorded; nothing can be said of this camera without it."));
  }
  return out;
}

std::vector<Finding> misplaced_recordings(const Evidence& evidence) {
  std::vector<Finding> out;
  for (const DeviceEvidence& device : evidence.devices) {
    if (device.serial.empty() || device.take_serial.empty() || device.serial == device.take_serial)
      continue;
    const auto own =
        std::find_if(evidence.devices.begin(), evidence.devices.end(),
                     [&](const DeviceEvidence& d) { return d.take_serial == device.serial; });
    const std::string whose =
        own == evidence.devices.end() ? "a camera that the take does not have" : own->name;
    out.push_back(finding(
        kFail, "misplaced-recording", device.name,
        fmt::format("{} holds serial {}, which is {}; the take has it as the recording of {}, "
                    "serial {}.",
                    device.source, device.serial, whose, device.name, device.take_serial),
        "Files of the take were renamed, swapped or replaced after it was recorded.",
        "Give every recording its own name again; until then nothing is judged."));
  }
  return out;
}

std::vector<Finding> not_wired(const Evidence& evidence) {
  std::vector<Finding> out;
  std::set<std::string> names;
  for (const DeviceEvidence& device : evidence.devices) names.insert(device.name);
  if (names.size() < 2) return out;
  for (const DeviceEvidence& device : evidence.devices) {
    if (device.has_wired_sync_tag && device.config.wired_sync != WiredSync::standalone) continue;
    out.push_back(finding(
        kFail, "not-wired", device.name,
        device.has_wired_sync_tag
            ? fmt::format("{} was recorded standalone: it did not listen to a sync line.",
                          device.source)
            : fmt::format("{} does not say how it was wired: it has no wired-sync tag.",
                          device.source),
        device.has_wired_sync_tag
            ? "The recorder was started without external sync."
            : "It was not written by a recorder of Kinect recordings, or a tool removed the tag.",
        "Record with one master and subordinates for the rest (k4arecorder: --external-sync)."));
  }
  return out;
}

std::vector<Finding> against_plan(const Evidence& evidence) {
  std::vector<Finding> out;
  if (!evidence.plan) return out;
  const Plan& plan = *evidence.plan;
  std::set<std::string> present;
  std::vector<const DeviceEvidence*> strangers;
  for (const DeviceEvidence& device : evidence.devices) {
    const PlannedCamera* planned = planned_for(plan, device);
    if (planned == nullptr) {
      strangers.push_back(&device);
      continue;
    }
    present.insert(planned->name);
    if (device.part > 1) continue;
    check_tags(plan, *planned, device, out);
    if (planned->config.color_on() && !planned->config.exposure && device.exposures.size() < 2)
      out.push_back(
          finding(kWarning, "exposure-automatic", device.name,
                  fmt::format("The rig leaves the exposure of {} automatic.", device.name),
                  "Its exposure follows the light, and the centre of it wanders.",
                  "Set one manual exposure on all cameras in the rig file."));
  }
  if (present.empty()) {
    out.push_back(another_rig(plan, evidence));
    return out;
  }
  for (const LostRecording& lost : evidence.lost) present.insert(lost.camera);
  for (const DeviceEvidence* device : strangers) out.push_back(not_in_rig(plan, *device));
  for (const PlannedCamera& camera : plan.cameras) {
    if (present.count(camera.name) != 0) continue;
    out.push_back(
        finding(kFail, "camera-missing", camera.name,
                fmt::format("There is no recording of {} (serial {}), which rig \"{}\" has.",
                            camera.name, camera.serial, plan.rig_name),
                "It recorded nothing, or its file was not given.",
                "Give its file too; if it recorded nothing, look at its cables and record again."));
  }
  return out;
}

std::vector<Finding> as_recorded(const Evidence& evidence) {
  std::vector<Finding> out;
  if (evidence.unfinished)
    out.push_back(finding(kWarning, "take-unfinished", "",
                          "The take is still being recorded; what there is of it is judged.", "",
                          "Verify it again when it has ended."));
  if (evidence.left_behind)
    out.push_back(finding(kWarning, "take-left-behind", "",
                          "The recorder of the take died before it had ended it.",
                          "It was killed, the power went, or the folder was moved meanwhile.",
                          "Run lockstep recover on the take: it finishes it."));
  if (evidence.incomplete)
    out.push_back(finding(
        FindingLevel::note, "take-incomplete", "",
        "The take is incomplete: a fault ended it, or it was recovered after one.", "", ""));
  if (evidence.unproved)
    out.push_back(
        finding(kWarning, "take-unproved", "",
                "The take is marked UNPROVED: it was recorded although something spoke against "
                "its being in step.",
                "The plan fell short, the rig did not lock, or a master was started "
                "before its subordinates (lockstep info tells).",
                "Mend what lockstep plan says, and record again: without --anyway, "
                "subordinates first."));
  for (const DeviceEvidence& device : evidence.devices) {
    if (!device.damage.empty()) {
      std::string what = device.damage.front();
      if (device.damage.size() > 1)
        what += fmt::format(" ({} more: see lockstep info)", device.damage.size() - 1);
      out.push_back(finding(
          kWarning, "damaged-file", device.name, fmt::format("{}: {}.", device.source, what),
          "Its recorder died, or a copy of the file was broken off.",
          fmt::format("What can be read is judged. lockstep recover {} makes a whole file "
                      "beside it; lockstep info tells all that is wrong.",
                      evidence.left_behind ? "on the take" : device.source)));
    }
    if (!device.lost_because.empty()) {
      std::string why = device.lost_because;
      while (!why.empty() && why.back() == '.') why.pop_back();
      out.push_back(finding(kFail, "camera-lost", device.name,
                            fmt::format("{} ended before the cut: {}.", device.name, why),
                            "It was unplugged, lost power, or its USB controller gave up.",
                            "Look at its cable, power and controller before the next take."));
    }
  }
  check_exposures(evidence, out);
  return out;
}

}  // namespace lockstep
