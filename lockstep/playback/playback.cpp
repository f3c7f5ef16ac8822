// SPDX-License-Identifier: MIT
#include "lockstep/playback/playback.h"

#include <fmt/core.h>

#include "lockstep/playback/playback_device.h"
#include "lockstep/playback/track.h"

namespace lockstep {
namespace {

class Source final : public PlaybackSource {
 public:
  Source(std::vector<PlayedTrack> tracks, PlaybackOptions options)
      : tracks_(std::move(tracks)), options_(options), shared_(std::make_shared<PlaybackShared>()) {
    begin_with_first_image(tracks_);
  }

  Result<std::vector<DeviceInfo>> list() override {
    std::vector<DeviceInfo> infos;
    for (const PlayedTrack& track : tracks_) infos.push_back(track.info);
    return infos;
  }

  Result<std::unique_ptr<Device>> open(std::string_view serial) override {
    for (const PlayedTrack& track : tracks_) {
      if (track.info.serial != serial) continue;
      const MutexLock lock(shared_->mutex);
      if (!shared_->open.insert(track.info.serial).second) {
        return Error{Errc::busy, fmt::format("{} is open already: close it there first", serial)};
      }
      return make_playback_device(track, options_, shared_);
    }
    return Error{Errc::not_found,
                 fmt::format("no recording of a camera {} is played here", serial)};
  }

  [[nodiscard]] std::vector<RecordingHeader> recorded() const override {
    std::vector<RecordingHeader> headers;
    for (const PlayedTrack& track : tracks_) headers.push_back(track.header);
    return headers;
  }

 private:
  std::vector<PlayedTrack> tracks_;
  const PlaybackOptions options_;
  const std::shared_ptr<PlaybackShared> shared_;
};

Result<std::unique_ptr<PlaybackSource>> play(Result<std::vector<PlayedTrack>> tracks,
                                             PlaybackOptions options) {
  if (!tracks) return std::move(tracks).error();
  return std::unique_ptr<PlaybackSource>(std::make_unique<Source>(*std::move(tracks), options));
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

}  // namespace lockstep
