// SPDX-License-Identifier: MIT
// `lockstep devices`: every camera in reach.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "lockstep/apps/common/exit_code.h"
#include "lockstep/apps/common/terminal.h"
#include "lockstep/apps/common/text_table.h"
#include "lockstep/apps/lockstep/commands.h"
#include "lockstep/playback/playback.h"
#include "lockstep/rig/chosen_rig.h"
#include "lockstep/rig/plan.h"
#include "lockstep/take/manifest.h"
#include "lockstep/virtual/virtual_rig.h"

namespace lockstep {
namespace {

struct DevicesOptions {
  std::string what;  ///< rig, take or recording; empty: LOCKSTEP_RIG
  bool json = false;
};

/// A source of cameras and the names that a rig gives them.
struct Reach {
  std::shared_ptr<DeviceSource> source;
  Plan plan;
  std::string out_of_reach{};  ///< why there is no source; empty when there is one
};

struct Row {
  std::string name, serial, family, firmware, kind, state;
  SyncJacks jacks;
};

Result<Reach> reach(const std::string& what) {
  Reach result;
  if (is_take_or_recording(what)) {
    auto played = PlaybackSource::open_path(what, {});
    if (!played) return std::move(played).error();
    result.source = *std::move(played);
    if (auto manifest = read_manifest(what)) result.plan = manifest->plan;
    return result;
  }
  auto chosen = choose_rig(what);
  if (!chosen) return std::move(chosen).error();
  result.plan = make_plan(chosen->rig);
  // None is invented; the list stays empty.
  if (!chosen->rig.is_virtual()) {
    result.out_of_reach = fmt::format(
        "none of the {} in {} is in reach: they are real, and this build has no door to real "
        "cameras yet",
        counted(static_cast<int64_t>(chosen->rig.cameras.size()), "camera"), what);
    return result;
  }
  auto rig = VirtualRig::create(chosen->rig, result.plan);
  if (!rig) return std::move(rig).error();
  result.source = *std::move(rig);
  return result;
}

std::string name_of(const Plan& plan, const std::string& serial) {
  for (const PlannedCamera& camera : plan.cameras) {
    if (camera.serial == serial) return camera.name;
  }
  return "";
}

Row describe(DeviceSource& source, const Plan& plan, const DeviceInfo& info) {
  Row row{name_of(plan, info.serial),
          info.serial,
          std::string(to_string(info.family)),
          info.color_firmware,
          info.is_playback  ? "recording"
          : info.is_virtual ? "virtual"
                            : "real",
          "ready",
          {}};
  auto device = source.open(info.serial);
  if (!device) {
    row.state = device.error().code == Errc::busy ? "in use" : device.error().message;
    return row;
  }
  if (const auto jacks = (*device)->read_jacks()) row.jacks = *jacks;
  return row;
}

std::string jack_text(const std::optional<bool>& plugged) {
  return !plugged ? "not known" : *plugged ? "plugged" : "empty";
}

void print_table(const std::vector<Row>& rows) {
  TextTable table({{"camera"},
                   {"serial"},
                   {"family"},
                   {"firmware"},
                   {"kind"},
                   {"sync in"},
                   {"sync out"},
                   {"state"}});
  for (const Row& row : rows) {
    table.add_row({row.name, row.serial, row.family, row.firmware, row.kind,
                   jack_text(row.jacks.in_plugged), jack_text(row.jacks.out_plugged), row.state});
  }
  print_text(table.text());
}

void print_json(const std::vector<Row>& rows) {
  nlohmann::json json{
      {"schema", 1}, {"kind", "lockstep-devices"}, {"devices", nlohmann::json::array()}};
  for (const Row& row : rows) {
    nlohmann::json device{{"name", row.name},     {"serial", row.serial},
                          {"family", row.family}, {"firmware", row.firmware},
                          {"kind", row.kind},     {"state", row.state},
                          {"sync_in", nullptr},   {"sync_out", nullptr}};
    if (row.jacks.in_plugged) device["sync_in"] = *row.jacks.in_plugged;
    if (row.jacks.out_plugged) device["sync_out"] = *row.jacks.out_plugged;
    json["devices"].push_back(std::move(device));
  }
  print_as_is(stdout, json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

int run_devices(DevicesOptions options) {
  if (options.what.empty()) {
    if (const char* rig = std::getenv("LOCKSTEP_RIG")) options.what = rig;
  }
  std::vector<Row> rows;
  std::string none =
      "no camera found: this build has no door to real cameras yet. Try the built-in virtual rig "
      "with `lockstep devices demo`, or name a rig file with a world, a take or a recording; with "
      "LOCKSTEP_RIG=demo in the environment, `lockstep devices` alone lists the virtual rig too";
  if (!options.what.empty()) {
    auto cameras = reach(options.what);
    if (!cameras) return report_failure(cameras.error());
    if (!cameras->source) none = cameras->out_of_reach;
    if (cameras->source) {
      const auto infos = cameras->source->list();
      if (!infos) return report_failure(infos.error());
      for (const DeviceInfo& info : *infos)
        rows.push_back(describe(*cameras->source, cameras->plan, info));
    }
  }
  if (options.json) {
    print_json(rows);
  } else if (!rows.empty()) {
    print_table(rows);
  } else {
    print_text(wrapped(none) + "\n");
  }
  return kExitGood;
}

}  // namespace

void add_devices_command(CLI::App& app, CommandAction& action) {
  auto options = std::make_shared<DevicesOptions>();
  CLI::App* command = app.add_subcommand(
      "devices", "List every camera in reach: serial, family, firmware, jacks, state");
  command
      ->add_option("WHAT", options->what,
                   "rig file, 'demo', take or recording (default: $LOCKSTEP_RIG)")
      ->type_name("");
  command->add_flag("--json", options->json, "print the list as JSON");
  command->footer(
      "Examples:\n  lockstep devices demo\n  lockstep devices takes/corner-001\n\n"
      "Exit codes: 0 the cameras in reach are listed, if there are any, 2 a rig, take or "
      "recording\n"
      "cannot be read.");
  command->callback([options, &action] { action = [options] { return run_devices(*options); }; });
}

}  // namespace lockstep
