// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <memory>

#include "lockstep/mkv/byte_sink.h"
#include "lockstep/mkv/byte_source.h"
#include "lockstep/recording/reader.h"
#include "lockstep/recording/writer.h"

// Recordings on other streams than files: failing disks and hostile bytes in tests, pages that stay
// mapped in benchmarks.

namespace lockstep {

/// RecordingWriter::create on `sink`, which is empty; `existing` has no meaning here.
Result<std::unique_ptr<RecordingWriter>> create_recording_on(std::unique_ptr<mkv::ByteSink> sink,
                                                             const RecordingHeader& header,
                                                             const RecordingWriterOptions& options);
/// The same, for single blocks.
Result<std::unique_ptr<TrackWriter>> create_tracks_on(std::unique_ptr<mkv::ByteSink> sink,
                                                      const RecordingHeader& header,
                                                      const RecordingWriterOptions& options);
/// RecordingReader::open on `source`; `name` stands for the path in messages.
Result<std::unique_ptr<RecordingReader>> open_recording_on(std::unique_ptr<mkv::ByteSource> source,
                                                           const std::filesystem::path& name);

}  // namespace lockstep
