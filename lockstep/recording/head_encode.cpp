// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "lockstep/base/little_endian.h"
#include "lockstep/frame/image_shape.h"
#include "lockstep/recording/head_codec.h"
#include "lockstep/recording/our_tags.h"
#include "lockstep/recording/side_track.h"

namespace lockstep {
namespace {

using mkv::Tag;
using mkv::TagTarget;
using mkv::TrackEntry;

constexpr std::string_view kVideoCodec = "V_MS/VFW/FOURCC";
constexpr uint64_t kUidMask = (uint64_t{1} << 60) - 1;

/// CodecPrivate of an image track: BITMAPINFOHEADER.
mkv::Bytes bitmap_header(SizePx size, std::string_view fourcc, int bits, uint64_t image_bytes) {
  mkv::Bytes bytes(40);
  store_le<uint32_t>(bytes.data(), 0, 40);
  store_le<int32_t>(bytes.data(), 4, size.width);
  store_le<int32_t>(bytes.data(), 8, size.height);
  store_le<uint16_t>(bytes.data(), 12, 1);
  store_le<uint16_t>(bytes.data(), 14, static_cast<uint16_t>(bits));
  std::memcpy(bytes.data() + 16, fourcc.data(), 4);
  store_le<uint32_t>(bytes.data(), 20, static_cast<uint32_t>(image_bytes));
  return bytes;
}

/// As its description says; those of a JPEG are what it decodes to.
int bits_per_pixel(ColorFormat format) {
  switch (format) {
    case ColorFormat::mjpg:
      return 24;
    case ColorFormat::nv12:
      return 12;
    case ColorFormat::yuy2:
      return 16;
    case ColorFormat::bgra32:
      return 32;
  }
  return 24;
}

bool name_is_safe(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

class HeadEncoder {
 public:
  HeadEncoder(const RecordingHeader& header, bool side_track)
      : header_(header), camera_(header.camera), side_track_(side_track) {}

  Result<EncodedHead> encode() {
    if (auto safe = check_names(); !safe) return safe.error();
    put_info();
    if (header_.has_color && camera_.color_on()) put_color();
    if (camera_.depth_on()) put_depth_and_ir();
    put_data_tracks();
    if (out_.head.tracks.empty()) {
      return Error{Errc::invalid_argument,
                   "nothing to record: the configuration has neither colour, depth, IR nor IMU"};
    }
    put_sync_tags();
    put_device_tags();
    put_attachments();
    if (side_track_) put_side_track();
    order_late_tags_last();
    if (header_.is_virtual) put_tag(kVirtualTag, "1");
    for (const auto& [name, value] : header_.extra_tags) put_tag(name, value);
    return std::move(out_);
  }

 private:
  [[nodiscard]] Result<void> check_names() const {
    for (const auto& [name, value] : header_.extra_tags) {
      if (name_is_safe(name)) continue;
      return Error{Errc::invalid_argument,
                   fmt::format("\"{}\" cannot be the name of a tag in a recording: use capital "
                               "letters, digits, _ and - only",
                               name)};
    }
    std::vector<std::string_view> taken = {"COLOR", "DEPTH", "IR", "IMU", "DEPTH_IR"};
    if (side_track_) taken.push_back(kSideTrackName);
    for (const CustomTrack& track : header_.custom_tracks) {
      const bool used = std::find(taken.begin(), taken.end(), track.name) != taken.end();
      if ((!track.name.empty() && !name_is_safe(track.name)) || used ||
          (track.is_video && track.frame_rate == 0))
        return Error{Errc::invalid_argument,
                     fmt::format("there cannot be a track \"{}\" of {} frames per second{}",
                                 track.name, track.frame_rate, used ? ": that name is taken" : "")};
      taken.emplace_back(track.name);
    }
    return {};
  }

  uint64_t new_uid() {
    uint64_t uid = 0;
    while (uid == 0) uid = (uint64_t{random_()} << 32 | random_()) & kUidMask;
    return uid;
  }

  void put_tag(std::string_view name, std::string value) {
    out_.head.tags.push_back({std::string(name), std::move(value), TagTarget::none, 0});
  }
  void put_track_tag(std::string_view name, std::string value, uint64_t uid) {
    out_.head.tags.push_back({std::string(name), std::move(value), TagTarget::track, uid});
  }

  TrackEntry& add_track(std::string_view name, std::string_view codec) {
    TrackEntry track;
    track.number = out_.head.tracks.size() + 1;
    track.uid = new_uid();
    track.name = name;
    track.codec_id = codec;
    out_.head.tracks.push_back(std::move(track));
    return out_.head.tracks.back();
  }

  TrackEntry& add_image_track(std::string_view name, SizePx size, mkv::Bytes bitmap) {
    TrackEntry& track = add_track(name, kVideoCodec);
    track.codec_private = std::move(bitmap);
    track.default_duration_ns =
        static_cast<uint64_t>(1'000'000'000 / frames_per_second(camera_.frame_rate));
    track.width_px = static_cast<uint64_t>(size.width);
    track.height_px = static_cast<uint64_t>(size.height);
    return track;
  }

  void put_info() {
    mkv::SegmentInfo& info = out_.head.info;
    info.timestamp_scale_ns = 1000;
    info.muxing_app = "lockstep";
    info.writing_app = header_.writing_app.empty() ? "lockstep-" LOCKSTEP_VERSION
                                                   : header_.writing_app.substr(0, 60);
    info.title = "Azure Kinect";
    info.date_utc_ns = header_.date_utc_ns;
  }

  void put_color() {
    const SizePx size = color_size(camera_.color_resolution);
    // The formats' names are their FourCCs.
    const TrackEntry& track = add_image_track(
        "COLOR", size,
        bitmap_header(size, to_string(camera_.color_format), bits_per_pixel(camera_.color_format),
                      color_shape(camera_).image_bytes()));
    out_.tracks.color = track.number;
    put_track_tag("K4A_COLOR_TRACK", std::to_string(track.uid), track.uid);
    put_track_tag("K4A_COLOR_MODE", color_mode_name(camera_.color_format, camera_.color_resolution),
                  track.uid);
  }

  void put_depth_and_ir() {
    const SizePx size = depth_size(camera_.depth_mode);
    const auto bytes = static_cast<uint64_t>(size.width) * static_cast<uint64_t>(size.height) * 2;
    const std::string mode(to_string(camera_.depth_mode));
    if (header_.has_depth && has_depth(camera_.depth_mode)) {
      const TrackEntry& track =
          add_image_track("DEPTH", size, bitmap_header(size, "b16g", 16, bytes));
      out_.tracks.depth = track.number;
      put_track_tag("K4A_DEPTH_TRACK", std::to_string(track.uid), track.uid);
      put_track_tag("K4A_DEPTH_MODE", mode, track.uid);
    } else {
      put_tag("K4A_DEPTH_MODE", mode);
    }
    if (!header_.has_ir) return;
    const TrackEntry& track = add_image_track("IR", size, bitmap_header(size, "b16g", 16, bytes));
    out_.tracks.ir = track.number;
    put_track_tag("K4A_IR_TRACK", std::to_string(track.uid), track.uid);
    put_track_tag("K4A_IR_MODE", camera_.depth_mode == DepthMode::passive_ir ? "PASSIVE" : "ACTIVE",
                  track.uid);
  }

  void put_data_tracks() {
    const auto& customs = header_.custom_tracks;
    const size_t before_imu = std::min(header_.custom_tracks_before_imu, customs.size());
    for (size_t i = 0; i < before_imu; ++i) put_custom(customs[i]);
    if (header_.has_imu || camera_.imu) put_imu();
    for (size_t i = before_imu; i < customs.size(); ++i) put_custom(customs[i]);
  }

  void put_imu() {
    TrackEntry& track = add_track("IMU", "S_K4A/IMU");
    track.type = mkv::kSubtitleTrack;
    out_.tracks.imu = track.number;
    late_tags_.push_back({"K4A_IMU_TRACK", std::to_string(track.uid), TagTarget::track, track.uid});
    late_tags_.push_back({"K4A_IMU_MODE", "ON", TagTarget::track, track.uid});
  }

  void put_custom(const CustomTrack& custom) {
    TrackEntry& track = add_track(custom.name, custom.codec_id);
    track.codec_private = custom.codec_private;
    if (custom.is_video) {
      track.default_duration_ns = 1'000'000'000 / custom.frame_rate;
      track.width_px = custom.width_px;
      track.height_px = custom.height_px;
    } else {
      track.type = mkv::kSubtitleTrack;
    }
    out_.custom_tracks.push_back(track.number);
    late_tags_.push_back({"K4A_CUSTOM_TRACK_" + custom.name, std::to_string(track.uid),
                          TagTarget::track, track.uid});
  }

  void put_sync_tags() {
    const auto ns = [](Micros time) { return std::to_string(Nanos(time).count()); };
    if (out_.tracks.color != 0 && camera_.depth_on()) {
      put_tag("K4A_DEPTH_DELAY_NS", ns(camera_.depth_delay_off_color));
    }
    if (!header_.has_wired_sync_tag) return;
    put_tag("K4A_WIRED_SYNC_MODE", std::string(to_string(camera_.wired_sync)));
    if (camera_.wired_sync == WiredSync::subordinate) {
      put_tag("K4A_SUBORDINATE_DELAY_NS", ns(camera_.subordinate_delay_off_master));
    }
  }

  void put_device_tags() {
    if (!header_.color_firmware.empty()) {
      put_tag("K4A_COLOR_FIRMWARE_VERSION", header_.color_firmware);
    }
    if (!header_.depth_firmware.empty()) {
      put_tag("K4A_DEPTH_FIRMWARE_VERSION", header_.depth_firmware);
    }
    if (!header_.serial.empty()) put_tag("K4A_DEVICE_SERIAL_NUMBER", header_.serial);
  }

  uint64_t attach(std::string name, mkv::ByteView data) {
    const uint64_t uid = new_uid();
    out_.head.attachments.push_back(
        {std::move(name), "application/octet-stream", uid, mkv::Bytes(data.begin(), data.end())});
    return uid;
  }

  void put_attachments() {
    if (!header_.calibration_json.empty()) {
      const uint64_t uid = attach("calibration.json", mkv::as_bytes(header_.calibration_json));
      out_.head.tags.push_back(
          {"K4A_CALIBRATION_FILE", "calibration.json", TagTarget::attachment, uid});
    }
    for (const AttachedFile& file : header_.attachments) attach(file.name, file.data);
  }

  void put_side_track() {
    TrackEntry& track = add_track(kSideTrackName, kSideTrackCodec);
    track.type = mkv::kSubtitleTrack;
    out_.tracks.notes = track.number;
    put_track_tag(fmt::format("K4A_CUSTOM_TRACK_{}", kSideTrackName), std::to_string(track.uid),
                  track.uid);
  }

  void order_late_tags_last() {
    out_.head.tags.insert(out_.head.tags.end(), late_tags_.begin(), late_tags_.end());
  }

  const RecordingHeader& header_;
  const CameraConfig& camera_;
  bool side_track_;
  std::random_device random_;
  std::vector<Tag> late_tags_;  // of IMU and custom tracks: behind those of the camera
  EncodedHead out_;
};

}  // namespace

Result<EncodedHead> encode_recording_head(const RecordingHeader& header, bool side_track) {
  return HeadEncoder(header, side_track).encode();
}

}  // namespace lockstep
