// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "lockstep/base/files.h"
#include "lockstep/base/result.h"
#include "lockstep/frame/capture.h"
#include "lockstep/recording/header.h"

namespace lockstep {

/// How block times are written (decision 32).
enum class BlockTimes {
  absolute,  ///< device time as it is, start offset 0: no wrap after 71 minutes
  relative,  ///< from the first datum, with K4A_START_OFFSET_NS: as the vendor's library writes
};

/// Starts work on another thread and returns what waits for its end.
using StartWork = std::function<std::function<void()>(std::function<void()> work)>;

struct RecordingWriterOptions {
  BlockTimes block_times = BlockTimes::absolute;
  Nanos reorder_window{200'000'000};  ///< data this much older than the newest may still come
  Nanos sync_every{1'000'000'000};    ///< fdatasync at least so often, in device time; 0: never
  bool side_track = true;             ///< write the LOCKSTEP track
  ExistingFile existing = ExistingFile::refuse;
  bool any_image_size = false;  ///< images of a world without pictures are tiny
  bool refuse_late = false;     ///< what comes too late is an error instead of being counted
  std::string muxing_app;       ///< in the file; empty: our own name
  /// Clusters are put together and written by work that this starts, so that who feeds the writer
  /// does not wait for the disk, but where that is eight seconds behind. Empty: who feeds it
  /// writes.
  StartWork background;
  /// With `background`: called by who feeds it for each cluster that finds the disk more than two
  /// seconds behind, with how far.
  std::function<void(Nanos behind)> disk_too_slow;
};

struct RecordingWriterStats {
  uint64_t captures = 0;
  uint64_t imu_samples = 0;
  uint64_t late_items = 0;  ///< refused because they were older than what is on disk
  uint64_t bytes = 0;
  /// What is older is in the file; nothing: not known. Newer data is lost when the disk fails.
  std::optional<DeviceTime> written_until{};
};

/// Writes one camera's recording, cluster by cluster, so that a crash at any instant leaves a file
/// that every reader opens (docs/recording-format.md, "Crash safety"). Not thread-safe: one thread
/// feeds it. It owns the file; the destructor finishes it, ignoring errors.
class RecordingWriter {
 public:
  /// Creates the file and writes its head. already_exists unless it is to be replaced.
  static Result<std::unique_ptr<RecordingWriter>> create(const std::filesystem::path& path,
                                                         const RecordingHeader& header,
                                                         const RecordingWriterOptions& options);
  virtual ~RecordingWriter() = default;

  /// Queues one capture. Bytes of images that own them (ImageBytes::owned()) are kept, not copied,
  /// and read when their cluster is written, up to the reorder window later (in the background:
  /// later still): whoever made them leaves them as they are until the last owner has let go. Other
  /// bytes, and padded rows, are copied before the call returns. After an error (no_space, io) the
  /// file keeps what was written and every later call returns the same error, in the background
  /// from the call on that finds it.
  virtual Result<void> write(const Capture& capture) = 0;
  virtual Result<void> write_imu(const ImuSample& sample) = 0;
  /// Writes what is queued, the cues, the duration, and closes. Once.
  virtual Result<void> finish() = 0;
  [[nodiscard]] virtual RecordingWriterStats stats() const = 0;
};

/// A RecordingWriter to which a program gives single blocks: custom tracks, and images of any
/// content.
class TrackWriter : public RecordingWriter {
 public:
  /// Queues one datum of a custom track, or one image of COLOR, DEPTH or IR (these two in host byte
  /// order) as it is: neither its size nor its format are looked at. Bytes as in write().
  /// invalid_argument: there is no such track.
  virtual Result<void> write_block(std::string_view track, DeviceTime stamp,
                                   const ImageBytes& bytes) = 0;
  /// Writes what is queued and makes the file whole as of now. What comes after it has to be later
  /// than everything before it.
  virtual Result<void> flush() = 0;
};

}  // namespace lockstep
