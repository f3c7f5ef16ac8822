// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <array>
#include <cmath>

#include "lockstep/rig/board_file.h"
#include "lockstep/rig/rig_reader.h"
#include "lockstep/rig/world_board.h"

namespace lockstep {
namespace {

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

/// Where cameras stand that have no pose of their own.
void read_arrangement(TableReader& table, RigWorld& world) {
  static const std::vector<std::string> names(kArrangementNames.begin(), kArrangementNames.end());
  if (const auto index = table.choice("arrangement", names))
    world.arrangement = static_cast<Arrangement>(*index);
  if (const auto radius = table.number("radius_m", 0.3, 20)) world.radius_m = *radius;
  const auto apart = table.number("apart_m", 0.1, 20);
  if (!apart) return;
  world.apart_m = *apart;
  if (world.arrangement != Arrangement::chain)
    table.problem(
        "apart_m",
        "'apart_m' of world is how far neighbours in a chain stand apart, and there is no "
        "arrangement = \"chain\"");
}

FactoryError read_factory_error(const TomlValue& value, Problems& problems) {
  FactoryError error;
  TableReader table(value, "the factory error of world", problems);
  if (const auto share = table.number("focal_length", 0, 0.05)) error.focal_length = *share;
  if (const auto px = table.number("center_px", 0, 50)) error.center_px = *px;
  if (const auto deg = table.number("color_turn_deg", 0, 5)) error.color_turn_deg = *deg;
  if (const auto mm = table.number("color_shift_mm", 0, 50)) error.color_shift_mm = *mm;
  if (const auto mm = table.number("depth_bias_mm", 0, 100)) error.depth_bias_mm = *mm;
  table.finish();
  return error;
}

}  // namespace

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
  static const std::vector<std::string> scenes(kSceneNames.begin(), kSceneNames.end());
  if (const auto index = table.choice("scene", scenes)) world.scene = kSceneNames[*index];
  read_arrangement(table, world);
  if (const TomlValue* error = table.table("factory_error"))
    world.factory_error = read_factory_error(*error, problems);
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
