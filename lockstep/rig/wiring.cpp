// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <algorithm>

#include "lockstep/rig/plan_parts.h"

namespace lockstep {
namespace {

const RigCamera* camera_named(const Rig& rig, const std::string& name) {
  const auto it = std::find_if(rig.cameras.begin(), rig.cameras.end(),
                               [&](const RigCamera& c) { return c.name == name; });
  return it == rig.cameras.end() ? nullptr : &*it;
}

const RigBox* box_named(const Rig& rig, const std::string& name) {
  const auto it = std::find_if(rig.boxes.begin(), rig.boxes.end(),
                               [&](const RigBox& b) { return b.name == name; });
  return it == rig.boxes.end() ? nullptr : &*it;
}

std::string port_text(const Rig& rig, const CableEnd& end) {
  if (camera_named(rig, end.node) != nullptr)
    return fmt::format("{} Sync {}", end.node, end.port == "in" ? "In" : "Out");
  return fmt::format("{} {}", end.node, end.port);
}

enum class Plug { jack, bnc, generator, femto };

Plug plug_of(const Rig& rig, const CableEnd& end) {
  if (const RigCamera* camera = camera_named(rig, end.node)) {
    return camera->family == Family::azure_kinect ? Plug::jack : Plug::femto;
  }
  const RigBox* box = box_named(rig, end.node);
  if (box == nullptr || box->kind == BoxKind::splitter) return Plug::jack;
  if (box->kind == BoxKind::sync_hub) return Plug::femto;
  return box->kind == BoxKind::amplifier ? Plug::bnc : Plug::generator;
}

std::string part_text(Plug from, Plug to, std::optional<double> length_m) {
  const std::string length = length_m ? fmt::format(", {:g} m", *length_m) : ", shorter than 10 m";
  const auto either = [&](Plug plug) { return from == plug || to == plug; };
  if (either(Plug::femto)) return "cable of the sync hub (8-pin port, T568B)" + length;
  if (either(Plug::generator)) {
    return fmt::format("cable made for the generator's output to {}{}",
                       to == Plug::bnc ? "BNC" : "3.5 mm male", length);
  }
  if (from == Plug::bnc && to == Plug::bnc) return "BNC cable" + length;
  if (either(Plug::bnc)) return "BNC to 3.5 mm male cable or adapter" + length;
  return "3.5 mm male-male cable" + length;
}

std::string remark_text(const Rig& rig, const RigCable& cable) {
  const auto same_port = [&](const RigCable& other) {
    return other.from.node == cable.from.node && other.from.port == cable.from.port;
  };
  const auto count = std::count_if(rig.cables.begin(), rig.cables.end(), same_port);
  const RigBox* box = box_named(rig, cable.from.node);
  if (count == 2)
    return "with a passive Y-splitter (3.5 mm TRS, one plug to two sockets) at " +
           port_text(rig, cable.from);
  if (box != nullptr && box->kind == BoxKind::generator)
    return "tip carries the pulse, ring and sleeve are ground";
  return "";
}

// What the rig file says of its boxes for people.
void box_notes(const Rig& rig, Plan& plan) {
  for (const RigBox& box : rig.boxes) {
    std::string feeds;
    for (const std::string& fed : box.also_feeds) feeds += (feeds.empty() ? "" : ", ") + fed;
    if (!box.model.empty())
      plan.wiring_notes.push_back(fmt::format("'{}': model {}.", box.name, box.model));
    if (!feeds.empty())
      plan.wiring_notes.push_back(fmt::format("'{}' also feeds {}.", box.name, feeds));
  }
}

void notes(const Rig& rig, Plan& plan) {
  const bool azure = std::any_of(rig.cameras.begin(), rig.cameras.end(), [](const RigCamera& c) {
    return c.family == Family::azure_kinect;
  });
  if (azure) {
    plan.wiring_notes.emplace_back(
        "Jacks are under the white cover: take out two screws at the back (Torx, wrench in the "
        "camera's box) and slip it off.");
    plan.wiring_notes.emplace_back(
        "Plugs are 3.5 mm, mono or stereo: tip = signal (5 V, active high), ring and sleeve = "
        "ground.");
  }
  if (azure && rig.cameras.size() > 1 && !plan.external_source) {
    plan.wiring_notes.push_back(
        fmt::format("Leave the Sync In of {} empty: with a plug there it refuses to be master.",
                    plan.source.empty() ? "the source" : plan.source));
  }
  if (std::any_of(rig.cameras.begin(), rig.cameras.end(),
                  [](const RigCamera& c) { return c.family != Family::azure_kinect; })) {
    plan.wiring_notes.emplace_back(
        "Femto cameras take 1.8 V pulses at an 8-pin port and connect through a sync hub.");
  }
  plan.wiring_notes.emplace_back("Each link is shorter than 10 m.");
  box_notes(rig, plan);
}

}  // namespace

std::string link_name(const WiringLine& cable) {
  const auto port = [](const std::string& text, const std::string& node) {
    const std::string said = text.size() > node.size() ? text.substr(node.size() + 1) : "";
    return said == "Sync In" ? "in" : said == "Sync Out" ? "out" : said;
  };
  return fmt::format("{}.{} -> {}.{}", cable.from_node, port(cable.from, cable.from_node),
                     cable.to_node, port(cable.to, cable.to_node));
}

void make_wiring(const Rig& rig, Plan& plan) {
  for (const RigCable& cable : rig.cables) {
    plan.wiring.push_back(
        {port_text(rig, cable.from), port_text(rig, cable.to),
         part_text(plug_of(rig, cable.from), plug_of(rig, cable.to), cable.length_m),
         remark_text(rig, cable), cable.from.node, cable.to.node});
  }
  if (!plan.wiring.empty()) notes(rig, plan);
}

}  // namespace lockstep
