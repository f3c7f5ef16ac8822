// SPDX-License-Identifier: MIT
#include "lockstep/virtual/truth.h"

#include <nlohmann/json.hpp>

#include "lockstep/virtual/board_path.h"
#include "lockstep/virtual/pose.h"

namespace lockstep {
namespace {

using Json = nlohmann::ordered_json;

/// As calibration.json has it.
Json transform_json(const RigidTransform& transform) {
  Json rotation = Json::array();
  for (int row = 0; row < 3; ++row) {
    rotation.push_back(
        {transform.rotation(row, 0), transform.rotation(row, 1), transform.rotation(row, 2)});
  }
  return {{"rotation", rotation},
          {"translation_m",
           {transform.translation.x(), transform.translation.y(), transform.translation.z()}}};
}

Json faults_json(const CameraTraits& traits) {
  Json faults = Json::array();
  for (const WorldFault& fault : traits.faults) {
    faults.push_back({{"kind", to_string(fault.kind)},
                      {"at_s", fault.at_s},
                      {"value", fault.value},
                      {"count", fault.count}});
  }
  return faults;
}

/// What the camera does beyond its plan from the first pulse on, microseconds.
double standing_fault_us(const CameraTraits& traits, FaultKind kind) {
  for (const WorldFault& fault : traits.faults) {
    if (fault.kind == kind && fault.at_s == 0) return fault.value;
  }
  return 0;
}

Json camera_json(const RigCore& core, const CameraTraits& traits) {
  const auto index = static_cast<size_t>(traits.index);
  const PlannedCamera& planned = core.plan.cameras[index];
  const bool subordinate = planned.config.wired_sync == WiredSync::subordinate;
  const double delay_us = standing_fault_us(traits, FaultKind::delay);
  const double own_depth_us = standing_fault_us(traits, FaultKind::depth_delay);
  // The rate of stamps against the line: what a held clock cannot have.
  const double line_scale = [&] {
    if (!subordinate || core.wiring[index].upstream.empty()) return traits.free_period_scale;
    return core.traits[static_cast<size_t>(core.wiring[index].upstream.back())].free_period_scale;
  }();
  const RenderJob& job = core.pictures.job(traits.index);
  const bool held = subordinate && traits.disciplined;
  const double rate = held ? 0 : (line_scale * (1 + traits.own_rate_ppm * 1e-6) - 1) * 1e6;
  return {{"name", traits.name},
          {"serial", traits.serial},
          {"role", std::string(to_string(planned.config.wired_sync))},
          {"hops", planned.hops},
          {"clock", held ? "disciplined" : "free-running"},
          {"crystal_ppm", traits.own_rate_ppm},
          {"rate_ppm", rate},
          {"color_offset_us", planned.color_delay_us + delay_us},
          {"depth_minus_color_us", planned.depth_delay_us + own_depth_us},
          {"stamp_jitter_us", traits.stamp_jitter_us},
          {"faults", faults_json(traits)},
          {"world_from_depth", transform_json(job.pose.world_from_depth)},
          {"depth_bias_mm", job.depth_bias_m * 1000},
          {"calibration", Json::parse(*write_calibration(job.lenses, base_calibration_json()))}};
}

/// Where a board is in each frame of the world.
Json board_json(const RenderJob& job) {
  Json poses = Json::array();
  for (int frame = 0; frame < job.frames(); ++frame)
    poses.push_back(transform_json(world_from_board(job.world, job.places, frame)));
  return poses;
}

}  // namespace

std::string describe_truth(const RigCore& core) {
  const RigWorld& world = *core.rig.world;
  Json cameras = Json::array();
  for (const CameraTraits& traits : core.traits) cameras.push_back(camera_json(core, traits));
  Json truth = {
      {"schema", 2},
      {"rig", core.rig.name},
      {"seed", world.seed},
      {"scene", world.scene},
      {"period_s", world.period_s},
      {"q", world.q},
      {"stamp_meaning", world.stamp_meaning == StampMeaning::start_of_frame ? "start-of-frame"
                                                                            : "center-of-exposure"},
      {"cameras", cameras}};
  if (world.board != nullptr) truth["world_from_board"] = board_json(core.pictures.job(0));
  return truth.dump(1) + "\n";
}

}  // namespace lockstep
