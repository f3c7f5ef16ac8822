// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "lockstep/base/bounded_queue.h"
#include "lockstep/recording/writer.h"
#include "lockstep/session/messages.h"

namespace lockstep {

/// Makes the writer of one file; tests put a slow or failing one here.
using WriterFactory = std::function<Result<std::unique_ptr<RecordingWriter>>(
    const std::filesystem::path&, const RecordingHeader&, const RecordingWriterOptions&)>;

/// Reads the wall clock, for the date of a file.
using WallClock = std::function<std::chrono::system_clock::time_point()>;

/// "left.mkv", then "left.part2.mkv" and so on.
[[nodiscard]] std::string part_file_name(const std::string& camera, size_t part);

/// One camera's files, written by a thread of its own behind a bounded queue (what does not fit is
/// dropped whole, newest first), or inline. The owner's calls come from one thread.
class CameraRecorder {
 public:
  struct Options {
    bool threaded = true;
    uint64_t queue_bytes = 64u << 20;  ///< bound of the queue
    RecordingWriterOptions file{};
    WriterFactory make_writer;  ///< empty: RecordingWriter::create
    WallClock wall_clock;       ///< empty: the files carry no date. Called on the writing thread
  };
  CameraRecorder(std::filesystem::path folder, std::string camera, RecordingHeader header,
                 Options options);
  ~CameraRecorder();
  CameraRecorder(const CameraRecorder&) = delete;
  CameraRecorder& operator=(const CameraRecorder&) = delete;

  /// Makes the first file, so that a folder that cannot be written to fails now.
  Result<void> open();
  /// False: the queue was full and the capture is dropped.
  bool write(CapturePtr capture);
  void write_imu(std::vector<ImuSample> samples);
  void begin_part();
  /// No more comes; returns at once. finished() tells when the file is closed.
  void close();
  [[nodiscard]] bool finished() const { return finished_; }
  /// Why nothing more is written, if so. Thread-safe.
  [[nodiscard]] std::optional<Error> failure() const;
  /// Over all parts; complete once finished.
  [[nodiscard]] RecordingWriterStats stats() const;

 private:
  struct NextPart {};
  using Item = std::variant<CapturePtr, std::vector<ImuSample>, NextPart>;

  void run();
  void handle(const Item& item);
  Result<void> open_part();
  void finish_part();
  void note(const Result<void>& result);

  const std::filesystem::path folder_;
  const std::string camera_;
  const RecordingHeader header_;
  const Options options_;

  // Of the writing thread.
  std::unique_ptr<RecordingWriter> writer_;
  size_t part_ = 1;

  BoundedQueue<Item> queue_;
  std::atomic<bool> finished_{false};
  std::atomic<bool> failed_{false};
  mutable Mutex mutex_;
  std::optional<Error> failure_ LOCKSTEP_GUARDED_BY(mutex_);
  RecordingWriterStats stats_ LOCKSTEP_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace lockstep
