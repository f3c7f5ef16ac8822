// SPDX-License-Identifier: MIT
#pragma once

#include <k4arecord/record.h>

#include <memory>
#include <mutex>

#include "lockstep/k4a/handle_table.h"
#include "lockstep/mkv/byte_sink.h"
#include "lockstep/recording/writer.h"

namespace lockstep::k4a {

/// A file that a program writes: first what will stand in its head is gathered, then the writer is
/// there, which has a thread of its own. The functions that write may be called from several
/// threads; none of them waits for the disk, unless that is seconds behind. A flush and the end
/// wait until all is written.
struct Record {
  std::mutex mutex;  ///< of everything here
  RecordingHeader header;
  std::unique_ptr<mkv::ByteSink> sink;  ///< until the header is written
  std::unique_ptr<TrackWriter> writer;  ///< from then on
  k4a_image_format_t color_format = K4A_IMAGE_FORMAT_COLOR_MJPG;
};
using RecordTable = HandleTable<k4a_record_t, Record, HandleKind::record>;

}  // namespace lockstep::k4a
