// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <array>
#include <cmath>

#include "lockstep/rig/board_file.h"
#include "lockstep/rig/rig_reader.h"
#include "lockstep/rig/world_board.h"

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

WorldFault read_fault(const TomlValue& value, Problems& problems) {
  static const std::vector<std::string> kinds(kFaultKindNames.begin(), kFaultKindNames.end());
  WorldFault fault;
  fault.where.line = value.line;
  TableReader table(value, "a fault", problems);
  if (const auto camera = table.text("camera")) fault.camera = *camera;
  if (table.missing("camera"))
    table.problem("camera", "a fault without a camera: write camera = \"left\"");
  if (const auto index = table.choice("kind", kinds)) fault.kind = static_cast<FaultKind>(*index);
  if (table.missing("kind"))
    table.problem("kind", "a fault without a kind: write kind = \"lose-tick\", say");
  if (const auto at = table.number("at_s", 0, kMostFaultNumber)) fault.at_s = *at;
  if (const auto amount = table.number("value", -kMostFaultNumber, kMostFaultNumber))
    fault.value = *amount;
  if (const auto count = table.integer("count", 1, static_cast<int64_t>(kMostFaultNumber)))
    fault.count = *count;
  table.finish();
  return fault;
}

void read_clocks(TableReader& table, RigWorld& world) {
  if (const auto index = table.choice("stamp_meaning", {"center-of-exposure", "start-of-frame"})) {
    world.stamp_meaning =
        *index == 0 ? StampMeaning::center_of_exposure : StampMeaning::start_of_frame;
  }
  if (const auto index = table.choice("clock", {"family-default", "disciplined", "free-running"})) {
    world.clock = std::array{ClockModel::family_default, ClockModel::disciplined,
                             ClockModel::free_running}[*index];
  }
  if (const auto ppm = table.number("clock_rate_spread_ppm", 0, 10000))
    world.clock_rate_spread_ppm = *ppm;
  if (const auto ppm = table.number("clock_rate_common_ppm", -10000, 10000))
    world.clock_rate_common_ppm = *ppm;
  if (const auto us = table.number("stamp_jitter_us", 0, 10000)) world.stamp_jitter_us = *us;
  if (const auto q = table.number("q", -0.5, 0.5)) {
    world.q = *q;
    if (std::abs(*q) != 0.5)
      table.problem("q", "'q' is +0.5 (the pulse starts the exposure) or -0.5 (it ends it)");
  }
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

/// A world with a board lasts as long as it takes to show it to every two neighbours.
void read_world_board(TableReader& table, RigWorld& world, Problems& problems) {
  const auto ticks = table.integer("board_ticks", 1, 900);
  const TomlValue* const value = table.table("board");
  if (value == nullptr) {
    if (ticks)
      table.problem(
          "board_ticks",
          "'board_ticks' of world says how long a board is shown, and there is no 'board'");
    return;
  }
  if (table.raw("period_s") != nullptr)
    table.problem("period_s",
                  "'period_s' of world: one with a 'board' lasts as long as that is shown, "
                  "'board_ticks' for each pair of neighbours");
  auto board = std::make_shared<WorldBoard>();
  board->board = read_board(*value, "the board of world", problems);
  if (ticks) board->ticks_per_pair = static_cast<int>(*ticks);
  world.board = std::move(board);
}

RigWorld read_world(const TomlValue& value, Problems& problems) {
  RigWorld world;
  TableReader table(value, "world", problems);
  if (const auto seed = table.integer("seed", 0, int64_t{1} << 53))
    world.seed = static_cast<uint64_t>(*seed);
  if (const auto period = table.number("period_s", 0.1, 3600)) {
    world.period_s = *period;
    if (*period > kLongestWorldPeriodS) {
      table.problem("period_s",
                    fmt::format("'period_s' of world is {:g}, and every picture of a period is "
                                "rendered and kept, {:.0f} of each sensor at 30 fps: take {:g} s "
                                "at most; a take may be longer, for the scene repeats",
                                *period, *period * 30, kLongestWorldPeriodS));
    }
  }
  if (const auto only = table.boolean("timing_only")) world.timing_only = *only;
  if (const auto scene = table.text("scene")) world.scene = *scene;
  if (const auto radius = table.number("radius_m", 0.3, 20)) world.radius_m = *radius;
  read_world_board(table, world, problems);
  read_clocks(table, world);
  if (const auto scale = table.number("depth_noise_scale", 0, 1000))
    world.depth_noise_scale = *scale;
  if (const auto firmware = table.text("firmware")) world.firmware = *firmware;
  for (const TomlValue* fault : table.tables("faults"))
    world.faults.push_back(read_fault(*fault, problems));
  table.finish();
  return world;
}

}  // namespace lockstep
