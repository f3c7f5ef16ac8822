// SPDX-License-Identifier: MIT
#include "lockstep/rig/laser_plan.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "lockstep/base/modulo.h"
#include "lockstep/base/text.h"
#include "lockstep/time/tick.h"

namespace lockstep {
namespace {

bool may_overlap(const RigLasers& lasers, const std::string& a, const std::string& b) {
  return std::none_of(lasers.never_overlap.begin(), lasers.never_overlap.end(),
                      [&](const auto& group) {
                        const auto has = [&](const std::string& name) {
                          return std::find(group.begin(), group.end(), name) != group.end();
                        };
                        return has(a) && has(b);
                      });
}

bool delay_given(const RigCamera& camera) {
  return camera.has_subordinate_delay || camera.has_depth_delay;
}

// Start of the first pulse after a tick, q of decision "centre of exposure" being +1/2 or -1/2. Of
// a camera with colour off depth stays where its colour would have it: verify measures it so.
double first_pulse(const PlannedCamera& camera, double q) {
  const auto exposure = static_cast<double>(running_exposure(camera.family, camera.config).count());
  return realised_delays(camera.family, camera.config).depth_us + q * exposure -
         camera.laser.duration_us() / 2;
}

// Which sign of q holds is not known; with equal exposures it does not matter, else the worse
// counts.
double worst_gap(const PlannedCamera& a, const PlannedCamera& b, double period_us) {
  return std::min(
      dark_gap_us(a.laser, first_pulse(a, 0.5), b.laser, first_pulse(b, 0.5), period_us),
      dark_gap_us(a.laser, first_pulse(a, -0.5), b.laser, first_pulse(b, -0.5), period_us));
}

// How densely cameras are packed: starts are multiples of this many register steps.
struct Spacing {
  int register_steps;
  double femto_us;
  double least_gap_us;
};
constexpr Spacing kAimedSpacing{15, 160, kAimedDarkGapUs};  // 166.7 us from start to start
constexpr Spacing kTightSpacing{
    14, 155, kLeastDarkGapUs};  // 155.6 us: a tenth camera fits into the narrow pitch

// The smallest whole number of microseconds that the device turns into the k-th multiple.
Micros slot_delay(Family family, const Spacing& spacing, int64_t k) {
  if (family != Family::azure_kinect) return Micros(k * static_cast<int64_t>(spacing.femto_us));
  const int64_t steps = k * spacing.register_steps;
  return Micros((steps * 100 + 8) / 9);
}

constexpr Micros kVendorSpacing{160};  // what the vendor's documents ask for

// From camera to camera, as the planner asks for it.
Micros aimed_delay() {
  return slot_delay(Family::azure_kinect, kAimedSpacing, 1);
}

class Planner {
 public:
  Planner(const Rig& rig, Plan& plan, Findings& findings)
      : rig_(rig),
        plan_(plan),
        findings_(findings),
        period_us_(frame_period_us(frames_per_second(plan.frame_rate))) {}

  void run() {
    // Ten cameras fit into one pitch only if packed more densely; more need a second block of
    // pulses. A block is left only when neither way keeps everybody inside one pitch.
    if (place_all(kAimedSpacing, true)) return;
    if (place_all(kTightSpacing, true)) {
      report_tight();
      return;
    }
    if (place_all(kAimedSpacing, false)) {
      report_second_block();
      return;
    }
    report_no_room();
  }

 private:
  [[nodiscard]] bool fires(const PlannedCamera& camera) const {
    return camera.laser.pulses > 0 && camera.config.wired_sync != WiredSync::standalone;
  }

  // The delay that the planner moves: nothing when the rig file fixed it or the role forbids it.
  Micros* free_delay(size_t i) {
    const RigCamera& said = rig_.cameras[i];
    CameraConfig& config = plan_.cameras[i].config;
    const bool depth_only = rig_.lasers.stagger == LaserStagger::depth_only && config.color_on();
    if (depth_only) return said.has_depth_delay ? nullptr : &config.depth_delay_off_color;
    if (config.wired_sync != WiredSync::subordinate || said.has_subordinate_delay) return nullptr;
    return &config.subordinate_delay_off_master;
  }

  bool place_all(const Spacing& spacing, bool one_pitch) {
    std::vector<size_t> placed;
    failed_.reset();
    for (size_t i = 0; i < plan_.cameras.size(); ++i) {
      Micros* delay = free_delay(i);
      if (delay != nullptr) *delay = Micros(0);
      if (fires(plan_.cameras[i]) && delay == nullptr) placed.push_back(i);
    }
    // In whole-camera staggering the source is among the fixed ones; in depth-only it comes first.
    for (const bool source_turn : {true, false}) {
      for (size_t i = 0; i < plan_.cameras.size(); ++i) {
        const bool is_source = plan_.cameras[i].config.wired_sync == WiredSync::master;
        if (is_source != source_turn || !fires(plan_.cameras[i]) || free_delay(i) == nullptr)
          continue;
        if (!place(i, placed, spacing, one_pitch)) {
          failed_ = i;
          return false;
        }
        placed.push_back(i);
      }
    }
    return true;
  }

  bool place(size_t i, const std::vector<size_t>& placed, const Spacing& spacing, bool one_pitch) {
    PlannedCamera& camera = plan_.cameras[i];
    Micros* delay = free_delay(i);
    const double limit_us = one_pitch ? camera.laser.pitch_us : std::floor(period_us_);
    for (int64_t k = 0;; ++k) {
      *delay = slot_delay(camera.family, spacing, k);
      if (static_cast<double>(delay->count()) > limit_us) break;
      const bool fits = std::all_of(placed.begin(), placed.end(), [&](size_t other) {
        const PlannedCamera& there = plan_.cameras[other];
        constexpr double kRounding = 1e-6;
        return !may_overlap(rig_.lasers, camera.name, there.name) ||
               worst_gap(camera, there, period_us_) >= spacing.least_gap_us - kRounding;
      });
      if (fits) return true;
    }
    *delay = Micros(0);
    return false;
  }

  void report_tight() {
    const auto firing = std::find_if(plan_.cameras.begin(), plan_.cameras.end(),
                                     [&](const PlannedCamera& camera) { return fires(camera); });
    const double apart_us =
        realised_delay_us(firing->family, slot_delay(firing->family, kTightSpacing, 1));
    findings_.note("tight-lasers", rig_.lasers_where,
                   fmt::format("the cameras fit one laser pitch only at {:.1f} us from pulse to "
                               "pulse, which leaves {:.1f} us dark instead of {:g}",
                               apart_us, apart_us - firing->laser.pulse_us, kAimedDarkGapUs),
                   "nothing to do; say in 'never_overlap' which cameras never see the same thing "
                   "to win room");
  }

  void report_second_block() {
    std::string names;
    for (size_t i = 0; i < plan_.cameras.size(); ++i) {
      const Micros* delay = free_delay(i);
      if (delay == nullptr ||
          static_cast<double>(delay->count()) <= plan_.cameras[i].laser.pitch_us)
        continue;
      names += fmt::format("{}'{}' ({} us)", names.empty() ? "" : ", ", plan_.cameras[i].name,
                           delay->count());
    }
    findings_.note("second-block", rig_.lasers_where,
                   fmt::format("more cameras see the same thing than fit between two laser pulses, "
                               "so these fire in a second block, after the "
                               "others are done: {}",
                               names),
                   "nothing to do if so long a delay suits the scene; else say in 'never_overlap' "
                   "whose views never meet");
  }

  void report_no_room() {
    std::string mend;
    if (mixed_trains()) mend += "give all cameras one depth mode, ";
    const std::vector<std::string> given = with_own_delay();
    if (!given.empty()) mend += fmt::format("leave out the delay of {}, ", listing(given));
    mend += "say in 'never_overlap' whose views never meet";
    if (plan_.frame_rate != FrameRate::fps5) mend += ", or lower the frame rate";
    findings_.error("no-laser-slot", rig_.cameras[*failed_].where,
                    fmt::format("no delay within a frame keeps the laser of '{}' {:g} us away from "
                                "all others at {} fps: too many cameras may see the same thing",
                                rig_.cameras[*failed_].name, kLeastDarkGapUs,
                                frames_per_second(plan_.frame_rate)),
                    mend);
  }

  [[nodiscard]] bool mixed_trains() const {
    return std::any_of(plan_.cameras.begin(), plan_.cameras.end(), [&](const PlannedCamera& c) {
      return fires(c) && c.laser.pitch_us != plan_.cameras[*failed_].laser.pitch_us;
    });
  }

  [[nodiscard]] std::vector<std::string> with_own_delay() const {
    std::vector<std::string> names;
    for (size_t i = 0; i < plan_.cameras.size(); ++i) {
      if (fires(plan_.cameras[i]) && delay_given(rig_.cameras[i]))
        names.push_back(rig_.cameras[i].name);
    }
    return names;
  }

  const Rig& rig_;
  Plan& plan_;
  Findings& findings_;
  double period_us_;
  std::optional<size_t> failed_;
};

// Gaps that the planner chose are wide enough, or no-laser-slot says why they cannot be.
void judge_gap(const Rig& rig, const LaserGap& gap, Findings& findings) {
  if (!gap.may_overlap || gap.gap_us >= kLeastDarkGapUs) return;
  std::vector<std::string> given;
  SourceLine where;
  for (const RigCamera& camera : rig.cameras) {
    if ((camera.name != gap.a && camera.name != gap.b) || !delay_given(camera)) continue;
    given.push_back(camera.name);
    where =
        camera.where_said(camera.has_subordinate_delay ? "subordinate_delay_us" : "depth_delay_us");
  }
  if (given.empty()) return;
  const std::string mend = fmt::format(
      "leave out the delay of {} so that the planner chooses ({} us from camera to "
      "camera), or list '{}' and '{}' under 'never_overlap' if their views never meet",
      listing(given), aimed_delay().count(), gap.a, gap.b);
  if (gap.gap_us < 0) {
    findings.error("lasers-meet", where,
                   fmt::format("the lasers of '{}' and '{}' are on together for {:.1f} us: depth "
                               "of both goes wrong where both look",
                               gap.a, gap.b, -gap.gap_us),
                   mend);
  } else {
    findings.warning("laser-gap", where,
                     fmt::format("only {:.1f} us are dark between the lasers of '{}' and '{}': "
                                 "{:g} us are needed for two clocks that differ a "
                                 "little",
                                 gap.gap_us, gap.a, gap.b, kLeastDarkGapUs),
                     mend);
  }
}

// The vendor's 160 us, realised as 155.6, is accepted; one note for all pairs, for it is one habit.
// Of what the planner chose itself, `report_tight` tells.
void note_tight(const Rig& rig, const std::vector<LaserGap>& gaps, Findings& findings) {
  const auto given = [&](const std::string& name) {
    return std::any_of(rig.cameras.begin(), rig.cameras.end(), [&](const RigCamera& camera) {
      return camera.name == name && delay_given(camera);
    });
  };
  std::string pairs;
  double smallest = kAimedDarkGapUs;
  for (const LaserGap& gap : gaps) {
    const bool tight =
        gap.may_overlap && gap.gap_us >= kLeastDarkGapUs && gap.gap_us < kAimedDarkGapUs - 1e-6;
    if (!tight || (!given(gap.a) && !given(gap.b))) continue;
    pairs += fmt::format("{}'{}' and '{}'", pairs.empty() ? "" : ", ", gap.a, gap.b);
    smallest = std::min(smallest, gap.gap_us);
  }
  if (pairs.empty()) return;
  findings.note(
      "laser-gap-tight", rig.lasers_where,
      fmt::format(
          "down to {:.1f} us are dark between the lasers of {}: accepted, {:g} is aimed for",
          smallest, pairs, kAimedDarkGapUs),
      fmt::format("nothing to do; where there is room, ask for {} us from camera to camera instead "
                  "of {}, which is realised as {:.1f}",
                  aimed_delay().count(), kVendorSpacing.count(),
                  realised_delay_us(Family::azure_kinect, kVendorSpacing)));
}

}  // namespace

double dark_gap_us(const LaserTrain& a, double a_start_us, const LaserTrain& b, double b_start_us,
                   double period_us) {
  double smallest = std::numeric_limits<double>::infinity();
  for (int i = 0; i < a.pulses; ++i) {
    for (int j = 0; j < b.pulses; ++j) {
      const double after_b =
          modulo(a_start_us + i * a.pitch_us - b_start_us - j * b.pitch_us, period_us);
      smallest = std::min({smallest, after_b - b.pulse_us, period_us - after_b - a.pulse_us});
    }
  }
  return smallest;
}

void choose_delays(const Rig& rig, Plan& plan, Findings& findings) {
  Planner(rig, plan, findings).run();
}

void judge_planned_lasers(const Rig& rig, Plan& plan, Findings& findings) {
  const double period_us = frame_period_us(frames_per_second(plan.frame_rate));
  for (PlannedCamera& camera : plan.cameras) {
    const RealisedDelays delays = realised_delays(camera.family, camera.config);
    camera.color_delay_us = delays.color_us;
    camera.depth_delay_us = delays.depth_us - delays.color_us;
    camera.first_pulse_us =
        camera.laser.pulses > 0 ? modulo(first_pulse(camera, 0.5), period_us) : 0;
  }
  for (size_t i = 0; i < plan.cameras.size(); ++i) {
    for (size_t j = i + 1; j < plan.cameras.size(); ++j) {
      const PlannedCamera& a = plan.cameras[i];
      const PlannedCamera& b = plan.cameras[j];
      const auto on_line = [](const PlannedCamera& c) {
        return c.laser.pulses > 0 && c.config.wired_sync != WiredSync::standalone;
      };
      if (!on_line(a) || !on_line(b)) continue;
      plan.gaps.push_back(
          {a.name, b.name, worst_gap(a, b, period_us), may_overlap(rig.lasers, a.name, b.name)});
    }
  }
  std::stable_sort(plan.gaps.begin(), plan.gaps.end(),
                   [](const LaserGap& a, const LaserGap& b) { return a.gap_us < b.gap_us; });
  for (const LaserGap& gap : plan.gaps) judge_gap(rig, gap, findings);
  note_tight(rig, plan.gaps, findings);
}

}  // namespace lockstep
