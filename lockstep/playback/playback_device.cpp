// SPDX-License-Identifier: MIT
#include "lockstep/playback/playback_device.h"

#include <fmt/core.h>

#include <condition_variable>

#include "lockstep/recording/reader.h"

namespace lockstep {
namespace {

using Clock = std::chrono::steady_clock;

/// What the recording has otherwise than `asked`; empty when it can play that.
std::string difference(const CameraConfig& asked, const RecordingHeader& header) {
  const CameraConfig& recorded = header.camera;
  if (asked.color_on() != recorded.color_on() ||
      asked.color_resolution != recorded.color_resolution) {
    return fmt::format("colour is {}", to_string(recorded.color_resolution));
  }
  if (recorded.color_on() && asked.color_format != recorded.color_format) {
    return fmt::format("colour is {}", to_string(recorded.color_format));
  }
  if (asked.depth_mode != recorded.depth_mode)
    return fmt::format("depth is {}", to_string(recorded.depth_mode));
  if (asked.frame_rate != recorded.frame_rate) {
    return fmt::format("the rate is {} fps", frames_per_second(recorded.frame_rate));
  }
  if (asked.wired_sync != recorded.wired_sync)
    return fmt::format("the role is {}", to_string(recorded.wired_sync));
  if (asked.imu && !recorded.imu) return "there is no IMU track";
  return {};
}

class PlaybackDevice final : public Device {
 public:
  PlaybackDevice(const PlayedTrack& track, PlaybackOptions options,
                 std::shared_ptr<PlaybackShared> shared)
      : Device(track.info), track_(track), options_(options), shared_(std::move(shared)) {}
  ~PlaybackDevice() override {
    stop();
    const MutexLock lock(shared_->mutex);
    shared_->open.erase(track_.info.serial);
  }

 private:
  using Read = std::variant<CapturePtr, ReadEnd>;

  Result<std::string> do_calibration_json() override;
  Result<SyncJacks> do_read_jacks() override { return SyncJacks{}; }
  Result<void> do_start(const CameraConfig& config) override;
  void do_stop() override;
  Result<Read> do_next_capture(Nanos timeout) override;
  Result<std::vector<ImuSample>> do_take_imu() override { return std::exchange(imu_samples_, {}); }

  Result<void> open_next_part();
  Result<void> fetch();
  Result<void> take_imu(std::optional<DeviceTime> until, std::vector<ImuSample>& to);
  std::optional<ReadEnd> wait_until(Clock::time_point due, Nanos timeout);

  const PlayedTrack track_;
  const PlaybackOptions options_;
  const std::shared_ptr<PlaybackShared> shared_;
  Clock::time_point began_{};
  bool imu_ = false;
  size_t parts_opened_ = 0;
  std::unique_ptr<RecordingReader> reader_;  ///< of the part opened last
  std::optional<Capture> next_;
  std::optional<ImuSample> next_imu_;
  std::vector<ImuSample> imu_tail_;  ///< of parts that ended, due with the next capture
  std::vector<ImuSample> imu_samples_;
  Mutex stop_mutex_;
  std::condition_variable_any stop_signal_;
  bool stopped_ LOCKSTEP_GUARDED_BY(stop_mutex_) = true;
};

Result<std::string> PlaybackDevice::do_calibration_json() {
  if (!track_.header.calibration_json.empty()) return track_.header.calibration_json;
  return Error{Errc::not_found,
               fmt::format("{}: the recording carries no calibration", track_.info.serial)};
}

Result<void> PlaybackDevice::do_start(const CameraConfig& config) {
  if (const std::string differs = difference(config, track_.header); !differs.empty()) {
    return Error{
        Errc::invalid_argument,
        fmt::format("{}: a recording plays as it was made, and in {} {}: start it so",
                    track_.info.serial, track_.parts.front().file.filename().string(), differs)};
  }
  imu_ = config.imu;
  parts_opened_ = 0;
  next_.reset();
  imu_tail_.clear();
  imu_samples_.clear();
  if (auto opened = open_next_part(); !opened) return opened;
  {
    const MutexLock lock(shared_->mutex);
    if (!shared_->began) shared_->began = Clock::now();
    began_ = *shared_->began;
  }
  const MutexLock lock(stop_mutex_);
  stopped_ = false;
  return {};
}

void PlaybackDevice::do_stop() {
  const MutexLock lock(stop_mutex_);
  stopped_ = true;
  stop_signal_.notify_all();
}

Result<void> PlaybackDevice::open_next_part() {
  auto reader = RecordingReader::open(track_.parts[parts_opened_++].file);
  if (!reader) return std::move(reader).error();
  reader_ = *std::move(reader);
  next_imu_.reset();
  return {};
}

/// Fills next_ unless everything was played. What is left of the IMU of a part that ends goes to
/// imu_tail_: the next part may count from zero again.
Result<void> PlaybackDevice::fetch() {
  while (!next_) {
    auto read = reader_->next_capture();
    if (!read) return std::move(read).error();
    next_ = *std::move(read);
    if (next_) return {};
    if (auto rest = take_imu(std::nullopt, imu_tail_); !rest) return rest;
    if (parts_opened_ == track_.parts.size()) return {};
    if (auto opened = open_next_part(); !opened) return opened;
  }
  return {};
}

/// Samples of the open part up to a stamp, or all that are left.
Result<void> PlaybackDevice::take_imu(std::optional<DeviceTime> until, std::vector<ImuSample>& to) {
  while (imu_) {
    if (!next_imu_) {
      auto read = reader_->next_imu();
      if (!read) return std::move(read).error();
      next_imu_ = *std::move(read);
      if (!next_imu_) return {};
    }
    if (until && next_imu_->acceleration_stamp > *until) return {};
    to.push_back(*next_imu_);
    next_imu_.reset();
  }
  return {};
}

/// How the waiting ended, when not with `due`.
std::optional<ReadEnd> PlaybackDevice::wait_until(Clock::time_point due, Nanos timeout) {
  const Clock::time_point limit = deadline_after(Clock::now(), timeout);
  const MutexLock lock(stop_mutex_);
  while (!stopped_) {
    const Clock::time_point now = Clock::now();
    if (now >= due) return std::nullopt;
    if (now >= limit) return ReadEnd::timeout;
    stop_signal_.wait_until(stop_mutex_, std::min(due, limit));
  }
  return ReadEnd::ended;
}

Result<PlaybackDevice::Read> PlaybackDevice::do_next_capture(Nanos timeout) {
  const auto broken = [](const Error& error) { return Error{Errc::device_lost, error.message}; };
  if (auto fetched = fetch(); !fetched) return broken(fetched.error());
  if (next_ && options_.pace == PlaybackOptions::Pace::real_time) {
    const Nanos play_time = track_.parts[parts_opened_ - 1].play_time(next_->stamp());
    if (const auto end = wait_until(began_ + play_time, timeout)) return Read(*end);
  }
  imu_samples_.insert(imu_samples_.end(), imu_tail_.begin(), imu_tail_.end());
  imu_tail_.clear();
  if (!next_) return Read(ReadEnd::ended);
  if (auto taken = take_imu(next_->stamp(), imu_samples_); !taken) return broken(taken.error());
  auto capture = std::make_shared<const Capture>(*std::move(next_));
  next_.reset();
  return Read(CapturePtr(std::move(capture)));
}

}  // namespace

std::unique_ptr<Device> make_playback_device(const PlayedTrack& track, PlaybackOptions options,
                                             std::shared_ptr<PlaybackShared> shared) {
  return std::make_unique<PlaybackDevice>(track, options, std::move(shared));
}

}  // namespace lockstep
