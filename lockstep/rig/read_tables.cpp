// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <array>

#include "lockstep/rig/rig_reader.h"

namespace lockstep {
namespace {

constexpr double kMostMetres = 1000;

CableEnd read_end(TableReader& table, std::string_view key) {
  const auto text = table.text(key);
  if (!text) {
    if (table.missing(key)) {
      table.problem(key, fmt::format("a cable without '{}': write {} = \"left.{}\"", key, key,
                                     key == "from" ? "out" : "in"));
    }
    return {};
  }
  const size_t dot = text->rfind('.');
  if (dot == std::string::npos || dot == 0 || dot + 1 == text->size()) {
    table.problem(
        key,
        fmt::format(
            "'{}' of a cable is '{}': write the camera or box and its port, such as \"left.{}\"",
            key, *text, key == "from" ? "out" : "in"));
    return {};
  }
  return {text->substr(0, dot), text->substr(dot + 1)};
}

}  // namespace

RigCable read_cable(const TomlValue& value, Problems& problems) {
  RigCable cable;
  cable.where.line = value.line;
  TableReader table(value, "a cable", problems);
  cable.from = read_end(table, "from");
  cable.to = read_end(table, "to");
  if (const auto length = table.number("length_m", 0.01, kMostMetres)) cable.length_m = *length;
  table.finish();
  return cable;
}

RigBox read_box(const TomlValue& value, Problems& problems) {
  RigBox box;
  box.where.line = value.line;
  TableReader table(value, "a box", problems);
  if (const auto name = table.text("name")) {
    box.name = *name;
    if (name->empty()) {
      table.problem("name", "a box with an empty name: give it one, such as name = \"amp\"");
    } else {
      table.rename(fmt::format("box '{}'", *name));
    }
  } else if (table.missing("name")) {
    table.problem("name", "a box without a name: give it one, such as name = \"amp\"");
  }
  if (const auto index = table.choice("kind", {"generator", "splitter", "amplifier", "sync-hub"})) {
    box.kind = std::array{BoxKind::generator, BoxKind::splitter, BoxKind::amplifier,
                          BoxKind::sync_hub}[*index];
  } else if (table.missing("kind")) {
    table.problem("kind",
                  fmt::format("{} has no kind: write generator, splitter, amplifier or sync-hub",
                              table.what()));
  }
  if (const auto model = table.text("model")) box.model = *model;
  if (const auto hz = table.number("rate_hz", 0.1, 1000)) box.rate_hz = *hz;
  if (const auto volts = table.number("level_v", 0.1, 50)) box.level_v = *volts;
  // The one way there is: whoever records is asked to turn a generator on.
  static_cast<void>(table.choice("start", {"ask"}));
  box.also_feeds = table.texts("also_feeds");
  table.finish();
  return box;
}

RigLasers read_lasers(const TomlValue& value, Problems& problems) {
  RigLasers lasers;
  TableReader table(value, "lasers", problems);
  if (const auto index = table.choice("stagger", {"whole-camera", "depth-only"})) {
    lasers.stagger = *index == 0 ? LaserStagger::whole_camera : LaserStagger::depth_only;
  }
  const TomlValue* groups = table.raw("never_overlap");
  if (groups != nullptr) {
    for (const TomlValue& group : groups->items) {
      std::vector<std::string> names;
      for (const TomlValue& name : group.items) {
        if (name.kind == TomlValue::Kind::text) names.push_back(name.text);
      }
      if (names.size() < 2 || names.size() != group.items.size()) {
        problems.add(
            group.line,
            "each group of 'never_overlap' names two cameras or more whose views never meet, such "
            "as [\"left\", \"right\"]");
        continue;
      }
      lasers.never_overlap.push_back(std::move(names));
    }
    if (groups->kind != TomlValue::Kind::array) {
      table.problem("never_overlap",
                    "'never_overlap' must be a list of groups, such as [ [\"left\", \"right\"] ]");
    }
  }
  table.finish();
  return lasers;
}

RigTake read_take(const TomlValue& value, Problems& problems) {
  RigTake take;
  TableReader table(value, "take", problems);
  if (const auto folder = table.text("folder")) {
    take.folder = *folder;
    if (folder->empty())
      table.problem("folder", "'folder' of take is empty: \".\" is the folder of the rig file");
  }
  if (const auto gb = table.number("keep_free_gb", 0, 1e6)) take.keep_free_gb = *gb;
  if (const auto index = table.choice("if_camera_lost", {"keep-going", "stop"})) {
    take.if_camera_lost = *index == 0 ? IfCameraLost::keep_going : IfCameraLost::stop;
  }
  table.finish();
  return take;
}

}  // namespace lockstep
