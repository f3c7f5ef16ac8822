// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
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
  /// Leaves one whose disk does not answer to its writing thread, which outlives the take with it.
  static void leave_behind(std::unique_ptr<CameraRecorder> recorder);
  CameraRecorder(const CameraRecorder&) = delete;
  CameraRecorder& operator=(const CameraRecorder&) = delete;

  /// Makes the first file, so that a folder that cannot be written to fails now.
  Result<void> open();
  /// False: the queue was full and the capture is dropped. `tick` names it in what is told later.
  bool write(CapturePtr capture, int64_t tick = 0);
  void write_imu(std::vector<ImuSample> samples);
  void begin_part();
  /// No more comes; returns at once. finished() tells when the file is closed.
  void close();
  [[nodiscard]] bool finished() const { return finished_; }
  /// Why nothing more is written, if so. Thread-safe.
  [[nodiscard]] std::optional<Error> failure() const;
  /// Files that were made so far. Thread-safe.
  [[nodiscard]] size_t parts_opened() const { return parts_opened_; }
  /// Over all parts; complete once finished, before that what is surely in the files. Thread-safe.
  [[nodiscard]] RecordingWriterStats stats() const;
  /// A capture that cannot be recorded as it came, although the disk is well.
  struct Refused {
    int64_t tick = 0;
    std::string why;
  };
  /// Those since the last call. Thread-safe.
  std::vector<Refused> take_refused();
  /// First tick of which nothing reached the file because the disk failed. Until it is finished,
  /// from which tick on nothing has reached it for sure. Thread-safe.
  [[nodiscard]] std::optional<int64_t> lost_from_tick() const;
  /// Samples that the full queue or the writer did not take. Thread-safe.
  [[nodiscard]] uint64_t imu_dropped() const { return imu_dropped_; }

 private:
  struct NextPart {};
  struct Numbered {
    CapturePtr capture;
    int64_t tick = 0;
  };
  using Item = std::variant<Numbered, std::vector<ImuSample>, NextPart>;

  void run();
  void handle(const Item& item);
  Result<void> open_part();
  void finish_part();
  void write_capture(const Numbered& item);
  void forget_written();
  void publish(int64_t next_tick);
  void refuse(int64_t tick, std::string why);
  void lose(int64_t tick);
  void note(const Result<void>& result);

  const std::filesystem::path folder_;
  const std::string camera_;
  const RecordingHeader header_;
  const Options options_;

  // Of the writing thread.
  std::unique_ptr<RecordingWriter> writer_;
  size_t part_ = 1;
  struct Pending {
    int64_t tick;
    DeviceTime newest;  ///< of its images
  };
  std::deque<Pending> pending_;   ///< taken by the writer, not yet in the file
  uint64_t counted_in_vain_ = 0;  ///< captures of this part that the writer counts and lacks

  BoundedQueue<Item> queue_;
  std::atomic<bool> finished_{false};
  std::atomic<bool> failed_{false};
  std::atomic<bool> left_{false};  ///< by its thread or its owner; the second to leave removes it
  std::atomic<size_t> parts_opened_{0};
  std::atomic<uint64_t> imu_dropped_{0};
  mutable Mutex mutex_;
  std::optional<Error> failure_ LOCKSTEP_GUARDED_BY(mutex_);
  RecordingWriterStats stats_ LOCKSTEP_GUARDED_BY(mutex_);
  std::vector<Refused> refused_ LOCKSTEP_GUARDED_BY(mutex_);
  std::optional<int64_t> lost_from_ LOCKSTEP_GUARDED_BY(mutex_);
  RecordingWriterStats open_part_stats_ LOCKSTEP_GUARDED_BY(mutex_);  ///< surely in its file
  std::optional<int64_t> unsure_from_ LOCKSTEP_GUARDED_BY(mutex_);    ///< of the open part
  std::thread thread_;  // not a std::jthread: see leave_behind()
};

}  // namespace lockstep
