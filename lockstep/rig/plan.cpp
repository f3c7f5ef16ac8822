// SPDX-License-Identifier: MIT
#include "lockstep/rig/plan.h"

#include <algorithm>

#include "lockstep/rig/laser_plan.h"
#include "lockstep/rig/plan_parts.h"
#include "lockstep/sensor/family.h"

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

// False when a camera's place on the line, its rate or its modes are not what will run.
bool check_cameras(const Rig& rig, const CableGraph& graph, Plan& plan, Findings& findings) {
  const size_t before = findings.errors();
  compare_rates(rig, graph, findings);
  for (size_t i = 0; i < rig.cameras.size(); ++i) {
    check_camera(rig.cameras[i], graph.whole, plan.cameras[i], findings);
  }
  return graph.whole && findings.errors() == before;
}

// Of a rig whose line or modes have to change first, lasers are neither judged nor shown: whatever
// would be said of them follows from that, and changes with it. A rig that is recorded all the same
// still gets its delays.
void plan_lasers(const Rig& rig, bool sound, Plan& plan, Findings& findings) {
  Findings unsaid(rig);
  Findings& judged = sound ? findings : unsaid;
  choose_delays(rig, plan, judged);
  judge_planned_lasers(rig, plan, judged);
  if (!sound) plan.gaps.clear();
}

}  // namespace

bool Plan::has_errors() const {
  return std::any_of(findings.begin(), findings.end(),
                     [](const PlanFinding& f) { return f.severity == Severity::error; });
}

bool Plan::lasers_planned() const {
  return !has_errors() || cameras.size() == 1 || !gaps.empty();
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
  // A camera alone runs at its own rate; on a line, another than the rig's is an error.
  plan.frame_rate = rig.cameras.size() == 1 ? rig.cameras[0].config.frame_rate : rig.frame_rate;

  const CableGraph graph = follow_cables(rig, findings);
  plan.source = graph.source;
  plan.external_source = graph.external_source;
  for (size_t i = 0; i < rig.cameras.size(); ++i)
    plan.cameras.push_back(planned(rig, rig.cameras[i], graph.cameras[i]));
  const bool sound = check_cameras(rig, graph, plan, findings);
  compare_settings(rig, graph, findings);
  plan_lasers(rig, sound, plan, findings);
  order_start(plan);
  plan.settle_before_master_s = settle_time(rig);
  plan.load = make_load(rig, findings);
  make_wiring(rig, plan);
  plan.findings = findings.take();
  return plan;
}

}  // namespace lockstep
