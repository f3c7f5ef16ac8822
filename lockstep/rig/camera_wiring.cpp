// SPDX-License-Identifier: MIT
#include "lockstep/rig/camera_wiring.h"

#include <algorithm>
#include <set>

#include "lockstep/sensor/family.h"

namespace lockstep {
namespace {

int camera_index(const Rig& rig, const std::string& name) {
  for (size_t i = 0; i < rig.cameras.size(); ++i) {
    if (rig.cameras[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

bool is_generator(const Rig& rig, const std::string& name) {
  return std::any_of(rig.boxes.begin(), rig.boxes.end(), [&](const RigBox& box) {
    return box.name == name && box.kind == BoxKind::generator;
  });
}

/// The cable that ends in the sync input of `node`, a camera or a box.
const RigCable* cable_into(const Rig& rig, const std::string& node) {
  const bool camera = camera_index(rig, node) >= 0;
  for (const RigCable& cable : rig.cables) {
    if (cable.to.node == node && (!camera || cable.to.port == "in")) return &cable;
  }
  return nullptr;
}

SyncJacks felt_jacks(const Rig& rig, const RigCamera& camera) {
  if (!family_traits(camera.family).detects_jacks) return {};
  SyncJacks jacks{false, false};
  for (const RigCable& cable : rig.cables) {
    for (const CableEnd* end : {&cable.from, &cable.to}) {
      if (end->node != camera.name) continue;
      if (end->port == "in") jacks.in_plugged = true;
      if (end->port == "out") jacks.out_plugged = true;
    }
  }
  return jacks;
}

}  // namespace

std::vector<CameraWiring> trace_cables(const Rig& rig) {
  std::vector<CameraWiring> all;
  for (const RigCamera& camera : rig.cameras) {
    CameraWiring wiring{felt_jacks(rig, camera), {}, false};
    std::set<std::string> seen{camera.name};
    std::string node = camera.name;
    while (const RigCable* cable = cable_into(rig, node)) {
      node = cable->from.node;
      if (!seen.insert(node).second) break;
      if (is_generator(rig, node)) {
        wiring.generator_upstream = true;
        break;
      }
      if (const int index = camera_index(rig, node); index >= 0) wiring.upstream.push_back(index);
    }
    all.push_back(std::move(wiring));
  }
  return all;
}

}  // namespace lockstep
