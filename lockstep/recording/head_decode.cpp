// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstring>

#include "lockstep/base/little_endian.h"
#include "lockstep/frame/image_shape.h"
#include "lockstep/recording/head_codec.h"
#include "lockstep/recording/head_lookup.h"
#include "lockstep/recording/our_tags.h"
#include "lockstep/recording/side_track.h"

namespace lockstep {
namespace {

using mkv::TagTarget;
using mkv::TrackEntry;

constexpr int64_t kLongestDelayNs = 1'000'000'000;

std::string describe_codec(const TrackEntry& track) {
  const std::string fourcc = fourcc_of(track);
  return fourcc.empty() ? track.codec_id : track.codec_id + " " + fourcc;
}

std::optional<DepthMode> depth_mode_of_size(uint64_t width, uint64_t height) {
  for (const DepthMode mode : {DepthMode::nfov_2x2binned, DepthMode::nfov_unbinned,
                               DepthMode::wfov_2x2binned, DepthMode::wfov_unbinned}) {
    const SizePx size = depth_size(mode);
    if (static_cast<uint64_t>(size.width) == width &&
        static_cast<uint64_t>(size.height) == height) {
      return mode;
    }
  }
  return std::nullopt;
}

class HeadDecoder {
 public:
  HeadDecoder(const mkv::OpenedSegment& segment, mkv::DamageList& damage)
      : segment_(segment), head_(segment.head), damage_(damage) {}

  Result<DecodedHead> decode() {
    const TrackEntry* color = find_track(head_, "K4A_COLOR_TRACK", {"COLOR"});
    const TrackEntry* depth = find_track(head_, "K4A_DEPTH_TRACK", {"DEPTH", "DEPTH_IR"});
    const TrackEntry* ir = find_track(head_, "K4A_IR_TRACK", {"IR"});
    const TrackEntry* imu = find_track(head_, "K4A_IMU_TRACK", {"IMU"});
    const TrackEntry* notes = find_track(head_, "K4A_CUSTOM_TRACK_LOCKSTEP", {kSideTrackName});
    if (color == nullptr && depth == nullptr && ir == nullptr && imu == nullptr) {
      return Error{Errc::unusable_input,
                   "this is a Matroska file, but not a recording of a Kinect: it has no COLOR, "
                   "DEPTH, IR or IMU track"};
    }
    read_info();
    out_.header.camera.color_resolution = ColorResolution::off;  // unless a track tells its size
    if (color != nullptr) read_color(*color);
    if (depth != nullptr) read_plane_track(*depth, out_.tracks.depth, out_.depth_little_endian);
    if (ir != nullptr) read_plane_track(*ir, out_.tracks.ir, out_.ir_little_endian);
    read_depth_mode();
    read_frame_period({color, depth, ir});
    if (imu != nullptr) out_.tracks.imu = imu->number;
    if (notes != nullptr && notes->codec_id == kSideTrackCodec) out_.tracks.notes = notes->number;
    read_sync_tags();
    read_device_tags();
    RecordingHeader& header = out_.header;
    header.has_color = out_.tracks.color != 0;
    header.has_depth = out_.tracks.depth != 0;
    header.has_ir = out_.tracks.ir != 0;
    header.has_imu = header.camera.imu = out_.tracks.imu != 0;
    return std::move(out_);
  }

 private:
  void note_tracks(std::string what) { damage_.add(segment_.tracks_at, std::move(what)); }
  /// At the beginning of the segment when there are no tags at all.
  void note_tags(std::string what) {
    damage_.add(segment_.tags_at != 0 ? segment_.tags_at : segment_.data_start, std::move(what));
  }

  void read_info() {
    out_.header.muxing_app = head_.info.muxing_app;
    out_.header.writing_app = head_.info.writing_app;
    out_.header.date_utc_ns = head_.info.date_utc_ns.value_or(0);
  }

  /// The vendor's reader refuses tracks whose description has another size.
  void check_description(const TrackEntry& track) {
    if (track.codec_private.size() == kBitmapHeaderBytes) return;
    note_tracks(
        fmt::format("the description of the {} images has {} bytes instead of {}: the size "
                    "of the track is taken, other programs may refuse the file",
                    track.name, track.codec_private.size(), kBitmapHeaderBytes));
  }

  void read_color(const TrackEntry& track) {
    CameraConfig& camera = out_.header.camera;
    const auto format = color_format_from(fourcc_of(track));  // its names are the FourCCs
    const auto fits = [](uint64_t side) { return side > 0 && side <= 16384; };
    if (!format || !fits(track.width_px) || !fits(track.height_px)) {
      note_tracks(
          fmt::format("the colour track is of a kind that no Kinect records ({}, {} x {}): it is "
                      "left out",
                      describe_codec(track), track.width_px, track.height_px));
      return;
    }
    check_description(track);
    camera.color_format = *format;
    out_.color_pixels = pixel_format(*format);
    out_.tracks.color = track.number;
    out_.color_width_px = static_cast<int>(track.width_px);
    out_.color_height_px = static_cast<int>(track.height_px);
    for (int i = 1; i <= static_cast<int>(ColorResolution::p3072); ++i) {
      const auto resolution = static_cast<ColorResolution>(i);
      if (color_size(resolution) == SizePx{out_.color_width_px, out_.color_height_px}) {
        camera.color_resolution = resolution;
      }
    }
    if (camera.color_resolution == ColorResolution::off) {
      note_tracks(
          fmt::format("the colour images are {} x {}, which is no mode of a Kinect: they are read, "
                      "but the calibration does not fit them",
                      track.width_px, track.height_px));
    }
  }

  /// Depth or IR.
  void read_plane_track(const TrackEntry& track, uint64_t& number, bool& little_endian) {
    const std::string fourcc = fourcc_of(track);
    const bool fits = track.width_px > 0 && track.width_px <= 4096 && track.height_px > 0 &&
                      track.height_px <= 4096;
    if ((fourcc != "b16g" && fourcc != "YUY2") || !fits) {
      note_tracks(
          fmt::format("the {} track is of a kind that no Kinect records ({}, {} x {}): it is left "
                      "out",
                      track.name, describe_codec(track), track.width_px, track.height_px));
      return;
    }
    if (out_.depth_width_px != 0 && (static_cast<int>(track.width_px) != out_.depth_width_px ||
                                     static_cast<int>(track.height_px) != out_.depth_height_px)) {
      note_tracks("depth and IR have different sizes: IR is left out");
      return;
    }
    check_description(track);
    number = track.number;
    little_endian = fourcc == "YUY2";
    out_.depth_width_px = static_cast<int>(track.width_px);
    out_.depth_height_px = static_cast<int>(track.height_px);
  }

  void read_depth_mode() {
    CameraConfig& camera = out_.header.camera;
    camera.depth_mode = DepthMode::off;
    if (out_.tracks.depth == 0 && out_.tracks.ir == 0) return;
    const mkv::Tag* tag = head_.find_tag("K4A_DEPTH_MODE");
    const auto named = tag == nullptr ? std::nullopt : depth_mode_from(tag->value);
    const SizePx size{out_.depth_width_px, out_.depth_height_px};
    if (named && depth_size(*named) == size) {
      camera.depth_mode = *named;
      return;
    }
    const mkv::Tag* ir_mode = head_.find_tag("K4A_IR_MODE");
    const bool passive =
        out_.tracks.depth == 0 && ir_mode != nullptr && ir_mode->value == "PASSIVE";
    const auto guessed = passive ? std::optional(DepthMode::passive_ir)
                                 : depth_mode_of_size(out_.depth_width_px, out_.depth_height_px);
    camera.depth_mode = guessed.value_or(DepthMode::off);
    note_tags(
        fmt::format("the tag K4A_DEPTH_MODE {} for {} x {} images: taken as {}",
                    tag == nullptr ? "is missing" : "says \"" + tag->value.substr(0, 40) + "\"",
                    size.width, size.height, to_string(camera.depth_mode)));
  }

  void read_frame_period(std::array<const TrackEntry*, 3> tracks) {
    for (const TrackEntry* track : tracks) {
      if (track == nullptr || track->default_duration_ns == 0) continue;
      const auto fps = std::llround(1e9 / static_cast<double>(track->default_duration_ns));
      const auto rate =
          fps > 0 && fps < 1000 ? frame_rate_from(static_cast<int>(fps)) : std::nullopt;
      if (rate) {
        out_.header.camera.frame_rate = *rate;
        out_.frame_period = Nanos(static_cast<int64_t>(track->default_duration_ns));
        return;
      }
    }
    out_.header.camera.frame_rate = FrameRate::fps30;
    out_.frame_period = Nanos(33'333'333);
    const bool has_images = out_.tracks.color + out_.tracks.depth + out_.tracks.ir != 0;
    if (has_images)
      note_tracks("the file does not say its frame rate: taken as 30 frames per second");
  }

  template <typename T>
  std::optional<T> number_tag(std::string_view name) {
    const mkv::Tag* tag = head_.find_tag(name);
    if (tag == nullptr) return std::nullopt;
    const auto value = number_in<T>(tag->value);
    if (!value) {
      note_tags(fmt::format("the tag {} holds no number (\"{}\"): it is ignored", name,
                            tag->value.substr(0, 40)));
    }
    return value;
  }

  /// From `least_ns` up to a second, which is longer than any camera can be told to wait.
  Micros delay_tag(std::string_view name, int64_t least_ns) {
    const auto ns = number_tag<int64_t>(name);
    if (!ns) return Micros(0);
    if (*ns >= least_ns && *ns <= kLongestDelayNs) {
      return std::chrono::duration_cast<Micros>(Nanos(*ns));
    }
    note_tags(fmt::format("the tag {} says {} ns, for which no camera waits: taken as no delay",
                          name, *ns));
    return Micros(0);
  }

  void read_sync_tags() {
    RecordingHeader& header = out_.header;
    CameraConfig& camera = header.camera;
    const mkv::Tag* sync = head_.find_tag("K4A_WIRED_SYNC_MODE");
    const auto mode = sync == nullptr ? std::nullopt : wired_sync_from(sync->value);
    header.has_wired_sync_tag = mode.has_value();
    camera.wired_sync = mode.value_or(WiredSync::standalone);
    if (sync != nullptr && !mode) {
      note_tags(
          fmt::format("the tag K4A_WIRED_SYNC_MODE says \"{}\", which is no mode: taken as not "
                      "wired",
                      sync->value.substr(0, 40)));
    }
    camera.depth_delay_off_color = delay_tag("K4A_DEPTH_DELAY_NS", -kLongestDelayNs);
    if (camera.wired_sync == WiredSync::subordinate) {
      camera.subordinate_delay_off_master = delay_tag("K4A_SUBORDINATE_DELAY_NS", 0);
    }
    out_.start_offset_ns = number_tag<uint64_t>(kStartOffsetTag);
  }

  void read_device_tags() {
    RecordingHeader& header = out_.header;
    const auto text = [this](std::string_view name) {
      const mkv::Tag* tag = head_.find_tag(name);
      return tag == nullptr ? std::string() : tag->value;
    };
    header.serial = text("K4A_DEVICE_SERIAL_NUMBER");
    header.color_firmware = text("K4A_COLOR_FIRMWARE_VERSION");
    header.depth_firmware = text("K4A_DEPTH_FIRMWARE_VERSION");
    const mkv::Tag* marked = head_.find_tag(kVirtualTag);
    header.is_virtual = marked != nullptr && marked->value == "1";
    const mkv::Attachment* calibration = find_calibration(head_);
    if (calibration != nullptr) header.calibration_json = mkv::as_text(calibration->data);
    for (const mkv::Tag& tag : head_.tags) {
      if (tag.target == TagTarget::none && !tag.name.starts_with("K4A_") &&
          tag.name != kVirtualTag) {
        header.extra_tags.emplace_back(tag.name, tag.value);
      }
    }
  }

  const mkv::OpenedSegment& segment_;
  const mkv::SegmentHead& head_;
  mkv::DamageList& damage_;
  DecodedHead out_;
};

}  // namespace

Result<DecodedHead> decode_recording_head(const mkv::OpenedSegment& segment,
                                          mkv::DamageList& damage) {
  return HeadDecoder(segment, damage).decode();
}

}  // namespace lockstep
