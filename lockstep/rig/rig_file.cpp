// SPDX-License-Identifier: MIT
#include "lockstep/rig/rig_file.h"

#include <fmt/core.h>

#include "lockstep/rig/rig_reader.h"
#include "lockstep/rig/world_board.h"

namespace lockstep {
namespace {

constexpr size_t kMostCameras = 100;  // the laser plan looks at every pair

void read_rig_table(const TomlValue& value, Rig& rig, Problems& problems) {
  rig.where.line = value.line;
  TableReader table(value, "rig", problems);
  if (const auto name = table.text("name")) rig.name = *name;
  if (const auto source = table.text("source")) {
    rig.source = *source;
    rig.where.line = table.line_of("source");
  }
  if (const auto rate = read_frame_rate(table)) {
    rig.rate_where.line = table.line_of("frame_rate");
    rig.frame_rate = *rate;
  }
  table.finish();
}

void read_cameras(TableReader& top, Rig& rig, Problems& problems) {
  RigCamera defaults;
  defaults.config.frame_rate = rig.frame_rate;
  if (rig.rate_where.line > 0) defaults.said["frame_rate"] = rig.rate_where.line;
  if (const TomlValue* all = top.table("all_cameras")) {
    TableReader table(*all, "all_cameras", problems);
    read_camera_settings(table, defaults);
    table.finish();
  }
  for (const TomlValue* camera : top.tables("camera")) {
    rig.cameras.push_back(read_camera(*camera, defaults, problems));
  }
  if (rig.cameras.size() > kMostCameras) {
    top.problem("camera", fmt::format("the rig has {} cameras: {} at most", rig.cameras.size(),
                                      kMostCameras));
  }
  const TomlValue* list = top.raw("camera");
  if (list == nullptr && top.missing("camera")) {
    problems.add(0,
                 "the rig has no camera: add one, such as camera = [ { name = \"left\", serial = "
                 "\"000123450112\" } ]");
  } else if (list != nullptr && list->kind == TomlValue::Kind::array && list->items.empty()) {
    top.problem(
        "camera",
        "the rig has no camera: add one, such as { name = \"left\", serial = \"000123450112\" }");
  }
}

/// Every picture of a world is rendered and kept.
void check_world_board(const TableReader& top, const Rig& rig, Problems& problems) {
  if (!rig.world || rig.world->board == nullptr) return;
  const int64_t pairs = neighbour_pairs(*rig.world, static_cast<int>(rig.cameras.size()));
  const int64_t frames = pairs * rig.world->board->ticks_per_pair;
  const auto most = static_cast<int64_t>(kLongestWorldPeriodS * 30);
  if (frames <= most) return;
  problems.add(top.line_of("world"),
               fmt::format("the board of world is shown for {} frames in all, and every one of "
                           "them is rendered and kept: {} at most, so a 'board_ticks' of {}",
                           frames, most, most / pairs));
}

Rig read_document(const TomlValue& document, std::string_view name, Problems& problems) {
  Rig rig;
  rig.path = name;
  TableReader top(document, "the rig file", problems);
  if (const auto schema = top.integer("schema", 0, 1'000'000); schema && *schema != 1) {
    top.problem(
        "schema",
        fmt::format("this rig file has schema {}, and this program knows schema 1", *schema));
  }
  if (const TomlValue* table = top.table("rig")) read_rig_table(*table, rig, problems);
  if (const TomlValue* table = top.table("take")) rig.take = read_take(*table, problems);
  if (const TomlValue* table = top.table("lasers")) {
    rig.lasers = read_lasers(*table, problems);
    rig.lasers_where.line = table->line;
    for (const TomlValue::Member& member : table->members) {
      if (member.key == "never_overlap") rig.lasers_where.line = member.line;
    }
  }
  if (const TomlValue* table = top.table("world")) rig.world = read_world(*table, problems);
  read_cameras(top, rig, problems);
  for (const TomlValue* cable : top.tables("cable"))
    rig.cables.push_back(read_cable(*cable, problems));
  for (const TomlValue* box : top.tables("box")) rig.boxes.push_back(read_box(*box, problems));
  top.finish();
  check_names(rig, problems);
  check_world_board(top, rig, problems);
  return rig;
}

}  // namespace

Result<Rig> parse_rig(std::string_view toml, std::string_view name) {
  const Result<TomlValue> document = parse_toml(toml, name);
  if (!document) return document.error();
  Problems problems(name);
  Rig rig = read_document(*document, name, problems);
  if (!problems.none()) return problems.to_error();
  return rig;
}

Result<Rig> read_rig_file(const std::filesystem::path& path) {
  const Result<std::string> text = read_toml_text(path, "rig file", "rig.toml");
  if (!text) return text.error();
  return parse_rig(*text, path.string());
}

}  // namespace lockstep
