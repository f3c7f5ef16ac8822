// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <ctime>
#include <nlohmann/json.hpp>

#include "lockstep/apps/common/terminal.h"
#include "lockstep/apps/common/text_table.h"
#include "lockstep/apps/lockstep/recording_summary.h"
#include "lockstep/base/text.h"

namespace lockstep {
namespace {

using Json = nlohmann::ordered_json;

double seconds(DeviceTime t) {
  return static_cast<double>(t.ns()) * 1e-9;
}

/// Of a file's date, counted from 2001-01-01, as text in UTC.
std::string date_text(int64_t since_2001_ns) {
  if (since_2001_ns == 0) return "not recorded";
  constexpr int64_t kUnixOf2001 = 978'307'200;
  const auto at = static_cast<std::time_t>(kUnixOf2001 + since_2001_ns / 1'000'000'000);
  std::tm utc{};
  char text[32] = "";
  if (gmtime_r(&at, &utc) == nullptr) return "out of range";
  std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

std::string or_unknown(const std::string& text) {
  return text.empty() ? "not recorded" : text;
}

std::string streams_text(const RecordingSummary& summary) {
  TextTable table({{"stream"},
                   {"frames", Align::right},
                   {"MB", Align::right},
                   {"from s", Align::right},
                   {"to s", Align::right},
                   {"period us", Align::right},
                   {"lost", Align::right},
                   {"twice", Align::right}});
  for (const StreamSummary& stream : summary.streams) {
    const bool some = stream.frames > 0;
    table.add_row({stream.name, std::to_string(stream.frames),
                   fmt::format("{:.1f}", static_cast<double>(stream.bytes) * 1e-6),
                   some ? fmt::format("{:.6f}", seconds(stream.first)) : "-",
                   some ? fmt::format("{:.6f}", seconds(stream.last)) : "-",
                   stream.period_us > 0 ? fmt::format("{:.2f}", stream.period_us) : "-",
                   std::to_string(stream.lost_ticks), std::to_string(stream.repeated_ticks)});
  }
  return table.text(2);
}

/// Principal point with (0, 0) at the centre of the top-left pixel.
std::string lens_text(std::string_view name, const RawLens& lens) {
  return fmt::format("  {} lens: fx {:.2f}, fy {:.2f}, cx {:.2f}, cy {:.2f} px on {}x{}\n", name,
                     lens.fx * lens.sensor_width_px, lens.fy * lens.sensor_height_px,
                     lens.cx * lens.sensor_width_px - 0.5, lens.cy * lens.sensor_height_px - 0.5,
                     lens.sensor_width_px, lens.sensor_height_px);
}

std::string calibration_text(const FactoryCalibration& calibration) {
  const auto& t = calibration.color_from_depth().translation;
  return "calibration:\n" + lens_text("depth", calibration.depth) +
         lens_text("colour", calibration.color) +
         fmt::format("  colour from depth: ({:.2f}, {:.2f}, {:.2f}) mm\n", t[0] * 1e3, t[1] * 1e3,
                     t[2] * 1e3);
}

std::string imu_text(const RecordingSummary& summary) {
  if (!summary.info.header.has_imu) return "imu: none\n";
  std::string text = "imu: " + counted(static_cast<int64_t>(summary.imu_samples), "sample");
  if (summary.first_imu && summary.last_imu)
    text += fmt::format(" from {:.6f} to {:.6f} s", seconds(*summary.first_imu),
                        seconds(*summary.last_imu));
  return text + "\n";
}

std::string written_text(const RecordingHeader& header) {
  std::string text = "written: " + date_text(header.date_utc_ns);
  if (!header.writing_app.empty()) text += ", by " + printable(header.writing_app);
  if (!header.muxing_app.empty()) text += " with " + printable(header.muxing_app);
  return text;
}

Json stream_json(const StreamSummary& stream) {
  return {{"name", stream.name},
          {"frames", stream.frames},
          {"bytes", stream.bytes},
          {"first_us", stream.frames > 0 ? Json(stream.first.us()) : Json(nullptr)},
          {"last_us", stream.frames > 0 ? Json(stream.last.us()) : Json(nullptr)},
          {"period_us", stream.period_us > 0 ? Json(stream.period_us) : Json(nullptr)},
          {"lost_ticks", stream.lost_ticks},
          {"repeated_ticks", stream.repeated_ticks},
          {"clock_restarts", stream.clock_restarts}};
}

Json lens_json(const RawLens& lens) {
  return {{"fx_px", lens.fx * lens.sensor_width_px},
          {"fy_px", lens.fy * lens.sensor_height_px},
          {"cx_px", lens.cx * lens.sensor_width_px - 0.5},
          {"cy_px", lens.cy * lens.sensor_height_px - 0.5},
          {"sensor_width_px", lens.sensor_width_px},
          {"sensor_height_px", lens.sensor_height_px}};
}

Json calibration_json(const RecordingSummary& summary) {
  if (!summary.calibration) return nullptr;
  const auto& t = summary.calibration->color_from_depth().translation;
  return {{"depth", lens_json(summary.calibration->depth)},
          {"color", lens_json(summary.calibration->color)},
          {"color_from_depth_mm", {t[0] * 1e3, t[1] * 1e3, t[2] * 1e3}},
          {"bytes", summary.info.header.calibration_json.size()}};
}

Json camera_json(const CameraConfig& camera, bool has_tag) {
  return {{"color_mode", color_mode_name(camera.color_format, camera.color_resolution)},
          {"depth_mode", to_string(camera.depth_mode)},
          {"frames_per_second", frames_per_second(camera.frame_rate)},
          {"wired_sync", has_tag ? Json(to_string(camera.wired_sync)) : Json(nullptr)},
          {"subordinate_delay_us", camera.subordinate_delay_off_master.count()},
          {"depth_delay_us", camera.depth_delay_off_color.count()}};
}

}  // namespace

std::string recording_summary_to_text(const RecordingSummary& summary) {
  const RecordingInfo& info = summary.info;
  const RecordingHeader& header = info.header;
  const CameraConfig& camera = header.camera;
  std::string text =
      wrapped(fmt::format("{}: {:.1f} MB, {:.3f} s{}", printable(info.path.filename().string()),
                          static_cast<double>(info.file_bytes) * 1e-6,
                          static_cast<double>(since(info.first, info.last).count()) * 1e-9,
                          header.is_virtual ? ", of a virtual camera (simulated)" : ""),
              2) +
      "\n";
  text += fmt::format(
      "camera: serial {}, firmware colour {}, depth {}\n", printable(or_unknown(header.serial)),
      printable(or_unknown(header.color_firmware)), printable(or_unknown(header.depth_firmware)));
  text += fmt::format("modes: colour {}, depth {}, {} fps\n",
                      color_mode_name(camera.color_format, camera.color_resolution),
                      to_string(camera.depth_mode), frames_per_second(camera.frame_rate));
  text += fmt::format("sync: {}, subordinate delay {} us, depth delay {} us\n",
                      header.has_wired_sync_tag ? to_string(camera.wired_sync) : "not recorded",
                      camera.subordinate_delay_off_master.count(),
                      camera.depth_delay_off_color.count());
  text +=
      wrapped(written_text(header), 2) + "\n\n" + streams_text(summary) + "\n" + imu_text(summary);
  text += "host times and settings: ";
  text += info.has_side_track ? counted(static_cast<int64_t>(summary.notes), "capture") + "\n"
                              : "not recorded\n";
  for (const auto& [name, value] : header.extra_tags)
    text += wrapped(fmt::format("tag {}: {}", printable(name), printable(value)), 2) + "\n";
  if (summary.calibration) text += calibration_text(*summary.calibration);
  text += summary.wrong.empty() ? "\nnothing is wrong with it\n" : "\nwrong with it:\n";
  for (const std::string& sentence : summary.wrong)
    text += wrapped("  - " + printable(sentence), 4) + "\n";
  return text;
}

std::string recording_summary_to_json(const RecordingSummary& summary) {
  const RecordingInfo& info = summary.info;
  const RecordingHeader& header = info.header;
  Json streams = Json::array();
  for (const StreamSummary& stream : summary.streams) streams.push_back(stream_json(stream));
  Json tags = Json::object();
  for (const auto& [name, value] : header.extra_tags) tags[name] = value;
  const auto stamp = [](const std::optional<DeviceTime>& t) {
    return t ? Json(t->us()) : Json(nullptr);
  };
  const Json json = {
      {"schema", 1},
      {"kind", "lockstep-info"},
      {"file", info.path.string()},
      {"bytes", info.file_bytes},
      {"virtual", header.is_virtual},
      {"serial", header.serial},
      {"color_firmware", header.color_firmware},
      {"depth_firmware", header.depth_firmware},
      {"camera", camera_json(header.camera, header.has_wired_sync_tag)},
      {"date_utc", header.date_utc_ns == 0 ? Json(nullptr) : Json(date_text(header.date_utc_ns))},
      {"muxing_app", header.muxing_app},
      {"writing_app", header.writing_app},
      {"first_us", info.first.us()},
      {"last_us", info.last.us()},
      {"start_offset_us", info.start_offset_us},
      {"closed_cleanly", info.closed_cleanly},
      {"has_cues", info.has_cues},
      {"has_side_track", info.has_side_track},
      {"streams", streams},
      {"imu",
       {{"present", header.has_imu},
        {"samples", summary.imu_samples},
        {"first_us", stamp(summary.first_imu)},
        {"last_us", stamp(summary.last_imu)}}},
      {"side_track_notes", summary.notes},
      {"dropped", summary.dropped},
      {"tags", tags},
      {"calibration", calibration_json(summary)},
      {"wrong", summary.wrong}};
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace lockstep
