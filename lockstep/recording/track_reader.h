// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lockstep/base/buffer_pool.h"
#include "lockstep/base/result.h"
#include "lockstep/frame/capture.h"
#include "lockstep/recording/capture_cursor.h"
#include "lockstep/recording/file_config.h"
#include "lockstep/recording/frame_cursor.h"

namespace lockstep {

/// Reads a file by the rules of the vendor's library: every track, tag and attachment of it, and
/// what is broken is an error instead of being worked around as RecordingReader does. Any Matroska
/// file with tracks and a cluster is taken; without those of a camera it has no captures. Not
/// thread-safe.
class TrackReader {
 public:
  struct Track {
    const mkv::TrackEntry* entry = nullptr;
    bool built_in = false;  ///< colour, depth, IR or IMU
  };
  struct DataBlock {
    DeviceTime stamp;
    mkv::ByteView bytes;  ///< until the next call
  };

  /// not_found, io, unusable_input. Every message names the file.
  static Result<std::unique_ptr<TrackReader>> open(const std::filesystem::path& path);
  TrackReader(const TrackReader&) = delete;
  TrackReader& operator=(const TrackReader&) = delete;

  [[nodiscard]] const FileConfig& config() const { return config_; }
  /// By name, in the order of its bytes; of tracks of one name the first.
  [[nodiscard]] const std::map<std::string, Track, std::less<>>& tracks() const { return tracks_; }
  /// The first of that name; null: none.
  [[nodiscard]] const mkv::Tag* find_tag(std::string_view name) const {
    return segment_.head.find_tag(name);
  }
  [[nodiscard]] const mkv::Attachment* find_attachment(std::string_view name) const;
  /// The factory calibration; null: none.
  [[nodiscard]] const mkv::Attachment* calibration() const;
  /// End of the latest datum of any track, from the segment's zero.
  [[nodiscard]] int64_t last_ns() const { return last_ns_; }
  /// False where seeking walks through the file.
  [[nodiscard]] bool has_cues() const { return chain_->used_cues(); }

  /// Makes colour images come as `conversion` makes them, whose error is then the capture's; empty:
  /// as they are stored.
  void convert_color(std::function<Result<Image>(const Image&)> conversion) {
    color_conversion_ = std::move(conversion);
  }

  /// The next capture that way; nothing at the end, where it stays. unusable_input: an image cannot
  /// be read or converted; the images after it (in the order colour, depth, IR) come with the step
  /// after that.
  Result<std::optional<Capture>> next_capture(Direction direction);
  /// The same for the IMU, whose place is another.
  Result<std::optional<ImuSample>> next_imu(Direction direction);
  /// The same for a track that is not built in. invalid_argument: there is none of that name.
  Result<std::optional<DataBlock>> next_block(std::string_view track, Direction direction);
  /// Everything goes between what is before `target_ns` from the segment's zero and the rest.
  void seek(int64_t target_ns);

 private:
  explicit TrackReader(std::unique_ptr<mkv::ByteSource> source)
      : source_(std::move(source)), window_(*source_) {}
  Result<void> look();
  Result<void> find_end();
  void place_cursors();
  Result<Image> load_image(const FoundBlock& found, const ImageShape& shape, bool swap);
  Result<Image> load_color(const FoundBlock& found);

  std::unique_ptr<mkv::ByteSource> source_;
  mkv::SourceWindow window_;
  mkv::DamageList damage_;
  mkv::OpenedSegment segment_;
  FileConfig config_;
  std::map<std::string, Track, std::less<>> tracks_;
  std::unique_ptr<mkv::ClusterChain> chain_;
  uint64_t unit_ns_ = 1000;
  int64_t last_ns_ = 0;
  BufferPool pool_;
  CaptureCursor captures_;
  FrameCursor imu_;
  std::map<std::string, FrameCursor, std::less<>> custom_;
  std::function<Result<Image>(const Image&)> color_conversion_;
};

}  // namespace lockstep
