// SPDX-License-Identifier: MIT
#include "lockstep/playback/playback.h"

#include <fmt/core.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>

#include "lockstep/base/thread_annotations.h"
#include "lockstep/recording/reader.h"
#include "lockstep/take/manifest.h"

namespace lockstep {
namespace {

using Clock = std::chrono::steady_clock;

/// What the devices of one source share: who is open, and when the playing began.
struct Shared {
  Mutex mutex;
  std::set<std::string> open LOCKSTEP_GUARDED_BY(mutex);
  std::optional<Clock::time_point> began LOCKSTEP_GUARDED_BY(mutex);
};

/// One camera: its files in order.
struct Track {
  std::vector<std::filesystem::path> files;
  RecordingHeader header;
  DeviceInfo info;
  DeviceTime first;
};

std::string difference(const CameraConfig& asked, const CameraConfig& recorded) {
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

class PlaybackDevice : public Device {
 public:
  PlaybackDevice(Track track, PlaybackOptions options, std::shared_ptr<Shared> shared)
      : Device(track.info),
        track_(std::move(track)),
        options_(options),
        shared_(std::move(shared)) {}
  ~PlaybackDevice() override {
    stop();
    const MutexLock lock(shared_->mutex);
    shared_->open.erase(track_.info.serial);
  }

 private:
  Result<std::string> do_calibration_json() override {
    if (!track_.header.calibration_json.empty()) return track_.header.calibration_json;
    return Error{Errc::not_found,
                 fmt::format("{}: the recording carries no calibration", track_.info.serial)};
  }
  Result<SyncJacks> do_read_jacks() override { return SyncJacks{}; }
  Result<void> do_start(const CameraConfig& config) override;
  void do_stop() override;
  Result<std::variant<CapturePtr, ReadEnd>> do_next_capture(Nanos timeout) override;
  Result<std::vector<ImuSample>> do_take_imu() override;

  Result<void> open_next_file();
  Result<void> fetch();
  Result<void> take_imu_until(DeviceTime stamp);
  bool wait_until(Clock::time_point due, Nanos timeout);

  const Track track_;
  const PlaybackOptions options_;
  const std::shared_ptr<Shared> shared_;
  bool imu_ = false;
  size_t next_file_ = 0;
  std::unique_ptr<RecordingReader> reader_;
  std::optional<Capture> next_;
  std::optional<ImuSample> next_imu_;
  std::vector<ImuSample> imu_samples_;
  Clock::time_point began_{};
  std::mutex stop_mutex_;
  std::condition_variable stop_signal_;
  bool stopped_ = true;
};

Result<void> PlaybackDevice::do_start(const CameraConfig& config) {
  if (const std::string differs = difference(config, track_.header.camera); !differs.empty()) {
    return Error{
        Errc::invalid_argument,
        fmt::format("{}: a recording plays as it was made, and in {} {}: start it so",
                    track_.info.serial, track_.files.front().filename().string(), differs)};
  }
  imu_ = config.imu;
  next_file_ = 0;
  next_.reset();
  next_imu_.reset();
  imu_samples_.clear();
  if (auto opened = open_next_file(); !opened) return opened;
  {
    const MutexLock lock(shared_->mutex);
    if (!shared_->began) shared_->began = Clock::now();
    began_ = *shared_->began;
  }
  const std::lock_guard lock(stop_mutex_);
  stopped_ = false;
  return {};
}

void PlaybackDevice::do_stop() {
  {
    const std::lock_guard lock(stop_mutex_);
    stopped_ = true;
  }
  stop_signal_.notify_all();
}

Result<void> PlaybackDevice::open_next_file() {
  auto reader = RecordingReader::open(track_.files[next_file_++]);
  if (!reader) return std::move(reader).error();
  reader_ = *std::move(reader);
  return {};
}

/// Fills next_ unless everything was played.
Result<void> PlaybackDevice::fetch() {
  while (!next_) {
    auto read = reader_->next_capture();
    if (!read) return std::move(read).error();
    next_ = *std::move(read);
    if (next_ || next_file_ >= track_.files.size()) return {};
    if (auto opened = open_next_file(); !opened) return opened;
  }
  return {};
}

/// False when the time was up, or the device stopped, before `due`.
bool PlaybackDevice::wait_until(Clock::time_point due, Nanos timeout) {
  const Clock::time_point limit =
      Clock::now() + std::chrono::duration_cast<Clock::duration>(timeout);
  std::unique_lock lock(stop_mutex_);
  stop_signal_.wait_until(lock, std::min(due, limit), [this] { return stopped_; });
  return !stopped_ && Clock::now() >= due;
}

Result<std::variant<CapturePtr, ReadEnd>> PlaybackDevice::do_next_capture(Nanos timeout) {
  using Read = std::variant<CapturePtr, ReadEnd>;
  if (auto fetched = fetch(); !fetched) {
    return Error{Errc::device_lost, fetched.error().message};
  }
  if (!next_) return Read(ReadEnd::ended);
  if (options_.pace == PlaybackOptions::Pace::real_time) {
    // The first pulse zeroed every device's clock of a take, so equal stamps were equal moments.
    const Clock::time_point due = began_ + since(track_.first, next_->stamp());
    if (!wait_until(due, timeout)) {
      const std::lock_guard lock(stop_mutex_);
      return Read(stopped_ ? ReadEnd::ended : ReadEnd::timeout);
    }
  }
  if (imu_) {
    if (auto taken = take_imu_until(next_->stamp()); !taken) return std::move(taken).error();
  }
  auto capture = std::make_shared<const Capture>(*std::move(next_));
  next_.reset();
  return Read(CapturePtr(std::move(capture)));
}

Result<void> PlaybackDevice::take_imu_until(DeviceTime stamp) {
  while (true) {
    if (!next_imu_) {
      auto read = reader_->next_imu();
      if (!read) return std::move(read).error();
      next_imu_ = *std::move(read);
      if (!next_imu_) return {};
    }
    if (next_imu_->acceleration_stamp > stamp) return {};
    imu_samples_.push_back(*next_imu_);
    next_imu_.reset();
  }
}

Result<std::vector<ImuSample>> PlaybackDevice::do_take_imu() {
  return std::exchange(imu_samples_, {});
}

class Source : public PlaybackSource {
 public:
  Source(std::vector<Track> tracks, PlaybackOptions options)
      : tracks_(std::move(tracks)), options_(options), shared_(std::make_shared<Shared>()) {}

  Result<std::vector<DeviceInfo>> list() override {
    std::vector<DeviceInfo> infos;
    for (const Track& track : tracks_) infos.push_back(track.info);
    return infos;
  }

  Result<std::unique_ptr<Device>> open(std::string_view serial) override {
    for (const Track& track : tracks_) {
      if (track.info.serial != serial) continue;
      const MutexLock lock(shared_->mutex);
      if (!shared_->open.insert(track.info.serial).second) {
        return Error{Errc::busy, fmt::format("{} is open already: close it there first", serial)};
      }
      return std::unique_ptr<Device>(std::make_unique<PlaybackDevice>(track, options_, shared_));
    }
    return Error{Errc::not_found,
                 fmt::format("no recording of a camera {} is played here", serial)};
  }

  [[nodiscard]] std::vector<RecordingHeader> recorded() const override {
    std::vector<RecordingHeader> headers;
    for (const Track& track : tracks_) headers.push_back(track.header);
    return headers;
  }

 private:
  std::vector<Track> tracks_;
  PlaybackOptions options_;
  std::shared_ptr<Shared> shared_;
};

Result<Track> open_track(const std::vector<std::filesystem::path>& files,
                         const std::string& fallback_serial) {
  auto reader = RecordingReader::open(files.front());
  if (!reader) return std::move(reader).error();
  const RecordingInfo& info = (*reader)->info();
  Track track;
  track.files = files;
  track.header = info.header;
  track.first = info.first;
  track.info.serial = info.header.serial.empty() ? fallback_serial : info.header.serial;
  track.info.color_firmware = info.header.color_firmware;
  track.info.depth_firmware = info.header.depth_firmware;
  track.info.is_virtual = info.header.is_virtual;
  track.info.is_playback = true;
  return track;
}

Result<std::vector<Track>> tracks_of_take(const std::filesystem::path& folder) {
  const auto manifest = read_manifest(folder);
  if (!manifest) return manifest.error();
  std::vector<Track> tracks;
  for (const TakeCamera& camera : manifest->cameras) {
    std::vector<std::filesystem::path> files;
    for (const TakePart& part : camera.parts) files.push_back(folder / part.file);
    if (files.empty()) continue;
    auto track = open_track(files, camera.serial);
    if (!track) return std::move(track).error();
    if (const PlannedCamera* planned = manifest->plan.find(camera.name))
      track->info.family = planned->family;
    tracks.push_back(*std::move(track));
  }
  return tracks;
}

/// Real-time pace counts from the earliest stamp of all, so that cameras keep their distance.
std::unique_ptr<PlaybackSource> make_source(std::vector<Track> tracks, PlaybackOptions options) {
  if (!tracks.empty()) {
    DeviceTime first = tracks.front().first;
    for (const Track& track : tracks) first = std::min(first, track.first);
    for (Track& track : tracks) track.first = first;
  }
  return std::make_unique<Source>(std::move(tracks), options);
}

}  // namespace

Result<std::unique_ptr<PlaybackSource>> PlaybackSource::open_path(const std::filesystem::path& what,
                                                                  PlaybackOptions options) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(what, ignored)) return open_files({what}, options);
  auto tracks = tracks_of_take(what);
  if (!tracks) return std::move(tracks).error();
  return make_source(*std::move(tracks), options);
}

Result<std::unique_ptr<PlaybackSource>> PlaybackSource::open_files(
    const std::vector<std::filesystem::path>& files, PlaybackOptions options) {
  std::vector<Track> tracks;
  std::set<std::string> serials;
  for (const std::filesystem::path& file : files) {
    auto track = open_track({file}, file.stem().string());
    if (!track) return std::move(track).error();
    if (!serials.insert(track->info.serial).second) {
      return Error{Errc::invalid_argument,
                   fmt::format("{}: a recording of camera {} is given already: play one of them",
                               file.string(), track->info.serial)};
    }
    tracks.push_back(*std::move(track));
  }
  return make_source(std::move(tracks), options);
}

}  // namespace lockstep
