// SPDX-License-Identifier: MIT
#include "lockstep/export/fused_files.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "lockstep/base/text.h"
#include "lockstep/export/glb.h"
#include "lockstep/export/ply.h"

namespace lockstep {
namespace {

/// Without a calibration there is one camera, whose depth lens is the rig's frame.
RigOrigin origin_of(const FootageViews& views) {
  return views.calibration ? views.calibration->origin : RigOrigin::camera;
}

std::vector<std::string> remarks_of(const Footage& footage, const FootageViews& views,
                                    std::optional<Tick> tick) {
  const bool z_up = origin_of(views) != RigOrigin::camera && origin_of(views) != RigOrigin::board;
  std::vector<std::string> remarks{fmt::format(
      "Lockstep: metres in the frame of the rig ({}), {}", to_string(origin_of(views)),
      z_up                                   ? "z up"
      : origin_of(views) == RigOrigin::board ? "z out of the board"
                                             : "x right, y down, z forward of its first camera")};
  if (tick) {
    remarks.push_back(
        fmt::format("tick {}, whose pulse was at {} ns of rig time; instant_us counts from there",
                    tick->index, footage.instant(*tick).time_since_epoch().count()));
  }
  for (size_t i = 0; i < views.cameras.size(); ++i) {
    remarks.push_back(fmt::format("camera {}: {} ({})", i, views.cameras[i].name,
                                  footage.cameras()[views.chosen[i]].serial));
  }
  return remarks;
}

/// The tick of which this is the name of a file; nothing where it is another name.
std::optional<int64_t> tick_in(const std::filesystem::path& file, const std::string& name) {
  const size_t digits = name.find_last_not_of("0123456789", name.rfind('.') - 1) + 1;
  int64_t tick = 0;
  const char* const end = name.data() + name.size();
  if (digits >= name.size() || std::from_chars(name.data() + digits, end, tick).ec != std::errc{})
    return std::nullopt;
  if (with_tick(file, Tick{tick}).filename() != name) return std::nullopt;
  return tick;
}

template <typename Shape>
Result<void> add(const std::filesystem::path& file, const Shape& shape, const Footage& footage,
                 const FootageViews& views, std::optional<Tick> tick, Exported& to) {
  auto written = file.extension() == ".glb"
                     ? write_glb(file, shape, origin_of(views))
                     : write_ply(file, shape, remarks_of(footage, views, tick));
  if (!written) {
    if (written.error().code != Errc::invalid_argument) return written;
    return Error{Errc::invalid_argument,
                 fmt::format("{}: {}", file.string(), written.error().message)};
  }
  std::error_code ignored;
  to.bytes += std::filesystem::file_size(file, ignored);
  if (to.items++ == 0) to.first = file;
  return {};
}

}  // namespace

std::filesystem::path with_tick(const std::filesystem::path& file, Tick tick) {
  return file.parent_path() /
         (file.stem().string() + "-" + tick_name(tick) + file.extension().string());
}

Result<void> check_no_ticks(const std::filesystem::path& file, const TickWalk& walk) {
  std::optional<int64_t> there;
  std::error_code failed;
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
  for (std::filesystem::directory_iterator at(folder, failed), end; !failed && at != end;
       at.increment(failed)) {
    const auto tick = tick_in(file, at->path().filename().string());
    if (!tick || *tick < walk.first().index || *tick - walk.first().index >= walk.ticks()) continue;
    there = std::min(there.value_or(*tick), *tick);
  }
  return there ? check_new(with_tick(file, Tick{*there})) : Result<void>{};
}

bool have_color(const FootageViews& views) {
  return std::all_of(views.cameras.begin(), views.cameras.end(),
                     [](const FusionCamera& camera) { return camera.geometry.color.has_value(); });
}

void remark_on_colors(const FootageViews& views, Exported& to) {
  std::vector<std::string> without;
  for (const FusionCamera& camera : views.cameras) {
    if (!camera.geometry.color) without.push_back(camera.name);
  }
  if (without.empty() || without.size() == views.cameras.size()) return;
  to.remarks.push_back(fmt::format(
      "without colours, since {} recorded none: choose the others with --camera to have them",
      listing(without)));
}

Result<void> check_ending(const std::filesystem::path& file) {
  if (file.extension() == ".ply" || file.extension() == ".glb") return {};
  const std::filesystem::path name = file.filename();
  if (name.empty() || name == ".ply" || name == ".glb") {
    return Error{Errc::invalid_argument,
                 fmt::format("--to {}: the name of the file is missing: call it {}", file.string(),
                             (file.parent_path() / "scene").string() +
                                 (name.empty() ? ".ply" : name.string()))};
  }
  return Error{Errc::invalid_argument,
               fmt::format("--to {}: the ending says the format, and there are .ply and .glb",
                           file.string())};
}

Result<void> add_fused(const std::filesystem::path& file, const PointCloud& cloud,
                       const Footage& footage, const FootageViews& views, Tick tick, Exported& to) {
  return add(file, cloud, footage, views, tick, to);
}

Result<void> add_fused(const std::filesystem::path& file, const TriangleMesh& mesh,
                       const Footage& footage, const FootageViews& views, std::optional<Tick> tick,
                       Exported& to) {
  return add(file, mesh, footage, views, tick, to);
}

}  // namespace lockstep
