// SPDX-License-Identifier: MIT
#include "lockstep/k4a/device.h"

#include <fmt/core.h>

#include <cstdlib>
#include <limits>
#include <system_error>
#include <utility>

#include "lockstep/k4a/calibration.h"
#include "lockstep/k4a/configuration.h"
#include "lockstep/k4a/guard.h"
#include "lockstep/k4a/installed.h"
#include "lockstep/k4a/log.h"
#include "lockstep/k4a/versions.h"

namespace lockstep::k4a {
namespace {

constexpr uint32_t kMostDevices = 100;
// As deep as the vendor's.
constexpr size_t kCaptures = 7;
constexpr size_t kImuSamples = 833;
constexpr double kColdC = 26;  // of a virtual camera that was just turned on
// How often the inertial unit is asked when no capture comes in between.
constexpr Nanos kImuBeat{5'000'000};
constexpr Nanos kIdleBeat{100'000'000};

bool is_switched_on(const char* variable) {
  const char* const value = std::getenv(variable);
  return value != nullptr && *value != '\0' && *value != '0';
}

k4a_imu_sample_t to_c(const ImuSample& sample, double temperature_c) {
  k4a_imu_sample_t out{};
  out.temperature = static_cast<float>(temperature_c);
  for (int axis = 0; axis < 3; ++axis) {
    out.acc_sample.v[axis] = sample.acceleration_mps2[axis];
    out.gyro_sample.v[axis] = sample.angular_rate_radps[axis];
  }
  out.acc_timestamp_usec = static_cast<uint64_t>(sample.acceleration_stamp.us());
  out.gyro_timestamp_usec = static_cast<uint64_t>(sample.angular_rate_stamp.us());
  return out;
}

void log_times(const Capture& capture) {
  std::string linked;
  const auto tell = [&](const char* name, const std::optional<Image>& image) {
    if (!image) return;
    const int64_t host_ns = image->arrival ? image->arrival->time_since_epoch().count() : 0;
    log(K4A_LOG_LEVEL_INFO, __FILE__, __LINE__,
        fmt::format("arrived: {} at {} us of the device, {} ns of the host", name,
                    image->stamp.us(), host_ns));
    linked += fmt::format(" {} {} us", name, image->stamp.us());
  };
  tell("colour", capture.color);
  tell("depth", capture.depth);
  tell("IR", capture.ir);
  log(K4A_LOG_LEVEL_INFO, __FILE__, __LINE__, "linked:" + linked);
}

}  // namespace

OpenDevice::OpenDevice(InstalledPtr installed, uint32_t index, std::unique_ptr<Device> camera)
    : captures(kCaptures, *installed->clock),
      imu_samples(kImuSamples, *installed->clock),
      installed_(std::move(installed)),
      recorded_(installed_->recorded.empty() ? nullptr : &installed_->recorded[index]),
      info_(camera->info()),
      pair_images_(!is_switched_on("K4A_DISABLE_SYNCHRONIZATION")),
      log_times_(is_switched_on("K4A_ENABLE_TS_LOGGING")),
      camera_(std::move(camera)),
      temperature_c_(recorded_ == nullptr ? kColdC : std::numeric_limits<double>::quiet_NaN()) {}

Result<std::shared_ptr<OpenDevice>> OpenDevice::open(uint32_t index) {
  InstalledPtr installed = installed_devices();
  if (index >= kMostDevices || index >= installed->devices.size()) {
    return Error{
        Errc::not_found,
        fmt::format("There is no device {}: {} installed{}", index, installed->devices.size(),
                    installed->source ? "" : " (LOCKSTEP_RIG names a rig, 'demo', or a take)")};
  }
  auto camera = installed->source->open(installed->devices[index].serial);
  if (!camera) return std::move(camera).error();
  const std::shared_ptr<OpenDevice> device(
      new OpenDevice(std::move(installed), index, *std::move(camera)));
  if (auto learned = device->learn(); !learned) return std::move(learned).error();
  return device;
}

Result<void> OpenDevice::learn() {
  const MutexLock lock(mutex_);
  log(level_of_versions(), __FILE__, __LINE__, versions_text(info_));
  if (auto checked = check_firmware(); !checked) return checked;
  auto json = camera_->calibration_json();
  if (!json) return std::move(json).error();
  calibration_json_ = *std::move(json);
  const auto read = assemble_calibration(calibration_json_, K4A_DEPTH_MODE_NFOV_UNBINNED,
                                         K4A_COLOR_RESOLUTION_720P);
  if (!read) return read.error();
  const auto jacks = camera_->read_jacks();
  if (!jacks) return jacks.error();
  jacks_ = *jacks;
  return {};
}

Result<void> OpenDevice::check_firmware() const {
  const FirmwareAge age = firmware_age(info_);
  if (age == FirmwareAge::too_old)
    return Error{Errc::unsupported,
                 fmt::format("The firmware of {} is too old: bring it up to date with the vendor's "
                             "tool",
                             info_.serial)};
  if (age == FirmwareAge::dated)
    log(K4A_LOG_LEVEL_WARNING, __FILE__, __LINE__,
        fmt::format("The firmware of {} is dated: bring it up to date with the vendor's tool",
                    info_.serial));
  return {};
}

void OpenDevice::close() {
  ++stops_asked_;
  const MutexLock lock(mutex_);
  --stops_asked_;
  stop_imu_locked();
  stop_cameras_locked();
  camera_.reset();
}

Result<void> OpenDevice::start_cameras(const k4a_device_configuration_t& config) {
  const MutexLock lock(mutex_);
  auto started = start_locked(config);
  if (!started) stop_cameras_locked();
  return started;
}

Result<void> OpenDevice::start_locked(const k4a_device_configuration_t& config) {
  if (camera_ == nullptr) return Error{Errc::bad_state, "The device is closed"};
  if (cameras_on_)
    return Error{Errc::bad_state, "The cameras run already, and are stopped by this call"};
  if (imu_on_) return Error{Errc::bad_state, "The IMU still runs: stop it first"};
  if (const std::string why = why_not(config, jacks_, info_.family); !why.empty())
    return Error{Errc::invalid_argument, fmt::format("{}: {}", info_.serial, why)};
  const auto controls = source().color_controls(info_.serial);
  if (!controls) return controls.error();
  CameraConfig asked = camera_config(config);
  set_colors(asked, *controls, info_.family);
  asked.pair_images = pair_images_;
  const CameraConfig camera = recorded_ == nullptr ? asked : recorded_->to_play(asked);
  const auto wanted = [this] { return stops_asked_ == 0; };
  if (auto started = camera_->start(camera, wanted); !started) return started;
  asked_ = asked;
  captures.open();
  reader_ended_ = QueueEnd::stopped;
  cameras_on_ = true;
  try {
    reader_ =
        std::thread([this, asked, running = camera_.get()] { read_and_finish(*running, asked); });
  } catch (const std::system_error& thrown) {
    return Error{Errc::busy, fmt::format("There is no thread to read with: {}", thrown.what())};
  }
  return {};
}

void OpenDevice::stop_cameras() {
  ++stops_asked_;
  const MutexLock lock(mutex_);
  --stops_asked_;
  stop_cameras_locked();
}

void OpenDevice::stop_cameras_locked() {
  if (!std::exchange(cameras_on_, false)) return;
  captures.close();
  if (imu_on_) {
    camera_->stop_images();
  } else {
    stop_reading();
  }
}

Result<void> OpenDevice::start_imu() {
  const MutexLock lock(mutex_);
  if (imu_on_) return Error{Errc::bad_state, "The IMU runs already"};
  if (!cameras_on_) return Error{Errc::bad_state, "The cameras do not run: start them first"};
  if (recorded_ != nullptr && !recorded_->has_imu())
    return Error{Errc::unsupported, "The recording has no IMU track"};
  imu_samples.open();
  ++imu_starts_;
  imu_on_ = true;
  // Nobody reads any more, or stops doing so now and has ended the queue that was open.
  if (const QueueEnd end = reader_ended_; end != QueueEnd::stopped) imu_samples.end(end);
  return {};
}

void OpenDevice::stop_imu() {
  const MutexLock lock(mutex_);
  stop_imu_locked();
}

void OpenDevice::stop_imu_locked() {
  if (!imu_on_.exchange(false)) return;
  imu_samples.close();
  if (!cameras_on_) stop_reading();
}

void OpenDevice::stop_reading() {
  camera_->stop();
  if (reader_.joinable()) reader_.join();
}

void OpenDevice::read_and_finish(Device& camera, const CameraConfig& asked) {
  const bool whole = guarded(false, [&] { return read(camera, asked); });
  const QueueEnd end = whole ? QueueEnd::played : QueueEnd::lost;
  reader_ended_ = end;
  captures.end(end);
  imu_samples.end(end);
}

/// True when the camera was stopped or its recording ended, false when it is lost.
bool OpenDevice::read(Device& camera, const CameraConfig& asked) {
  while (true) {
    auto got = camera.next_capture(imu_on_ ? kImuBeat : kIdleBeat);
    if (!got && got.error().code == Errc::bad_state) return true;  // stopped between two reads
    if (!got) {
      LOCKSTEP_K4A_ERROR("The stream of {} has ended. {}", info_.serial, got.error().message);
      return false;
    }
    if (auto* capture = std::get_if<CapturePtr>(&*got)) push(std::move(*capture), asked);
    read_imu(camera);
    const auto* end = std::get_if<ReadEnd>(&*got);
    if (end != nullptr && *end == ReadEnd::ended) return true;
  }
}

void OpenDevice::push(CapturePtr capture, const CameraConfig& asked) {
  if (capture->temperature_c) temperature_c_ = *capture->temperature_c;
  if (recorded_ == nullptr) return deliver(std::move(capture));
  for (CapturePtr& each : recorded_->delivered(*capture, asked, installed_->clock->now()))
    deliver(std::move(each));
}

void OpenDevice::deliver(CapturePtr capture) {
  if (log_times_) log_times(*capture);
  captures.push(std::move(capture));
}

Result<void> OpenDevice::set_color_control(size_t control, const ColorControl& value) {
  const MutexLock lock(mutex_);
  if (camera_ == nullptr) return Error{Errc::bad_state, "The device is closed"};
  if (auto set = source().set_color_control(info_.serial, control, value); !set) return set;
  const auto controls = source().color_controls(info_.serial);
  if (!controls) return controls.error();
  set_colors(asked_, *controls, info_.family);
  if (cameras_on_) camera_->adjust_color(asked_);
  return {};
}

std::optional<ColorRange> OpenDevice::color_range_of(k4a_color_control_command_t command) {
  const MutexLock lock(ranges_mutex_);
  std::optional<ColorRange>& known = ranges_[static_cast<size_t>(command)];
  if (!known) known = color_range(command, powerline, info_.family);
  return known;
}

void OpenDevice::read_imu(Device& camera) {
  // Also while nobody wants them. What comes first after a start may be from before it.
  const auto samples = camera.take_imu();
  const uint64_t starts = imu_starts_;
  if (std::exchange(imu_starts_seen_, starts) != starts || !samples || !imu_on_) return;
  for (const ImuSample& sample : *samples) imu_samples.push(to_c(sample, temperature_c_));
}

}  // namespace lockstep::k4a
