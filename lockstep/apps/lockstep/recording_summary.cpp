// SPDX-License-Identifier: MIT
#include "lockstep/apps/lockstep/recording_summary.h"

#include <fmt/core.h>

#include <algorithm>

#include "lockstep/base/text.h"
#include "lockstep/sync/ticks.h"

namespace lockstep {
namespace {

StreamSummary summarise(std::string name, const std::vector<RecordingStamps::Entry>& entries,
                        int fps) {
  StreamSummary stream;
  stream.name = std::move(name);
  stream.frames = entries.size();
  std::vector<DeviceTime> stamps;
  for (const auto& entry : entries) {
    stream.bytes += entry.bytes;
    stamps.push_back(entry.stamp);
  }
  if (stamps.empty()) return stream;
  const auto [low, high] = std::minmax_element(stamps.begin(), stamps.end());
  stream.first = *low;
  stream.last = *high;
  const auto segments = count_ticks(stamps, fps);
  stream.clock_restarts = static_cast<int64_t>(segments.size()) - 1;
  for (const StreamSegment& segment : segments) {
    stream.lost_ticks += segment.last_tick() + 1 - static_cast<int64_t>(segment.stamps.size());
    stream.repeated_ticks += static_cast<int64_t>(segment.duplicates.size());
    if (segment.stamps.size() > 2) stream.period_us = segment.period_us;
  }
  return stream;
}

void note_stream_faults(const StreamSummary& stream, std::vector<std::string>& wrong) {
  if (stream.lost_ticks > 0)
    wrong.push_back(fmt::format("{} lacks {} between its first and last frame", stream.name,
                                counted(static_cast<int64_t>(stream.lost_ticks), "tick")));
  if (stream.repeated_ticks > 0)
    wrong.push_back(fmt::format("{} has {} twice", stream.name,
                                counted(static_cast<int64_t>(stream.repeated_ticks), "tick")));
  if (stream.clock_restarts > 0)
    wrong.push_back(fmt::format("the device clock of {} jumps {}: the camera restarted",
                                stream.name, counted(stream.clock_restarts, "time")));
}

void read_calibration(RecordingSummary& summary) {
  const std::string& json = summary.info.header.calibration_json;
  if (json.empty()) {
    summary.wrong.push_back("it holds no calibration: no depth can be put into space from it");
    return;
  }
  auto calibration = parse_calibration(json);
  if (calibration) {
    summary.calibration = *calibration;
  } else {
    summary.wrong.push_back("its calibration can't be read: " + calibration.error().message);
  }
}

}  // namespace

Result<RecordingSummary> summarise_recording(const std::filesystem::path& path) {
  auto reader = RecordingReader::open(path);
  if (!reader) return reader.error();
  RecordingSummary summary;
  auto scan = (*reader)->scan();
  if (!scan) return scan.error();
  summary.info = (*reader)->info();
  const RecordingHeader& header = summary.info.header;
  const int fps = frames_per_second(header.camera.frame_rate);
  if (header.has_color) summary.streams.push_back(summarise("colour", scan->color, fps));
  if (header.has_depth) summary.streams.push_back(summarise("depth", scan->depth, fps));
  if (header.has_ir) summary.streams.push_back(summarise("infrared", scan->ir, fps));
  summary.imu_samples = scan->imu_samples;
  summary.first_imu = scan->first_imu;
  summary.last_imu = scan->last_imu;
  summary.notes = scan->notes.size();
  for (const CaptureNote& note : scan->notes) summary.dropped += note.dropped_before;
  for (const RecordingDamage& damage : summary.info.damage)
    summary.wrong.push_back(fmt::format("{} (byte {})", damage.what, damage.offset));
  for (const StreamSummary& stream : summary.streams) note_stream_faults(stream, summary.wrong);
  if (summary.dropped > 0)
    summary.wrong.push_back(fmt::format("the recorder dropped {} and said so",
                                        counted(static_cast<int64_t>(summary.dropped), "capture")));
  read_calibration(summary);
  return summary;
}

}  // namespace lockstep
