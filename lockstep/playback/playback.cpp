// SPDX-License-Identifier: MIT
#include "lockstep/playback/playback.h"

#include <fmt/core.h>

#include <chrono>

#include "lockstep/playback/playback_device.h"
#include "lockstep/playback/playing_time.h"
#include "lockstep/playback/track.h"
#include "lockstep/take/manifest.h"

namespace lockstep {
namespace {

class Source final : public PlaybackSource {
 public:
  Source(std::vector<PlayedTrack> tracks, PlaybackOptions options,
         std::unique_ptr<RigMemory> memory)
      : tracks_(std::move(tracks)),
        options_(std::move(options)),
        time_(std::make_shared<PlayingTime>(tracks_, std::move(memory))) {}

  Result<std::vector<DeviceInfo>> list() override {
    std::vector<DeviceInfo> infos;
    for (const PlayedTrack& track : tracks_) infos.push_back(track.info);
    return infos;
  }

  Result<std::unique_ptr<Device>> open(std::string_view serial) override {
    const auto camera = find(serial);
    if (!camera) return camera.error();
    if (!time_->acquire(*camera, HostTime(std::chrono::steady_clock::now().time_since_epoch())))
      return Error{Errc::busy, fmt::format("{} is open already: close it there first", serial)};
    return make_playback_device(tracks_[static_cast<size_t>(*camera)], *camera, options_, time_);
  }

  [[nodiscard]] std::vector<RecordingHeader> recorded() const override {
    std::vector<RecordingHeader> headers;
    for (const PlayedTrack& track : tracks_) headers.push_back(track.header);
    return headers;
  }

  Result<ColorControls> color_controls(std::string_view serial) override {
    const auto camera = find(serial);
    if (!camera) return camera.error();
    return time_->color_controls(*camera);
  }

  Result<void> set_color_control(std::string_view serial, size_t control,
                                 const ColorControl& value) override {
    const auto camera = find(serial);
    if (!camera) return camera.error();
    time_->set_color_control(*camera, control, value);
    return {};
  }

 private:
  [[nodiscard]] Result<int> find(std::string_view serial) const {
    for (size_t i = 0; i < tracks_.size(); ++i) {
      if (tracks_[i].info.serial == serial) return static_cast<int>(i);
    }
    return Error{Errc::not_found,
                 fmt::format("no recording of a camera {} is played here", serial)};
  }

  const std::vector<PlayedTrack> tracks_;
  const PlaybackOptions options_;
  const std::shared_ptr<PlayingTime> time_;
};

Result<std::unique_ptr<PlaybackSource>> play(Result<std::vector<PlayedTrack>> tracks,
                                             const PlaybackOptions& options) {
  if (!tracks) return std::move(tracks).error();
  begin_with_first_image(*tracks);
  std::unique_ptr<RigMemory> memory = make_own_memory(tracks->size());
  if (!options.shared_file.empty()) {
    // Under the name of a take there may have been one of more cameras.
    const std::string file = fmt::format("{}.{}", options.shared_file.string(), tracks->size());
    auto shared = open_shared_memory(file, tracks->size());
    if (!shared) return std::move(shared).error();
    memory = *std::move(shared);
  }
  return std::unique_ptr<PlaybackSource>(
      std::make_unique<Source>(*std::move(tracks), options, std::move(memory)));
}

}  // namespace

Result<std::unique_ptr<PlaybackSource>> PlaybackSource::open_path(const std::filesystem::path& what,
                                                                  PlaybackOptions options) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(what, ignored)) return open_files({what}, options);
  return play(tracks_of_take(what), options);
}

Result<std::unique_ptr<PlaybackSource>> PlaybackSource::open_files(
    const std::vector<std::filesystem::path>& files, PlaybackOptions options) {
  return play(tracks_of_files(files), options);
}

bool is_take_or_recording(const std::filesystem::path& what) {
  return is_take_folder(what) || what.extension() == ".mkv";
}

}  // namespace lockstep
