// SPDX-License-Identifier: MIT
#include "lockstep/recording/file_config.h"

#include <fmt/format.h>

#include <string_view>

#include "lockstep/recording/capture_cursor.h"
#include "lockstep/recording/head_codec.h"
#include "lockstep/recording/head_lookup.h"

namespace lockstep {
namespace {

using mkv::TrackEntry;

/// An hour. What a camera can wait is far less; sums with it do not overflow.
constexpr int64_t kLongestDelayNs = 3'600'000'000'000;
constexpr uint64_t kLargestSidePx = 20'000;

Error refused(std::string why) {
  return {Errc::unusable_input, std::move(why)};
}

class ConfigReader {
 public:
  explicit ConfigReader(const mkv::OpenedSegment& segment)
      : segment_(segment), head_(segment.head) {}

  Result<FileConfig> read() {
    out_.color = find_track(head_, "K4A_COLOR_TRACK", {"COLOR"});
    out_.depth = find_track(head_, "K4A_DEPTH_TRACK", {"DEPTH"});
    out_.ir = find_track(head_, "K4A_IR_TRACK", {"IR", "DEPTH_IR"});
    out_.imu = find_track(head_, "K4A_IMU_TRACK", {"IMU"});
    if (out_.imu != nullptr && out_.imu->type != mkv::kSubtitleTrack) out_.imu = nullptr;
    out_.camera.color_resolution = ColorResolution::off;
    out_.camera.depth_mode = DepthMode::off;
    for (const auto step :
         {&ConfigReader::check_segment, &ConfigReader::read_color, &ConfigReader::read_planes,
          &ConfigReader::read_depth_mode, &ConfigReader::read_rate, &ConfigReader::read_delays,
          &ConfigReader::read_start_offset}) {
      if (auto read = (this->*step)(); !read) return read.error();
    }
    return out_;
  }

 private:
  Result<void> check_segment() {
    const uint64_t reads = segment_.doc_type_read_version;
    if (reads > 2 || segment_.doc_type_version < reads)
      return refused(
          fmt::format("it is Matroska of version {} (to be read as {}), which is "
                      "newer than recordings are",
                      segment_.doc_type_version, reads));
    if (segment_.size_was_zero)
      return refused(
          "its recorder died before it finished the file: repair it with `lockstep "
          "recover`");
    if (!segment_.has_info || !segment_.has_tracks)
      return refused(fmt::format("its {} missing", segment_.has_info ? "tracks are" : "Info is"));
    if (segment_.head.info.timestamp_scale_ns == 0) return refused("its unit of time is 0");
    if (segment_.seek_entry_wrong)
      return refused(
          "it is cut off or overwritten: its index names parts that are not there; "
          "repair it with `lockstep recover`");
    return {};
  }

  static Result<void> check_image_track(const TrackEntry& track) {
    if (track.type != mkv::kVideoTrack)
      return refused(fmt::format("its track {} is no video", track.name));
    if (fourcc_of(track).empty() || track.codec_private.size() != kBitmapHeaderBytes)
      return refused(fmt::format("the description of its track {} is not a Kinect's", track.name));
    return {};
  }

  static bool shape_from(const TrackEntry& track, PixelFormat format, ImageShape& shape) {
    if (track.width_px > kLargestSidePx || track.height_px > kLargestSidePx) return false;
    shape = {format, static_cast<int>(track.width_px), static_cast<int>(track.height_px)};
    return true;
  }

  Result<void> read_color() {
    if (out_.color == nullptr) return {};
    if (auto ok = check_image_track(*out_.color); !ok) return ok;
    const auto format = color_format_from(fourcc_of(*out_.color));  // its names are the FourCCs
    if (!format || !shape_from(*out_.color, pixel_format(*format), out_.color_shape))
      return refused(fmt::format("its colour is of a kind that no Kinect records ({})",
                                 fourcc_of(*out_.color)));
    out_.camera.color_format = *format;
    for (int i = 1; i <= static_cast<int>(ColorResolution::p3072); ++i) {
      const auto resolution = static_cast<ColorResolution>(i);
      const SizePx size = color_size(resolution);
      if (size == SizePx{out_.color_shape.width_px, out_.color_shape.height_px})
        out_.camera.color_resolution = resolution;
    }
    return {};
  }

  static Result<void> read_plane(const TrackEntry* track, PixelFormat format, ImageShape& shape,
                                 bool& little_endian) {
    if (track == nullptr) return {};
    if (auto ok = check_image_track(*track); !ok) return ok;
    const std::string fourcc = fourcc_of(*track);
    little_endian = fourcc == "YUY2";
    if ((fourcc != "b16g" && !little_endian) || !shape_from(*track, format, shape))
      return refused(fmt::format("its track {} is of a kind that no Kinect records ({})",
                                 track->name, fourcc));
    return {};
  }

  Result<void> read_planes() {
    if (auto ok = read_plane(out_.depth, PixelFormat::depth16, out_.depth_shape,
                             out_.depth_little_endian);
        !ok)
      return ok;
    if (auto ok = read_plane(out_.ir, PixelFormat::ir16, out_.ir_shape, out_.ir_little_endian); !ok)
      return ok;
    const bool differ = out_.depth_shape.width_px != out_.ir_shape.width_px ||
                        out_.depth_shape.height_px != out_.ir_shape.height_px;
    if (out_.depth != nullptr && out_.ir != nullptr && differ)
      return refused("its depth and IR images have different sizes");
    return {};
  }

  Result<void> read_depth_mode() {
    if (out_.depth == nullptr && out_.ir == nullptr) return {};
    const mkv::Tag* tag = head_.find_tag("K4A_DEPTH_MODE");
    if (tag == nullptr) return refused("its tag K4A_DEPTH_MODE is missing");
    const auto mode = depth_mode_from(tag->value);
    if (!mode || *mode == DepthMode::off)
      return refused(fmt::format("its tag K4A_DEPTH_MODE says \"{}\", which is no mode",
                                 tag->value.substr(0, 40)));
    const ImageShape& shape = out_.depth != nullptr ? out_.depth_shape : out_.ir_shape;
    if (depth_size(*mode) != SizePx{shape.width_px, shape.height_px})
      return refused(fmt::format("its depth images are {} x {}, which is not {}", shape.width_px,
                                 shape.height_px, to_string(*mode)));
    out_.camera.depth_mode = *mode;
    return {};
  }

  Result<void> read_rate() {
    uint64_t period_ns = 0;
    for (const TrackEntry* track : {out_.color, out_.depth, out_.ir}) {
      if (track == nullptr) continue;
      const uint64_t own_ns = track->default_duration_ns;
      if (own_ns == 0) return refused(fmt::format("its track {} has no rate", track->name));
      if (period_ns != 0 && own_ns != period_ns)
        return refused("its image tracks have different rates");
      period_ns = own_ns;
    }
    out_.camera.frame_rate = FrameRate::fps30;
    if (period_ns == 0) return {};
    const uint64_t rate = 1'000'000'000 / period_ns;
    if (rate != 5 && rate != 15 && rate != 30)
      return refused(fmt::format("its rate is {} frames per second, and not 5, 15 or 30", rate));
    out_.camera.frame_rate = *frame_rate_from(static_cast<int>(rate));
    out_.frame_period = Nanos(static_cast<int64_t>(period_ns));
    return {};
  }

  /// False where the tag is there and holds no number; `value` stays where it is not there.
  template <typename T>
  bool read_number(std::string_view name, T& value) {
    const mkv::Tag* tag = head_.find_tag(name);
    if (tag == nullptr) return true;
    const auto number = number_in<T>(tag->value);
    if (number) value = *number;
    return number.has_value();
  }

  static Micros delay_of(int64_t ns) {
    return std::chrono::duration_cast<Micros>(
        Nanos(std::clamp(ns, -kLongestDelayNs, kLongestDelayNs)));
  }

  Result<void> read_delays() {
    int64_t depth_delay = 0;
    if (!read_number("K4A_DEPTH_DELAY_NS", depth_delay))
      return refused("its tag K4A_DEPTH_DELAY_NS holds no number");
    out_.camera.depth_delay_off_color = delay_of(depth_delay);
    if (const mkv::Tag* tag = head_.find_tag("K4A_WIRED_SYNC_MODE")) {
      const auto mode = wired_sync_from(tag->value);
      if (!mode)
        return refused(fmt::format("its tag K4A_WIRED_SYNC_MODE says \"{}\", which is no mode",
                                   tag->value.substr(0, 40)));
      out_.camera.wired_sync = *mode;
    }
    if (out_.camera.wired_sync != WiredSync::subordinate) return {};
    int64_t behind_master = 0;
    if (!read_number("K4A_SUBORDINATE_DELAY_NS", behind_master) || behind_master < 0)
      return refused("its tag K4A_SUBORDINATE_DELAY_NS holds no number");
    out_.camera.subordinate_delay_off_master = delay_of(behind_master);
    return {};
  }

  Result<void> read_start_offset() {
    uint64_t offset = 0;
    if (!read_number(kStartOffsetTag, offset) || offset > static_cast<uint64_t>(kLatestNs))
      return refused(fmt::format("its tag {} holds no time", kStartOffsetTag));
    out_.start_offset_ns = static_cast<int64_t>(offset);
    return {};
  }

  const mkv::OpenedSegment& segment_;
  const mkv::SegmentHead& head_;
  FileConfig out_;
};

}  // namespace

Result<FileConfig> read_file_config(const mkv::OpenedSegment& segment) {
  return ConfigReader(segment).read();
}

}  // namespace lockstep
