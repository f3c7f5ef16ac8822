// SPDX-License-Identifier: MIT
#pragma once

#include <k4a/k4atypes.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "lockstep/base/result.h"
#include "lockstep/base/thread_annotations.h"
#include "lockstep/device/device.h"
#include "lockstep/k4a/color_control.h"
#include "lockstep/k4a/handle_table.h"
#include "lockstep/k4a/installed.h"
#include "lockstep/k4a/output_queue.h"

namespace lockstep::k4a {

/// An opened device of the C API: a camera, a thread that reads it while it runs, and what it read.
/// Thread-safe.
class OpenDevice {
 public:
  /// Errors: not_found, busy, and whatever the camera says.
  static Result<std::shared_ptr<OpenDevice>> open(uint32_t index);
  ~OpenDevice() { close(); }
  OpenDevice(const OpenDevice&) = delete;
  OpenDevice& operator=(const OpenDevice&) = delete;

  /// Stops everything and lets the camera go; everybody who waits leaves, also in a start.
  void close();

  /// Any failure ends with the cameras stopped, also that they ran already. A stop or a close that
  /// comes meanwhile ends what takes long in it. Errors: cancelled then, else as the camera's.
  Result<void> start_cameras(const k4a_device_configuration_t& config);
  void stop_cameras();
  Result<void> start_imu();
  void stop_imu();

  /// Opened by the process from which this one was forked, whose it stays.
  [[nodiscard]] bool is_inherited() const { return ::getpid() != owner_; }

  OutputQueue<CapturePtr> captures;
  OutputQueue<k4a_imu_sample_t> imu_samples;

  [[nodiscard]] const DeviceInfo& info() const { return info_; }
  [[nodiscard]] const std::string& calibration_json() const { return calibration_json_; }
  [[nodiscard]] const SyncJacks& jacks() const { return jacks_; }
  [[nodiscard]] ControlledSource& source() const { return *installed_->source; }

  /// Sets a colour control of the camera, which keeps it; one that runs goes on with it. `control`
  /// below kColorControls. Errors: bad_state (closed), and whatever the source says.
  Result<void> set_color_control(size_t control, const ColorControl& value);
  /// What a colour control takes, as it was when this handle was asked first; nothing where the
  /// camera has none.
  [[nodiscard]] std::optional<ColorRange> color_range_of(k4a_color_control_command_t command);

  /// What this handle believes of the lamps, whatever the camera is set to.
  std::atomic<Powerline> powerline{Powerline::hz60};

 private:
  OpenDevice(InstalledPtr installed, uint32_t index, std::unique_ptr<Device> camera);
  Result<void> learn();
  Result<void> check_firmware() const;
  Result<void> start_locked(const k4a_device_configuration_t& config) LOCKSTEP_REQUIRES(mutex_);
  void stop_cameras_locked() LOCKSTEP_REQUIRES(mutex_);
  void stop_imu_locked() LOCKSTEP_REQUIRES(mutex_);
  void stop_reading() LOCKSTEP_REQUIRES(mutex_);
  void read_and_finish(Device& camera, const CameraConfig& asked);
  bool read(Device& camera, const CameraConfig& asked);
  void read_imu(Device& camera);
  void push(CapturePtr capture, const CameraConfig& asked);
  void deliver(CapturePtr capture);

  const pid_t owner_ = ::getpid();
  const InstalledPtr installed_;
  const RecordedCamera* const recorded_;  ///< in *installed_; null: a camera
  const DeviceInfo info_;
  const bool pair_images_;  ///< as the environment says when it is opened, and so
  const bool log_times_;    ///< whether the log tells of every image
  std::string calibration_json_;
  SyncJacks jacks_;

  std::atomic<int> stops_asked_{0};  ///< that wait for a start to leave, or go on
  Mutex mutex_;                      ///< of starts and stops
  std::unique_ptr<Device> camera_ LOCKSTEP_GUARDED_BY(mutex_);
  std::thread reader_ LOCKSTEP_GUARDED_BY(mutex_);
  CameraConfig asked_ LOCKSTEP_GUARDED_BY(mutex_);  ///< of the last start
  bool cameras_on_ LOCKSTEP_GUARDED_BY(mutex_) = false;
  std::atomic<bool> imu_on_{false};
  std::atomic<uint64_t> imu_starts_{0};
  uint64_t imu_starts_seen_ = 0;                           ///< by the reader
  std::atomic<QueueEnd> reader_ended_{QueueEnd::stopped};  ///< by itself; stopped: not yet
  std::atomic<double> temperature_c_;                      ///< of the last capture that told
  Mutex ranges_mutex_;
  std::array<std::optional<ColorRange>, kColorControls> ranges_ LOCKSTEP_GUARDED_BY(ranges_mutex_);
};

using DeviceTable = HandleTable<k4a_device_t, OpenDevice, HandleKind::device>;

}  // namespace lockstep::k4a
