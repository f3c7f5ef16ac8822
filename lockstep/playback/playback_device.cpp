// SPDX-License-Identifier: MIT
#include "lockstep/playback/playback_device.h"

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lockstep/base/thread_annotations.h"
#include "lockstep/recording/reader.h"

namespace lockstep {
namespace {

using Clock = std::chrono::steady_clock;  // CLOCK_MONOTONIC here
// How soon somebody who waits for the beginning learns of it.
constexpr Nanos kLook{2'000'000};

HostTime now() {
  return HostTime(Clock::now().time_since_epoch());
}

/// Everything that the recording has otherwise than `asked`; empty when it can play that.
std::string differences(const CameraConfig& asked, const RecordingHeader& header) {
  const CameraConfig& recorded = header.camera;
  std::vector<std::string> all;
  const auto compare = [&](bool same, const auto& recorded_one) {
    if (!same) all.push_back(recorded_one());
  };
  compare(asked.color_on() == recorded.color_on() &&
              asked.color_resolution == recorded.color_resolution,
          [&] { return fmt::format("colour is {}", to_string(recorded.color_resolution)); });
  compare(!recorded.color_on() || asked.color_format == recorded.color_format,
          [&] { return fmt::format("colour is {}", to_string(recorded.color_format)); });
  compare(asked.depth_mode == recorded.depth_mode,
          [&] { return fmt::format("depth is {}", to_string(recorded.depth_mode)); });
  compare(asked.frame_rate == recorded.frame_rate, [&] {
    return fmt::format("the rate is {} fps", frames_per_second(recorded.frame_rate));
  });
  compare(asked.wired_sync == recorded.wired_sync,
          [&] { return fmt::format("the role is {}", to_string(recorded.wired_sync)); });
  compare(asked.subordinate_delay_off_master == recorded.subordinate_delay_off_master, [&] {
    return fmt::format("the delay off the master is {} us",
                       recorded.subordinate_delay_off_master.count());
  });
  compare(asked.depth_delay_off_color == recorded.depth_delay_off_color, [&] {
    return fmt::format("the delay of depth off colour is {} us",
                       recorded.depth_delay_off_color.count());
  });
  compare(!asked.imu || recorded.imu, [] { return std::string("there is no IMU track"); });
  return fmt::format("{}", fmt::join(all, ", "));
}

class PlaybackDevice final : public Device {
 public:
  PlaybackDevice(const PlayedTrack& track, int camera, PlaybackOptions options,
                 std::shared_ptr<PlayingTime> time)
      : Device(track.info),
        track_(track),
        camera_(camera),
        in_real_time_(options.pace == PlaybackOptions::Pace::real_time),
        time_(std::move(time)) {}
  ~PlaybackDevice() override {
    stop();
    time_->release(camera_);
  }

 private:
  using Read = std::variant<CapturePtr, ReadEnd>;

  Result<std::string> do_calibration_json() override;
  Result<SyncJacks> do_read_jacks() override { return track_.jacks; }
  Result<void> do_start(const CameraConfig& config) override;
  void do_stop() override;
  Result<Read> do_next_capture(Nanos timeout) override;
  void do_stop_images() override { images_ = false; }
  Result<std::vector<ImuSample>> do_take_imu() override;

  Result<void> open_next_part();
  Result<void> fetch();
  Result<void> take_imu(std::optional<DeviceTime> until, std::vector<ImuSample>& to);
  Result<void> join();
  [[nodiscard]] Nanos play_time(DeviceTime stamp) const;
  std::optional<ReadEnd> wait_until(HostTime due, HostTime limit);
  std::optional<ReadEnd> wait_for_the_beginning(HostTime limit);

  const PlayedTrack track_;
  const int camera_;
  const bool in_real_time_;
  const std::shared_ptr<PlayingTime> time_;
  HostTime started_;
  std::optional<HostTime> began_;   ///< of the playing, once this camera has seen it
  bool joined_ = false;             ///< and where that is in the recording
  std::atomic<bool> images_{true};  ///< false: only the IMU is left
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
  if (const std::string differ = differences(config, track_.header); !differ.empty()) {
    return Error{
        Errc::invalid_argument,
        fmt::format("{}: a recording plays as it was made, and in {} {}: start it so",
                    track_.info.serial, track_.parts.front().file.filename().string(), differ)};
  }
  imu_ = config.imu;
  parts_opened_ = 0;
  next_.reset();
  imu_tail_.clear();
  imu_samples_.clear();
  if (auto opened = open_next_part(); !opened) return opened;
  images_ = true;
  started_ = now();
  began_ = time_->started(camera_, started_);
  joined_ = false;
  const MutexLock lock(stop_mutex_);
  stopped_ = false;
  return {};
}

void PlaybackDevice::do_stop() {
  time_->stopped(camera_, now());
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

/// Moves on to where the playing was when this camera was started.
Result<void> PlaybackDevice::join() {
  const Nanos position = started_ - *began_;
  while (position > Nanos{0}) {
    const PlayedPart& part = track_.parts[parts_opened_ - 1];
    if (auto moved = reader_->seek(DeviceTime(position - part.from_device)); !moved) return moved;
    auto read = reader_->next_capture();
    if (!read) return std::move(read).error();
    next_ = *std::move(read);
    if (next_ || parts_opened_ == track_.parts.size()) return {};
    if (auto opened = open_next_part(); !opened) return opened;
  }
  return {};
}

Nanos PlaybackDevice::play_time(DeviceTime stamp) const {
  return track_.parts[parts_opened_ - 1].play_time(stamp);
}

/// How the waiting ended, when not with `due`.
std::optional<ReadEnd> PlaybackDevice::wait_until(HostTime due, HostTime limit) {
  const MutexLock lock(stop_mutex_);
  while (!stopped_) {
    const HostTime at = now();
    if (at >= due) return std::nullopt;
    if (at >= limit) return ReadEnd::timeout;
    const HostTime wake = std::min(due, limit);
    stop_signal_.wait_until(stop_mutex_, Clock::time_point(wake.time_since_epoch()));
  }
  return ReadEnd::ended;
}

/// The same for the beginning of the playing, which another process may cause.
std::optional<ReadEnd> PlaybackDevice::wait_for_the_beginning(HostTime limit) {
  while (!began_ && !(began_ = time_->began(now()))) {
    const auto end = wait_until(now() + kLook, limit);
    if (end) return end;
  }
  return std::nullopt;
}

Result<PlaybackDevice::Read> PlaybackDevice::do_next_capture(Nanos timeout) {
  const auto broken = [](const Error& error) { return Error{Errc::device_lost, error.message}; };
  const HostTime limit = deadline_after(now(), timeout);
  if (in_real_time_ && !joined_) {
    if (const auto end = wait_for_the_beginning(limit)) return Read(*end);
    if (auto joined = join(); !joined) return broken(joined.error());
    joined_ = true;
  }
  if (auto fetched = fetch(); !fetched) return broken(fetched.error());
  if (next_ && in_real_time_) {
    if (const auto end = wait_until(*began_ + play_time(next_->stamp()), limit)) return Read(*end);
  }
  imu_samples_.insert(imu_samples_.end(), imu_tail_.begin(), imu_tail_.end());
  imu_tail_.clear();
  if (!next_) return Read(ReadEnd::ended);
  if (auto taken = take_imu(next_->stamp(), imu_samples_); !taken) return broken(taken.error());
  auto capture = std::make_shared<const Capture>(*std::move(next_));
  next_.reset();
  return images_ ? Read(CapturePtr(std::move(capture))) : Read(ReadEnd::timeout);
}

/// In real time also what came since the last capture. The rest of a part that ended waits for the
/// next part's first capture.
Result<std::vector<ImuSample>> PlaybackDevice::do_take_imu() {
  if (in_real_time_ && began_ && imu_tail_.empty()) {
    const DeviceTime due(now() - *began_ - track_.parts[parts_opened_ - 1].from_device);
    if (auto taken = take_imu(due, imu_samples_); !taken)
      return Error{Errc::device_lost, taken.error().message};
  }
  return std::exchange(imu_samples_, {});
}

}  // namespace

std::unique_ptr<Device> make_playback_device(const PlayedTrack& track, int camera,
                                             PlaybackOptions options,
                                             std::shared_ptr<PlayingTime> time) {
  return std::make_unique<PlaybackDevice>(track, camera, std::move(options), std::move(time));
}

}  // namespace lockstep
