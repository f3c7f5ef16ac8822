// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <map>

#include "lockstep/rig/plan_parts.h"
#include "lockstep/sensor/payload.h"

namespace lockstep {
namespace {

constexpr double kUsb3Limit = 400;  // MB/s that one 5 Gbit/s controller carries in practice
constexpr double kMega = 1e6;

std::string host_text(const std::string& host) {
  return host.empty() ? "this host" : fmt::format("host '{}'", host);
}

using Key = std::pair<std::string, std::string>;  // host, controller

void judge(const Rig& rig, const Key& key, const PlannedLoad::Line& line, Findings& findings) {
  if (line.megabytes_per_s <= kUsb3Limit || line.cameras.size() < 2 || rig.is_virtual()) return;
  SourceLine where;
  for (const RigCamera& camera : rig.cameras) {
    if (camera.name == line.cameras.back()) where = camera.where;
  }
  if (key.second.empty()) {
    findings.note(
        "usb-unknown", where,
        fmt::format("{} cameras of {} move {:.0f} MB/s together, and one USB 3 controller carries "
                    "about {:g}: nothing says "
                    "how they are spread",
                    line.cameras.size(), host_text(key.first), line.megabytes_per_s, kUsb3Limit),
        "give each camera a controller of its own and say so with usb_controller = \"03:00.0\" "
        "(lspci names them)");
    return;
  }
  findings.warning(
      "usb-load", where,
      fmt::format(
          "{} moves {:.0f} MB/s, and a USB 3 controller carries about {:g}: frames will be lost",
          line.what, line.megabytes_per_s, kUsb3Limit),
      "move a camera to another controller, lower the frame rate, or take a binned depth mode");
}

}  // namespace

PlannedLoad make_load(const Rig& rig, Findings& findings) {
  std::map<Key, PlannedLoad::Line> usb;
  std::map<std::string, PlannedLoad::Line> disk;
  for (const RigCamera& camera : rig.cameras) {
    PlannedLoad::Line& line = usb[{camera.host, camera.usb_controller}];
    line.megabytes_per_s += usb_bytes_per_s(camera.config) / kMega;
    line.cameras.push_back(camera.name);
    PlannedLoad::Line& disk_line = disk[camera.host];
    disk_line.megabytes_per_s += disk_bytes_per_s(camera.config) / kMega;
    disk_line.cameras.push_back(camera.name);
  }
  PlannedLoad load;
  for (auto& [key, line] : usb) {
    const auto& [host, controller] = key;
    line.what = controller.empty()
                    ? fmt::format("USB of {} (controllers not said)", host_text(host))
                    : fmt::format("USB controller {} of {}", controller, host_text(host));
    line.limit_megabytes_per_s = controller.empty() ? 0 : kUsb3Limit;
    judge(rig, key, line, findings);
    load.lines.push_back(line);
  }
  for (auto& [host, line] : disk) {
    line.what = fmt::format("disk of {}", host_text(host));
    load.lines.push_back(line);
  }
  return load;
}

}  // namespace lockstep
