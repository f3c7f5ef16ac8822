// SPDX-License-Identifier: MIT
#include "lockstep/rig/plan.h"

#include <algorithm>

#include "lockstep/rig/laser_plan.h"
#include "lockstep/rig/plan_parts.h"

namespace lockstep {
namespace {

bool clock_disciplined(const Rig& rig, const RigCamera& said) {
  const ClockModel world = rig.world ? rig.world->clock : ClockModel::family_default;
  if (world != ClockModel::family_default) return world == ClockModel::disciplined;
  if (said.clock == DeviceClockMode::follow_host) return false;
  return family_traits(said.family).clock_disciplined;
}

PlannedCamera planned(const Rig& rig, const RigCamera& said, const CameraOnLine& line) {
  PlannedCamera camera;
  camera.name = said.name;
  camera.serial = said.serial;
  camera.family = said.family;
  camera.config = said.config;
  camera.config.wired_sync = line.role;
  camera.hops = line.hops;
  camera.clock_disciplined = clock_disciplined(rig, said);
  camera.laser = laser_train(said.family, said.config.depth_mode);
  return camera;
}

// Subordinates in the order of the rig file, the master last.
void order_start(Plan& plan) {
  int next = 0;
  for (const bool masters : {false, true}) {
    for (PlannedCamera& camera : plan.cameras) {
      if ((camera.config.wired_sync == WiredSync::master) == masters) camera.start_order = next++;
    }
  }
}

double settle_time(const Rig& rig) {
  double seconds = 0;
  for (const RigCamera& camera : rig.cameras) {
    seconds = std::max(
        seconds, camera.settle_s.value_or(family_traits(camera.family).settle_before_master_s));
  }
  return rig.cameras.size() > 1 ? seconds : 0;
}

}  // namespace

bool Plan::has_errors() const {
  return std::any_of(findings.begin(), findings.end(),
                     [](const PlanFinding& f) { return f.severity == Severity::error; });
}

const PlannedCamera* Plan::find(std::string_view name) const {
  const auto it = std::find_if(cameras.begin(), cameras.end(),
                               [&](const PlannedCamera& c) { return c.name == name; });
  return it == cameras.end() ? nullptr : &*it;
}

Plan make_plan(const Rig& rig) {
  Plan plan;
  if (rig.cameras.empty()) return plan;
  Findings findings(rig);
  plan.rig_name = rig.name;
  plan.is_virtual = rig.is_virtual();
  plan.frame_rate = rig.frame_rate;

  const CableGraph graph = follow_cables(rig, findings);
  plan.source = graph.source;
  plan.external_source = graph.external_source;
  for (size_t i = 0; i < rig.cameras.size(); ++i)
    plan.cameras.push_back(planned(rig, rig.cameras[i], graph.cameras[i]));
  compare_settings(rig, graph, findings);
  choose_delays(rig, plan, findings);
  Adjustments adjustments;
  for (size_t i = 0; i < rig.cameras.size(); ++i) {
    check_camera(rig.cameras[i], plan.cameras[i], adjustments, findings);
  }
  note_adjustments(adjustments, findings);
  judge_lasers(rig, plan, findings);
  order_start(plan);
  plan.settle_before_master_s = settle_time(rig);
  plan.load = make_load(rig, findings);
  make_wiring(rig, plan);
  plan.findings = findings.take();
  return plan;
}

}  // namespace lockstep
