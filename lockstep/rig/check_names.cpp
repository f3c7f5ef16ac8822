// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "lockstep/base/suggestion.h"
#include "lockstep/rig/rig_reader.h"

namespace lockstep {
namespace {

constexpr std::string_view kVirtualPrefix = "virtual-";
constexpr size_t kLongestName = 64;

bool is_virtual_serial(std::string_view serial) {
  return serial.substr(0, kVirtualPrefix.size()) == kVirtualPrefix;
}

// A camera's name becomes the name of its recording, so it must be fit for a file everywhere.
bool is_file_name(std::string_view name) {
  if (name.empty() || name.size() > kLongestName || name[0] == '-') return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
           c == '_';
  });
}

class NameCheck {
 public:
  NameCheck(Rig& rig, Problems& problems) : rig_(rig), problems_(problems) {
    for (const RigCamera& camera : rig.cameras) learn(cameras_, camera.name);
    nodes_ = cameras_;
    for (const RigBox& box : rig.boxes) learn(nodes_, box.name);
    // Somebody has no name, or that of another: who is meant where it is missing cannot be said.
    all_named_ = !cameras_.empty() && nodes_.size() == rig.cameras.size() + rig.boxes.size();
  }

  void run() {
    unique_names();
    unique_serials();
    source();
    for (const RigCable& cable : rig_.cables) {
      if (backwards(cable)) continue;
      check_port(cable.from, cable.where, true);
      check_port(cable.to, cable.where, false);
    }
    for (const auto& group : rig_.lasers.never_overlap) {
      for (const std::string& name : group)
        known_camera(name, rig_.lasers_where.line, "'never_overlap' names");
    }
    real_or_virtual();
    power_lines();
  }

 private:
  static void learn(std::vector<std::string>& names, const std::string& name) {
    if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end())
      names.push_back(name);
  }

  void claim(const std::string& name, int line, std::string_view kind) {
    if (name.empty()) return;
    if (!is_file_name(name)) {
      problems_.add(line, fmt::format("the name '{}' of a {} is not fit for a file: use letters, "
                                      "digits, '-' and '_', at most {}",
                                      name, kind, kLongestName));
    }
    const auto [first, fresh] = lines_.emplace(name, line);
    if (fresh) {
      if (kind == "camera") claim_file(name, line);
    } else {
      problems_.add(
          line, fmt::format(
                    "the name '{}' is already taken in line {}: give every camera and box its own",
                    name, first->second));
    }
  }

  // Some file systems keep one file for 'Left.mkv' and 'left.mkv'.
  void claim_file(const std::string& name, int line) {
    std::string file = name;
    for (char& c : file) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    const auto [first, fresh] = files_.emplace(file, name);
    if (fresh) return;
    problems_.add(
        line, fmt::format("the camera names '{}' (line {}) and '{}' differ only by case, and some "
                          "disks keep one file for both: give every camera its own",
                          first->second, lines_[first->second], name));
  }

  void unique_names() {
    for (const RigCamera& camera : rig_.cameras) claim(camera.name, camera.where.line, "camera");
    for (const RigBox& box : rig_.boxes) claim(box.name, box.where.line, "box");
  }

  void unique_serials() {
    std::map<std::string, const RigCamera*> owners;
    for (const RigCamera& camera : rig_.cameras) {
      if (camera.serial.empty()) continue;
      const auto [owner, fresh] = owners.emplace(camera.serial, &camera);
      if (!fresh) {
        problems_.add(
            camera.where.line,
            fmt::format(
                "camera '{}' has the serial '{}' of camera '{}' in line {}: look at both labels",
                camera.name, camera.serial, owner->second->name, owner->second->where.line));
      }
    }
  }

  void source() {
    if (rig_.source.empty() || !all_named_) return;
    if (std::find(nodes_.begin(), nodes_.end(), rig_.source) == nodes_.end()) {
      problems_.add(
          rig_.where.line,
          fmt::format("'source' of rig names '{}', and there is no such camera or box: {}",
                      rig_.source, suggest(rig_.source, nodes_)));
    }
  }

  void known_camera(const std::string& name, int line, std::string_view who) {
    if (!all_named_ || std::find(cameras_.begin(), cameras_.end(), name) != cameras_.end()) return;
    problems_.add(line, fmt::format("{} '{}', and there is no such camera: {}", who, name,
                                    suggest(name, cameras_)));
  }

  [[nodiscard]] const RigBox* find_box(const std::string& name) const {
    const auto box = std::find_if(rig_.boxes.begin(), rig_.boxes.end(),
                                  [&](const RigBox& b) { return b.name == name; });
    return box == rig_.boxes.end() ? nullptr : &*box;
  }

  bool backwards(const RigCable& cable) {
    if (cable.from.port != "in" || cable.to.port.empty() || cable.to.port == "in") return false;
    problems_.add(cable.where.line,
                  fmt::format("a cable runs from an output to an input, and this one from "
                              "\"{}.in\" to \"{}.{}\": swap 'from' and 'to'",
                              cable.from.node, cable.to.node, cable.to.port));
    return true;
  }

  // Outputs of a box may be called anything but "in" (pins, numbers); its input is "in".
  void check_port(const CableEnd& end, SourceLine where, bool is_start) {
    if (end.node.empty()) return;
    const char* key = is_start ? "from" : "to";
    if (std::find(nodes_.begin(), nodes_.end(), end.node) == nodes_.end()) {
      if (!all_named_) return;
      problems_.add(
          where.line,
          fmt::format("'{}' of a cable names '{}', and there is no such camera or box: {}", key,
                      end.node, suggest(end.node, nodes_)));
      return;
    }
    const RigBox* box = find_box(end.node);
    if (box == nullptr && end.port != "in" && end.port != "out") {
      problems_.add(where.line, fmt::format("camera '{}' has no port '{}': {}", end.node, end.port,
                                            suggest(end.port, {"in", "out"})));
    } else if (is_start && end.port == "in") {
      problems_.add(
          where.line,
          fmt::format(
              "a cable starts at an output, and 'from' is \"{}.in\": write \"{}.out\", or swap "
              "'from' and 'to'",
              end.node, end.node));
    } else if (!is_start && end.port != "in") {
      problems_.add(
          where.line,
          fmt::format(
              "a cable ends at an input, and 'to' is \"{}.{}\": write \"{}.in\", or swap 'from' "
              "and 'to'",
              end.node, end.port, end.node));
    } else if (!is_start && box != nullptr && box->kind == BoxKind::generator) {
      problems_.add(
          where.line,
          fmt::format("the generator '{}' has no input that starts cameras: cables begin there",
                      end.node));
    }
  }

  void real_or_virtual() {
    const RigCamera* first_virtual = nullptr;
    const RigCamera* first_real = nullptr;
    for (const RigCamera& camera : rig_.cameras) {
      if (camera.serial.empty()) continue;
      const RigCamera*& first = is_virtual_serial(camera.serial) ? first_virtual : first_real;
      if (first == nullptr) first = &camera;
    }
    if (first_virtual != nullptr && first_real != nullptr) {
      problems_.add(
          first_virtual->where.line,
          fmt::format("camera '{}' is virtual and camera '{}' is real: a rig is all of the one or "
                      "all of the other",
                      first_virtual->name, first_real->name));
    } else if (rig_.world && first_real != nullptr) {
      problems_.add(
          first_real->where.line,
          fmt::format("the rig has a world, and camera '{}' has the serial '{}' of a real camera: "
                      "virtual ones are called \"virtual-0001\" and so on",
                      first_real->name, first_real->serial));
    } else if (first_virtual != nullptr && !rig_.world) {
      rig_.world = RigWorld{};
    }
    if (!rig_.world) {
      for (const RigCamera& camera : rig_.cameras) no_place_of(camera);
      return;
    }
    for (const WorldFault& fault : rig_.world->faults) {
      if (!fault.camera.empty()) known_camera(fault.camera, fault.where.line, "a fault names");
    }
  }

  // A real camera stands where somebody put it.
  void no_place_of(const RigCamera& camera) {
    if (camera.serial.empty()) return;
    for (const char* key : {"pose", "nudge"}) {
      if (camera.said.count(key) == 0) continue;
      problems_.add(camera.where_said(key).line,
                    fmt::format("'{}' of camera '{}' says where a virtual camera stands, and this "
                                "one is real: where it is comes from 'lockstep calibrate'",
                                key, camera.name));
    }
  }

  // The camera cannot know which lamps hang in the room, and a wrong guess flickers: there is no
  // default.
  void power_lines() {
    std::string silent;
    int line = 0;
    for (RigCamera& camera : rig_.cameras) {
      if (camera.config.powerline || !camera.config.color_on()) continue;
      if (rig_.world) {
        camera.config.powerline = Powerline::hz60;
      } else if (!camera.serial.empty() && !is_virtual_serial(camera.serial)) {
        silent += fmt::format("{}'{}'", silent.empty() ? "" : ", ", camera.name);
        if (line == 0) line = camera.where.line;
      }
    }
    if (silent.empty()) return;
    problems_.add(line, fmt::format("no powerline_hz for {}: say 50 or 60, the mains of the lamps "
                                    "in the room, in all_cameras",
                                    silent));
  }

  Rig& rig_;
  Problems& problems_;
  std::vector<std::string> cameras_;
  std::vector<std::string> nodes_;
  std::map<std::string, int> lines_;
  std::map<std::string, std::string> files_;  ///< name without case, and the name
  bool all_named_ = true;
};

}  // namespace

void check_names(Rig& rig, Problems& problems) {
  NameCheck(rig, problems).run();
}

}  // namespace lockstep
