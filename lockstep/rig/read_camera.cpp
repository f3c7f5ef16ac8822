// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "lockstep/base/suggestion.h"
#include "lockstep/base/text.h"
#include "lockstep/rig/rig_reader.h"

namespace lockstep {
namespace {

constexpr double kLeastDelayUs =
    12;  // one register step and a bit; below, somebody wrote milliseconds
constexpr double kMostDelayUs =
    1e6;  // beyond any period; the plan says what is too much for the rate

const std::vector<std::string>& depth_mode_names() {
  static const std::vector<std::string> names = {
      "NFOV_UNBINNED", "NFOV_2X2BINNED", "WFOV_UNBINNED", "WFOV_2X2BINNED", "PASSIVE_IR", "OFF"};
  return names;
}

const std::vector<std::string>& color_mode_names() {
  static const std::vector<std::string> names = {
      "MJPG_720P",  "MJPG_1080P", "MJPG_1440P", "MJPG_1536P", "MJPG_2160P",
      "MJPG_3072P", "NV12_720P",  "YUY2_720P",  "BGRA_720P",  "BGRA_1080P",
      "BGRA_1440P", "BGRA_1536P", "BGRA_2160P", "BGRA_3072P", "OFF"};
  return names;
}

void read_modes(TableReader& table, RigCamera& camera) {
  if (const auto index = table.choice("family", {"azure-kinect", "femto-bolt", "femto-mega"})) {
    camera.family =
        std::array{Family::azure_kinect, Family::femto_bolt, Family::femto_mega}[*index];
  }
  if (const auto name = table.text("depth_mode")) {
    if (const auto mode = depth_mode_from(*name)) {
      camera.config.depth_mode = *mode;
    } else {
      table.problem("depth_mode", fmt::format("no camera has the depth mode '{}': {}", *name,
                                              suggest(*name, depth_mode_names())));
    }
  }
  if (const auto name = table.text("color_mode")) {
    if (const auto mode = color_mode_from(*name)) {
      camera.config.color_format = mode->format;
      camera.config.color_resolution = mode->resolution;
    } else {
      table.problem("color_mode", fmt::format("no camera has the colour mode '{}': {}", *name,
                                              suggest(*name, color_mode_names())));
    }
  }
}

// A number, or "auto" for what the camera sets itself: outer nothing = not said or wrong.
std::optional<std::optional<int64_t>> read_auto(TableReader& table, std::string_view key,
                                                int64_t low, int64_t high) {
  const TomlValue* value = table.raw(key);
  if (value == nullptr) return std::nullopt;
  if (value->kind == TomlValue::Kind::text) {
    if (value->text == "auto") return std::optional<int64_t>{};
    table.problem(key, fmt::format("'{}' of {} cannot be '{}': it is a number or \"auto\"", key,
                                   table.what(), value->text));
    return std::nullopt;
  }
  if (const auto number = table.integer(key, low, high)) return number;
  return std::nullopt;
}

bool read_delay(TableReader& table, std::string_view key, double low, Micros& delay) {
  const auto us = table.integer(key, static_cast<int64_t>(low), static_cast<int64_t>(kMostDelayUs));
  if (!us) return false;
  if (*us != 0 && std::abs(static_cast<double>(*us)) < kLeastDelayUs) {
    table.problem(
        key, fmt::format(
                 "'{}' of {} is {} us, less than one step of the device's register: delays are in "
                 "microseconds; did you mean {} us ({} ms)? For no delay write 0",
                 key, table.what(), *us, *us * 1000, *us));
    return false;
  }
  delay = Micros(*us);
  return true;
}

void read_color_controls(TableReader& table, RigCamera& camera) {
  CameraConfig& config = camera.config;
  if (const auto exposure = read_auto(table, "exposure_us", 1, 1'000'000)) {
    config.exposure = *exposure ? std::optional<Micros>(Micros(**exposure)) : std::nullopt;
  }
  if (const auto gain = table.integer("gain", 0, 255)) config.gain = static_cast<int>(*gain);
  if (const auto kelvin = read_auto(table, "white_balance_k", 2500, 12500)) {
    config.white_balance_k =
        *kelvin ? std::optional<int>(static_cast<int>(**kelvin)) : std::nullopt;
  }
  if (const auto hz = table.integer("powerline_hz", 0, 1000)) {
    if (*hz == 50 || *hz == 60) {
      config.powerline = *hz == 50 ? Powerline::hz50 : Powerline::hz60;
    } else {
      table.problem("powerline_hz", fmt::format("'powerline_hz' of {} is {}: mains are 50 or 60 Hz",
                                                table.what(), *hz));
    }
  }
  if (const auto allow = table.boolean("allow_auto")) camera.allow_auto = *allow;
}

bool is_alphanumeric(std::string_view text) {
  for (const char c : text) {
    if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-'))
      return false;
  }
  return true;
}

void read_identity(TableReader& table, RigCamera& camera) {
  if (const auto name = table.text("name")) {
    camera.name = *name;
    if (name->empty()) {
      table.problem("name", "a camera with an empty name: give it one, such as name = \"left\"");
    } else {
      table.rename(fmt::format("camera '{}'", *name));
    }
  } else if (table.missing("name")) {
    table.problem("name", "a camera without a name: give it one, such as name = \"left\"");
  }
  const auto serial = table.text("serial");
  if (serial) {
    constexpr size_t kSerialLength = 12;
    if (serial->size() == kSerialLength && is_alphanumeric(*serial)) {
      camera.serial = *serial;
    } else {
      table.problem("serial",
                    fmt::format("the serial '{}' of {} has {}: it must be the twelve "
                                "letters and digits on the camera's "
                                "label, or \"virtual-0001\" and so on for a virtual camera",
                                *serial, table.what(),
                                counted(static_cast<int64_t>(serial->size()), "character")));
    }
  } else if (table.missing("serial")) {
    table.problem("serial",
                  fmt::format("{} has no serial: write the twelve characters of its label, or "
                              "\"virtual-0001\" and so on for a virtual camera",
                              table.what()));
  }
}

/// Three numbers. Nothing where the key is absent, or a problem.
std::optional<std::array<double, 3>> read_three(TableReader& table, std::string_view key,
                                                double limit) {
  const TomlValue* value = table.raw(key);
  if (value == nullptr) return std::nullopt;
  std::array<double, 3> three{};
  bool good = value->kind == TomlValue::Kind::array && value->items.size() == three.size();
  for (size_t i = 0; good && i < three.size(); ++i) {
    const TomlValue& item = value->items[i];
    good = (item.kind == TomlValue::Kind::integer || item.kind == TomlValue::Kind::real) &&
           std::abs(item.real) <= limit;
    three[i] = item.real;
  }
  if (good) return three;
  table.problem(key, fmt::format("'{}' of {} must be three numbers from {:g} to {:g}, such as "
                                 "[0, -2, 1.2]",
                                 key, table.what(), -limit, limit));
  return std::nullopt;
}

CameraPlace read_pose(const TomlValue& value, const std::string& camera, Problems& problems) {
  constexpr double kFarthestM = 100, kNearestM = 0.01;
  CameraPlace place;
  TableReader table(value, fmt::format("the pose of {}", camera), problems);
  const auto at = read_three(table, "at_m", kFarthestM);
  const auto look_at = read_three(table, "look_at_m", kFarthestM);
  for (const char* key : {"at_m", "look_at_m"}) {
    if (table.missing(key))
      table.problem(key, fmt::format("{} has no '{}': write pose = {{ at_m = [0, -2, 1.2], "
                                     "look_at_m = [0, 0, 1] }}, metres, z up",
                                     table.what(), key));
  }
  table.finish();
  if (!at || !look_at) return place;
  place = {*at, *look_at};
  double apart = 0;
  for (size_t i = 0; i < 3; ++i) apart = std::max(apart, std::abs((*at)[i] - (*look_at)[i]));
  if (apart < kNearestM)
    table.problem("look_at_m", fmt::format("'look_at_m' of {} is where the camera stands: name a "
                                           "point that it looks at",
                                           table.what()));
  if ((*at)[2] <= 0)
    table.problem("at_m", fmt::format("'at_m' of {} is {:g} m above the floor: the third number is "
                                      "its height, z up",
                                      table.what(), (*at)[2]));
  return place;
}

CameraNudge read_nudge(const TomlValue& value, const std::string& camera, Problems& problems) {
  CameraNudge nudge;
  TableReader table(value, fmt::format("the nudge of {}", camera), problems);
  if (const auto mm = read_three(table, "shift_mm", 10'000)) nudge.shift_mm = *mm;
  if (const auto deg = read_three(table, "turn_deg", 180)) nudge.turn_deg = *deg;
  table.finish();
  return nudge;
}

}  // namespace

std::optional<FrameRate> read_frame_rate(TableReader& table) {
  constexpr double kFarFromAny = 1e6;  // so that whoever says -30 or 2000 is told the rates at once
  const auto fps = table.number("frame_rate", -kFarFromAny, kFarFromAny);
  if (!fps) return std::nullopt;
  const auto whole = static_cast<int>(*fps);
  const auto rate = *fps == whole ? frame_rate_from(whole) : std::nullopt;
  if (!rate) {
    table.problem(
        "frame_rate",
        fmt::format("no camera runs at {:g} fps: take 5, 15 or 30 (femto also 25)", *fps));
  }
  return rate;
}

void read_camera_settings(TableReader& table, RigCamera& camera) {
  for (const auto& [key, line] : table.lines()) camera.said[key] = line;
  read_modes(table, camera);
  if (const auto rate = read_frame_rate(table)) camera.config.frame_rate = *rate;
  read_color_controls(table, camera);
  if (const auto imu = table.boolean("imu")) camera.config.imu = *imu;
  if (const auto only = table.boolean("synchronized_images_only"))
    camera.config.synchronized_images_only = *only;
  if (read_delay(table, "subordinate_delay_us", 0, camera.config.subordinate_delay_off_master)) {
    camera.has_subordinate_delay = true;
  }
  if (read_delay(table, "depth_delay_us", -kMostDelayUs, camera.config.depth_delay_off_color)) {
    camera.has_depth_delay = true;
  }
  if (const auto firmware = table.text("color_firmware")) camera.color_firmware = *firmware;
  if (const auto host = table.text("host")) camera.host = *host;
  if (const auto controller = table.text("usb_controller")) camera.usb_controller = *controller;
  if (const auto index = table.choice("clock", {"reset", "follow-host"})) {
    camera.clock = *index == 0 ? DeviceClockMode::reset : DeviceClockMode::follow_host;
  }
  if (const auto seconds = table.number("settle_s", 0, 600)) camera.settle_s = *seconds;
}

RigCamera read_camera(const TomlValue& value, const RigCamera& defaults, Problems& problems) {
  RigCamera camera = defaults;
  camera.where.line = value.line;
  TableReader table(value, "a camera", problems);
  read_identity(table, camera);
  read_camera_settings(table, camera);
  if (const TomlValue* pose = table.table("pose"))
    camera.pose = read_pose(*pose, table.what(), problems);
  if (const TomlValue* nudge = table.table("nudge"))
    camera.nudge = read_nudge(*nudge, table.what(), problems);
  table.finish();
  return camera;
}

}  // namespace lockstep
