// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/frame/capture.h"
#include "lockstep/sensor/config.h"
#include "lockstep/time/clock.h"

namespace lockstep {

/// What a camera says of itself before it is started.
struct DeviceInfo {
  /// A camera's twelve characters; played, what the recording says, or of a loose file that says
  /// none the stem of its name.
  std::string serial;
  Family family = Family::azure_kinect;
  std::string color_firmware;  ///< "1.6.110"; empty when unknown
  std::string depth_firmware;
  bool is_virtual = false;   ///< simulated; takes of it are marked
  bool is_playback = false;  ///< a recording played as a device
};

/// States, not failures: what waiting for data can end in.
enum class ReadEnd {
  timeout,  ///< nothing in the time given; ask again
  ended,    ///< a recording has no more; a device was stopped
};

/// One camera, whichever kind. Public calls keep the books (state, order of calls) and then call
/// the private hooks that each kind implements. Thread-bound, except that stop() may be called from
/// another thread to end a waiting read: do_stop() then runs beside do_next_capture(), which must
/// return ReadEnd::ended soon. A kind's destructor calls stop() itself while its hooks still exist.
class Device {
 public:
  virtual ~Device() = default;
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  [[nodiscard]] const DeviceInfo& info() const { return info_; }
  [[nodiscard]] bool running() const { return running_; }

  /// The factory calibration as the device's JSON blob, without trailing NULs.
  [[nodiscard]] Result<std::string> calibration_json();
  [[nodiscard]] Result<SyncJacks> read_jacks();

  /// Starts the cameras (and the IMU when config.imu). For a subordinate, success means that it
  /// waits for pulses. Where that takes long, `wanted` is asked now and then on this thread; false
  /// ends it soon. Errors: bad_state (running already), invalid_argument (configuration or jacks
  /// refuse), cancelled (no longer wanted), device_lost.
  Result<void> start(const CameraConfig& config, const std::function<bool()>& wanted = {});
  /// Stops; no effect when not running.
  void stop();
  /// Ends images and pulses, and leaves the IMU on until stop(); next_capture then only times out.
  /// May be called from another thread, as stop(). No effect on what has no IMU of its own.
  void stop_images();
  /// Exposure, gain, white balance and power line of `config` for the frames to come. May be called
  /// from another thread, as stop(). No effect when not running, nor on a recording.
  void adjust_color(const CameraConfig& config);

  /// Next capture in order of arrival. Error device_lost when the camera is gone; bad_state when
  /// not running.
  Result<std::variant<CapturePtr, ReadEnd>> next_capture(Nanos timeout);
  /// Every IMU sample that arrived since the last call, oldest first; never waits.
  Result<std::vector<ImuSample>> take_imu();

 protected:
  explicit Device(DeviceInfo info) : info_(std::move(info)) {}

  /// For do_start(): whether anybody still wants it.
  [[nodiscard]] bool start_is_wanted() const { return wanted_ == nullptr || (*wanted_)(); }

 private:
  virtual Result<std::string> do_calibration_json() = 0;
  virtual Result<SyncJacks> do_read_jacks() = 0;
  virtual Result<void> do_start(const CameraConfig& config) = 0;
  virtual void do_stop() = 0;
  virtual void do_stop_images() {}
  virtual void do_adjust_color(const CameraConfig& /*config*/) {}
  virtual Result<std::variant<CapturePtr, ReadEnd>> do_next_capture(Nanos timeout) = 0;
  virtual Result<std::vector<ImuSample>> do_take_imu() = 0;

  DeviceInfo info_;
  std::atomic<bool> running_{false};
  const std::function<bool()>* wanted_ = nullptr;  ///< while a start lasts
};

/// The cameras in reach of one kind (a virtual rig, a take, the vendor's library). Opening a device
/// that another holds is Errc::busy, an unknown serial Errc::not_found.
class DeviceSource {
 public:
  virtual ~DeviceSource() = default;
  [[nodiscard]] virtual Result<std::vector<DeviceInfo>> list() = 0;
  [[nodiscard]] virtual Result<std::unique_ptr<Device>> open(std::string_view serial) = 0;
};

/// The clock that a session lives by: the host's, or the virtual world's when that runs as fast as
/// the machine allows. sleep_until may return early.
class SessionClock {
 public:
  virtual ~SessionClock() = default;
  [[nodiscard]] virtual HostTime now() = 0;
  virtual void sleep_until(HostTime time) = 0;
};

}  // namespace lockstep
