// SPDX-License-Identifier: MIT
#include "lockstep/recording/track_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "lockstep/mkv/lacing.h"
#include "lockstep/recording/head_lookup.h"
#include "lockstep/recording/image_check.h"
#include "lockstep/recording/imu_payload.h"
#include "lockstep/recording/plane.h"

namespace lockstep {
namespace {

/// Of files of other programs. A second; nothing records in coarser units.
constexpr uint64_t kCoarsestUnitNs = 1'000'000'000;

uint64_t number_of(const mkv::TrackEntry* track) {
  return track == nullptr ? 0 : track->number;
}

}  // namespace

Result<std::unique_ptr<TrackReader>> TrackReader::open(const std::filesystem::path& path) {
  auto source = mkv::open_file_source(path);
  if (!source) return source.error();
  std::unique_ptr<TrackReader> reader(new TrackReader(std::move(*source)));
  if (auto looked = reader->look(); !looked)
    return Error{looked.error().code, path.string() + ": " + looked.error().message};
  return reader;
}

Result<void> TrackReader::look() {
  auto segment = mkv::read_segment_head(window_, damage_);
  if (!segment) return segment.error();
  segment_ = std::move(*segment);
  auto config = read_file_config(segment_);
  if (!config) return config.error();
  config_ = std::move(*config);
  unit_ns_ = segment_.head.info.timestamp_scale_ns;
  if (unit_ns_ > kCoarsestUnitNs)
    return Error{Errc::unusable_input, "its unit of time is too long"};
  chain_ = std::make_unique<mkv::ClusterChain>(
      mkv::ClusterReader(window_, segment_.data_end, damage_), window_, segment_.cues,
      segment_.data_start, segment_.first_cluster, damage_);
  if (auto found = find_end(); !found) return found;
  for (const mkv::TrackEntry& track : segment_.head.tracks) {
    const bool built_in = &track == config_.color || &track == config_.depth ||
                          &track == config_.ir || &track == config_.imu;
    tracks_.try_emplace(track.name, Track{&track, built_in});
  }
  place_cursors();
  return {};
}

Result<void> TrackReader::find_end() {
  const mkv::ClusterPtr last = chain_->last();
  if (!window_.error()) return window_.error().error();
  if (!last) return Error{Errc::unusable_input, "it holds no cluster of data"};
  if (!last->whole)
    return Error{Errc::unusable_input,
                 "its last cluster is cut off or broken: repair it with `lockstep recover`"};
  for (const mkv::BlockRef& block : last->blocks) {
    int64_t end_ns = block_time_ns(block, unit_ns_);
    if (block.in_group && block.duration > 0) {
      const auto units = std::min(block.duration, static_cast<uint64_t>(kLatestNs) / unit_ns_);
      end_ns += static_cast<int64_t>(units * unit_ns_) - 1;
    }
    last_ns_ = std::max(last_ns_, end_ns);
  }
  return {};
}

void TrackReader::place_cursors() {
  captures_ =
      CaptureCursor(*chain_, unit_ns_,
                    {number_of(config_.color), number_of(config_.depth), number_of(config_.ir)},
                    config_.frame_period, config_.camera.depth_delay_off_color);
  imu_ = FrameCursor(*chain_, window_, number_of(config_.imu), unit_ns_);
  for (const auto& [name, track] : tracks_) {
    if (!track.built_in) custom_.try_emplace(name, *chain_, window_, track.entry->number, unit_ns_);
  }
}

const mkv::Attachment* TrackReader::find_attachment(std::string_view name) const {
  for (const mkv::Attachment& attachment : segment_.head.attachments) {
    if (attachment.name == name) return &attachment;
  }
  return nullptr;
}

const mkv::Attachment* TrackReader::calibration() const {
  return find_calibration(segment_.head);
}

Result<Image> TrackReader::load_image(const FoundBlock& found, const ImageShape& shape, bool swap) {
  const mkv::BlockRef& block = found.ref();
  const bool laced = mkv::lacing_of(block.flags) != mkv::Lacing::none;
  if (laced || block.size == 0 || block.size < shape.image_bytes()) {
    return Error{Errc::unusable_input,
                 fmt::format("the {} image at byte {} has {} bytes{}, and not the {} of its track",
                             name_of(shape.format), block.offset, block.size,
                             laced ? " in a lace" : "", shape.image_bytes())};
  }
  const BufferPool::Buffer buffer = pool_.take(static_cast<size_t>(block.size));
  if (!window_.read(block.offset, buffer.bytes))
    return Error{Errc::io, fmt::format("the image at byte {} cannot be read", block.offset)};
  if (swap) swap_plane(buffer.bytes);
  Image image;
  image.format = shape.format;
  image.width_px = shape.width_px;
  image.height_px = shape.height_px;
  image.stride_bytes = shape.row_bytes();
  image.bytes = ImageBytes(buffer.owner, buffer.bytes);
  image.stamp = DeviceTime(Nanos(block_time_ns(block, unit_ns_) + config_.start_offset_ns));
  return image;
}

Result<Image> TrackReader::load_color(const FoundBlock& found) {
  auto image = load_image(found, config_.color_shape, false);
  return image && color_conversion_ ? color_conversion_(*image) : std::move(image);
}

Result<std::optional<Capture>> TrackReader::next_capture(Direction direction) {
  if (!captures_.step(direction)) {
    if (!window_.error()) return window_.error().error();
    return std::optional<Capture>();
  }
  Capture capture;
  const struct {
    CaptureCursor::Part part;
    std::optional<Image>& image;
    const ImageShape& shape;
    bool swap;
  } parts[] = {
      {CaptureCursor::color, capture.color, config_.color_shape, false},
      {CaptureCursor::depth, capture.depth, config_.depth_shape, !config_.depth_little_endian},
      {CaptureCursor::ir, capture.ir, config_.ir_shape, !config_.ir_little_endian}};
  std::optional<Error> failed;
  for (const auto& part : parts) {
    const auto& member = captures_.member(part.part);
    if (!member) continue;
    if (failed) {
      captures_.give_back(part.part);
      continue;
    }
    auto image = part.part == CaptureCursor::color ? load_color(*member)
                                                   : load_image(*member, part.shape, part.swap);
    if (image) part.image = std::move(*image);
    if (!image) failed = image.error();
  }
  if (failed) return *failed;
  return std::optional(std::move(capture));
}

Result<std::optional<ImuSample>> TrackReader::next_imu(Direction direction) {
  const auto frame = imu_.step(direction);
  if (!frame) return frame.error();
  if (!*frame) return std::optional<ImuSample>();
  auto sample = decode_imu((*frame)->bytes);
  if (sample) return std::optional(*sample);
  return Error{Errc::unusable_input, fmt::format("an IMU sample has {} bytes instead of {}",
                                                 (*frame)->bytes.size(), kImuSampleBytes)};
}

Result<std::optional<TrackReader::DataBlock>> TrackReader::next_block(std::string_view track,
                                                                      Direction direction) {
  const auto cursor = custom_.find(track);
  if (cursor == custom_.end())
    return Error{Errc::invalid_argument, fmt::format("there is no custom track \"{}\"", track)};
  const auto frame = cursor->second.step(direction);
  if (!frame) return frame.error();
  if (!*frame) return std::optional<DataBlock>();
  const Nanos stamp((*frame)->time_ns + config_.start_offset_ns);
  return std::optional(DataBlock{DeviceTime(stamp), (*frame)->bytes});
}

void TrackReader::seek(int64_t target_ns) {
  target_ns = std::clamp(target_ns, -kLatestNs, kLatestNs);
  captures_.seek(target_ns);
  imu_.seek(target_ns, [&](const Frame& frame) {
    const auto sample = decode_imu(frame.bytes);
    return sample && sample->acceleration_stamp.ns() >= target_ns + config_.start_offset_ns;
  });
  for (auto& [name, cursor] : custom_)
    cursor.seek(target_ns, [&](const Frame& frame) { return frame.time_ns >= target_ns; });
}

}  // namespace lockstep
