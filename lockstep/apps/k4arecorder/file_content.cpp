// SPDX-License-Identifier: MIT
#include "lockstep/apps/k4arecorder/file_content.h"

#include <algorithm>

#include "lockstep/recording/reader.h"

namespace lockstep {

Result<FileContent> content_of(const std::filesystem::path& file) {
  auto reader = RecordingReader::open(file);
  if (!reader) return std::move(reader).error();
  const auto stamps = (*reader)->scan();
  if (!stamps) return stamps.error();
  const RecordingInfo& info = (*reader)->info();
  const auto images = std::max({stamps->color.size(), stamps->depth.size(), stamps->ir.size()});
  FileContent content;
  content.captures = static_cast<int64_t>(images);
  content.seconds = static_cast<double>(since(info.first, info.last).count()) * 1e-9 +
                    1.0 / frames_per_second(info.header.camera.frame_rate);
  content.whole = info.closed_cleanly && info.has_cues && info.damage.empty();
  return content;
}

}  // namespace lockstep
