// SPDX-License-Identifier: MIT
#include "lockstep/apps/lockstep/take_summary.h"

#include <fmt/core.h>

#include "lockstep/apps/common/terminal.h"
#include "lockstep/apps/common/text_table.h"
#include "lockstep/base/text.h"
#include "lockstep/take/take_lock.h"

namespace lockstep {
namespace {

constexpr size_t kHolesListed = 6;

/// What take.json says of a take that nobody has ended is older than its files.
bool is_counted(const TakeManifest& manifest) {
  return manifest.state != TakeState::recording;
}

std::string head_text(const TakeManifest& manifest) {
  std::string text = fmt::format("take {}: {}{}{}, rig \"{}\"", manifest.name,
                                 to_string(manifest.state), manifest.unproved ? ", UNPROVED" : "",
                                 manifest.is_virtual ? ", simulated" : "", manifest.plan.rig_name);
  if (!manifest.created_utc.empty()) text += ", begun " + manifest.created_utc;
  text = wrapped(text, 2) + "\n";
  if (manifest.cut_short) text += to_text(*manifest.cut_short) + "\n";
  if (!is_counted(manifest))
    text += "ticks and captures: not counted yet\n";
  else if (manifest.common_ticks)
    text += fmt::format("{} at {} fps\n", common_ticks_text(manifest),
                        frames_per_second(manifest.plan.frame_rate));
  return text +
         fmt::format("verdict: {}\n", manifest.verdict.empty() ? "none yet" : manifest.verdict);
}

/// Size of a file of the take, or that it is not there.
std::string size_text(const std::filesystem::path& file) {
  std::error_code failed;
  const auto bytes = std::filesystem::file_size(file, failed);
  return failed ? "missing" : fmt::format("{:.1f}", static_cast<double>(bytes) * 1e-6);
}

std::string recordings_text(const std::filesystem::path& folder, const TakeManifest& manifest) {
  TextTable table({{"camera"},
                   {"serial"},
                   {"file"},
                   {"MB", Align::right},
                   {"captures", Align::right},
                   {"dropped", Align::right},
                   {"end"}});
  const auto number = [&](uint64_t count) {
    return is_counted(manifest) ? std::to_string(count) : "-";
  };
  for (const TakeCamera& camera : manifest.cameras) {
    for (size_t part = 0; part < camera.parts.size(); ++part) {
      const std::string& file = camera.parts[part].file;
      const bool first = part == 0;
      table.add_row({first ? camera.name : "", first ? camera.serial : "", file,
                     size_text(folder / file), first ? number(camera.captures) : "",
                     first ? number(camera.dropped) : "", first ? to_text(camera.end) : ""});
    }
  }
  return table.text(2);
}

std::string holes_text(const TakeManifest& manifest) {
  std::string text;
  size_t listed = 0;
  for (const TakeHole& hole : manifest.holes) {
    if (listed++ == kHolesListed) break;
    text += wrapped(fmt::format("  hole: {} lacks {} from tick {}: {}", hole.camera,
                                counted(hole.count, "tick"), hole.first_tick, hole.cause),
                    4) +
            "\n";
  }
  if (manifest.holes.size() > kHolesListed)
    text += fmt::format(
        "  and {}\n",
        counted(static_cast<int64_t>(manifest.holes.size() - kHolesListed), "more hole"));
  return text;
}

}  // namespace

std::string take_summary_to_text(const std::filesystem::path& folder,
                                 const TakeManifest& manifest) {
  std::string text = head_text(manifest) + "\n" + recordings_text(folder, manifest);
  if (!manifest.holes.empty()) text += "\n" + holes_text(manifest);
  for (const std::string& remark : manifest.remarks) text += wrapped("  " + remark, 4) + "\n";
  text += "\n";
  if (const auto holder = holder_of(folder))
    text += fmt::format("it {}\n", to_text(*holder));
  else if (manifest.state == TakeState::recording)
    text += fmt::format("its recorder died: lockstep recover {} finishes it\n", folder.string());
  text += fmt::format("lockstep verify {} judges it; lockstep info FILE tells of one file\n",
                      folder.string());
  return printable_lines(text);
}

}  // namespace lockstep
