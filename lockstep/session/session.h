// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lockstep/device/device.h"
#include "lockstep/session/camera_recorder.h"
#include "lockstep/session/coordinator.h"
#include "lockstep/session/disk_reserve.h"
#include "lockstep/session/disk_rule.h"
#include "lockstep/session/ledger.h"
#include "lockstep/session/live_evidence.h"
#include "lockstep/session/participant.h"
#include "lockstep/session/set_gatherer.h"
#include "lockstep/session/set_sink.h"
#include "lockstep/take/manifest.h"

namespace lockstep {

enum class Driving {
  threads,  ///< real time: a reading and a recording thread per camera
  stepped,  ///< one thread, as fast as the clock lets it: virtual rigs out of real time, and tests
};

/// What a session needs to know before it begins. It records, or hands on, or both.
struct SessionSetup {
  TakeManifest manifest;         ///< plan, rig text and who records; cameras are filled in here
  std::filesystem::path folder;  ///< of the take, made already; empty: nothing is recorded
  SetSink* sink = nullptr;       ///< gets the sets by tick; stays until the session is over
  CoordinatorOptions coordinator;
  double keep_free_gb = 2;
  double queue_s = 4;          ///< of a camera's planned data wait for the disk at most
  double flush_within_s = 60;  ///< the disk has so long to take what waits when all is recorded
  RecordingWriterOptions file{};
  WriterFactory make_writer;  ///< empty: RecordingWriter::create
  WallClock wall_clock;       ///< empty: recordings carry no date
  /// Free bytes of the take's disk; empty, or nothing from it: not watched.
  std::function<std::optional<uint64_t>()> free_bytes;
};

/// Which device stands for a camera of the plan.
struct CameraIdentity {
  DeviceInfo info;
  std::string calibration_json;
};

/// A rig run on this host: joins the coordinator, a participant and a recorder per camera, the
/// take's books and whoever the sets are handed to. Has no thread of its own (recorders may) and no
/// clock: a driver feeds it events and the time. See run_session().
class Session {
 public:
  /// `post` carries a command to the device of a camera; its answer comes as an event.
  using Post = std::function<void(size_t camera, DeviceCommand)>;
  Session(SessionSetup setup, std::vector<CameraIdentity> cameras, Driving driving, Post post);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void begin(HostTime now);
  void on_event(size_t camera, const DeviceEvent& event, HostTime now);
  void on_time(HostTime now);
  /// The user's wish to end: saves what is recorded.
  void cut(HostTime now);
  /// True once devices are stopped and files closed, or the disk was given up.
  [[nodiscard]] bool done() const;
  /// Writes the final manifest where it records. Once, when done.
  SessionOutcome finish();

  [[nodiscard]] const Coordinator& coordinator() const { return coordinator_; }
  [[nodiscard]] const TakeManifest& manifest() const { return setup_.manifest; }
  /// Whether captures go to files.
  [[nodiscard]] bool records() const { return !setup_.folder.empty(); }
  /// Ticks recorded so far by the camera that has most; where nothing is recorded, that came.
  [[nodiscard]] int64_t ticks_recorded() const;
  /// Everything a person must know so far, in order.
  [[nodiscard]] const std::vector<std::string>& alarms() const { return alarms_; }

 private:
  struct Camera {
    std::string name;
    uint64_t queue_bytes;
    Participant participant;
    std::unique_ptr<CameraRecorder> recorder{};
    uint64_t dropped_since = 0;  ///< not yet told to the file
    int64_t written = 0;
    bool dropping = false;
    bool disk_failed = false;  ///< and that is in the books
    bool refusing = false;     ///< some capture could not be recorded, and that is said
  };

  void apply(size_t index, Participant::Actions actions, HostTime now);
  void dispatch(const Coordinator::Orders& orders, HostTime now);
  bool open_recorders(const Coordinator::Orders& orders, HostTime now);
  Result<void> open_recorder(size_t index);
  void hand_on(std::vector<CaptureSet> sets);
  void hand_on(size_t index, const WriteCapture& item);
  [[nodiscard]] bool in_step(size_t index) const;
  void note_only(size_t index, const WriteCapture& item);
  void write(size_t index, const WriteCapture& item);
  void close_file(size_t index, const CameraEnd& end);
  void begin_part(size_t index, const std::string& reason);
  void watch_disk(HostTime now);
  std::optional<Error> note_disk_failures();
  void note_refused();
  void note_lost();
  [[nodiscard]] double seconds_to_go() const;
  Result<void> save_manifest();
  Result<void> save_last_manifest();
  void close_recorders();
  void watch_flush(HostTime now);
  void leave_hanging_disk();
  [[nodiscard]] bool all_flushed() const;
  [[nodiscard]] bool files_made() const;
  [[nodiscard]] CutShort cut_short() const;
  void collect_alarms();
  void end_with(Error failure, HostTime now);

  SessionSetup setup_;
  Driving driving_;
  Post post_;
  Coordinator coordinator_;
  Ledger ledger_;
  const std::vector<RecordingHeader> headers_;
  SetGatherer gatherer_;
  LiveEvidence evidence_;
  DiskRule disk_;
  DiskReserve reserve_;
  std::vector<Camera> cameras_;
  std::vector<std::string> alarms_;
  size_t alarms_taken_ = 0;
  HostTime next_disk_check_{};
  bool disk_warned_ = false;
  bool disk_cut_ = false;
  bool manifest_due_ = false;
  std::optional<HostTime> flush_since_;
  bool disk_hangs_ = false;
  std::optional<Error> failure_;
};

}  // namespace lockstep
