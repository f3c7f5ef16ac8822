// SPDX-License-Identifier: MIT
#include "lockstep/export/footage_views.h"

#include <fmt/core.h>

#include <algorithm>

#include "lockstep/base/text.h"
#include "lockstep/geometry/calibration.h"
#include "lockstep/take/set_reader.h"
#include "lockstep/transform/device_geometry.h"

namespace lockstep {
namespace {

Result<std::vector<size_t>> choose_cameras(const Footage& footage,
                                           const std::vector<std::string>& wanted) {
  std::vector<std::string> names;
  for (const FootageCamera& camera : footage.cameras()) names.push_back(camera.name);
  auto chosen = cameras_named(names, wanted, footage.path().string());
  if (!chosen) return std::move(chosen).error();
  std::vector<size_t> numbers;
  for (size_t i = 0; i < names.size(); ++i) {
    if (wanted.empty() || (*chosen)[i]) numbers.push_back(i);
  }
  return numbers;
}

/// Reads the calibration that is named, or that of the take where it has one.
Result<void> read_calibration(const Footage& footage, const FootageChoice& choice,
                              FootageViews& views) {
  std::error_code ignored;
  std::filesystem::path file = choice.calibration;
  if (file.empty()) {
    file = footage.calibration_file();
    if (file.empty() || !std::filesystem::exists(file, ignored)) return {};
  }
  auto calibration = read_rig_calibration(file);
  if (!calibration) return std::move(calibration).error();
  views.calibration = *std::move(calibration);
  views.calibration_file = file;
  return {};
}

/// As they were asked for: "tick 50", "ticks 50..".
std::string ticks_in_words(const FootageChoice& choice) {
  const auto number = [](std::optional<int64_t> tick) { return tick ? std::to_string(*tick) : ""; };
  if (choice.first_tick && choice.first_tick == choice.last_tick)
    return "tick " + number(choice.first_tick);
  return fmt::format("ticks {}..{}", number(choice.first_tick), number(choice.last_tick));
}

Error of_another_rig(const FootageCamera& camera, const FootageViews& views) {
  std::string serials;
  for (const CalibratedCamera& known : views.calibration->cameras)
    serials += fmt::format("{}{} ({})", serials.empty() ? "" : ", ", known.name, known.serial);
  return {Errc::unusable_input,
          fmt::format("{} is of another rig: it does not have camera '{}' with serial number {}, "
                      "but {}. Calibrate this rig with `lockstep calibrate`, name its file with "
                      "--calibration, or leave the camera out with --camera",
                      views.calibration_file.string(), camera.name,
                      camera.serial.empty() ? "unknown" : camera.serial, printable(serials))};
}

Result<DeviceGeometry> geometry_of(const FootageCamera& camera, const CalibratedCamera* known) {
  const auto factory = parse_calibration(camera.header.calibration_json);
  const std::string file = camera.parts.front().file.string();
  if (!factory) {
    return Error{Errc::unusable_input,
                 fmt::format("{}: where a pixel looks is not known, since there is no factory "
                             "calibration that can be read ({}): record with one, or leave the "
                             "camera out with --camera",
                             file, factory.error().message)};
  }
  const RecordingHeader& header = camera.header;
  const DepthMode depth =
      header.has_depth || header.has_ir ? header.camera.depth_mode : DepthMode::off;
  const ColorResolution color =
      header.has_color ? header.camera.color_resolution : ColorResolution::off;
  DeviceGeometry geometry = lockstep::geometry_of(*factory, depth, color);
  if (known != nullptr) {
    if (auto agree = check_lenses_agree(*known, geometry.depth, geometry.color); !agree)
      return std::move(agree).error();
    geometry = lockstep::geometry_of(*factory, *known, depth, color);
  }
  for (const auto& lens : {geometry.depth, geometry.color}) {
    if (!lens || is_computable(*lens)) continue;
    return Error{Errc::unsupported,
                 fmt::format("{}: nothing can be computed with the lens model of its factory "
                             "calibration: leave the camera out with --camera",
                             file)};
  }
  return geometry;
}

}  // namespace

Result<FootageViews> choose_views(const Footage& footage, const FootageChoice& choice,
                                  UnknownLenses unknown) {
  FootageViews views;
  auto chosen = choose_cameras(footage, choice.cameras);
  if (!chosen) return std::move(chosen).error();
  views.chosen = *std::move(chosen);
  if (auto read = read_calibration(footage, choice, views); !read) return std::move(read).error();
  for (const size_t number : views.chosen) {
    const FootageCamera& camera = footage.cameras()[number];
    const CalibratedCamera* known =
        views.calibration ? views.calibration->find(camera.serial) : nullptr;
    if (views.calibration && known == nullptr) return of_another_rig(camera, views);
    auto geometry = geometry_of(camera, known);
    if (!geometry && unknown == UnknownLenses::refuse) return std::move(geometry).error();
    FusionCamera& view = views.cameras.emplace_back();
    view.name = camera.name;
    if (geometry) view.geometry = *std::move(geometry);
    if (known == nullptr) continue;
    view.rig_from_depth = known->rig_from_depth;
    view.depth_offset_m = known->depth_offset_m;
  }
  return views;
}

Result<void> need_rig(const Footage& footage, const FootageViews& views) {
  if (views.calibration || views.cameras.size() == 1) return {};
  return Error{
      Errc::unusable_input,
      fmt::format("{0} has {1} and no {2}, so where they are is not known: make one with "
                  "`lockstep calibrate`, name one with --calibration, or choose a single camera "
                  "with --camera",
                  footage.path().string(),
                  counted(static_cast<int64_t>(views.cameras.size()), "camera"),
                  kRigCalibrationFile)};
}

Result<void> need_depth(const Footage& footage, const FootageViews& views,
                        std::string_view except) {
  for (const size_t number : views.chosen) {
    const FootageCamera& camera = footage.cameras()[number];
    if (camera.header.has_depth || camera.name == except) continue;
    return Error{Errc::unusable_input,
                 fmt::format("'{}' has no depth (its mode is {}), and what is fused is depth: {}",
                             camera.name, to_string(camera.header.camera.depth_mode),
                             views.chosen.size() > 1 ? "name the other cameras with --camera"
                                                     : "record it with a depth mode")};
  }
  return {};
}

Result<TickWalk> TickWalk::begin(Footage& footage, const FootageViews& views,
                                 const FootageChoice& choice) {
  const int64_t last = footage.tick_count() - 1;
  const int64_t from = choice.first_tick.value_or(0), to = choice.last_tick.value_or(last);
  if (from < 0 || from > to || to > last) {
    return Error{Errc::invalid_argument,
                 fmt::format("{} has no {}: its ticks go from 0 to {}", footage.path().string(),
                             ticks_in_words(choice), last)};
  }
  footage.seek(from);
  return TickWalk(footage, views, choice.all_ticks, from, to);
}

Result<std::optional<CaptureSet>> TickWalk::next(
    const std::function<bool(int64_t walked, int64_t ticks)>& goes_on) {
  while (next_ <= last_) {
    stopped_ = !goes_on(walked(), ticks());
    if (stopped_) break;
    auto read = footage_->next();
    if (!read) return std::move(read).error();
    if (!*read) break;
    next_ = (*read)->tick.index + 1;
    CaptureSet set{.tick = (*read)->tick, .slots = {}};
    for (const size_t number : chosen_) set.slots.push_back((*read)->slots[number]);
    const auto whole = [](const CaptureSlot& slot) { return slot.capture && slot.in_step; };
    const auto some = [](const CaptureSlot& slot) { return slot.capture != nullptr; };
    const bool taken = all_ticks_ ? std::any_of(set.slots.begin(), set.slots.end(), some)
                                  : std::all_of(set.slots.begin(), set.slots.end(), whole);
    ++(taken ? taken_ : left_out_);
    if (taken) return std::optional<CaptureSet>(std::move(set));
  }
  return std::optional<CaptureSet>{};
}

}  // namespace lockstep
