// SPDX-License-Identifier: MIT
#include "lockstep/recording/reader.h"

#include <fmt/format.h>

#include <array>
#include <deque>

#include "lockstep/mkv/lacing.h"
#include "lockstep/recording/block_cursor.h"
#include "lockstep/recording/image_check.h"
#include "lockstep/recording/imu_payload.h"
#include "lockstep/recording/opened_recording.h"
#include "lockstep/recording/plane.h"
#include "lockstep/recording/scan.h"
#include "lockstep/recording/side_track.h"
#include "lockstep/recording/streams.h"

namespace lockstep {
namespace {

/// A JPEG of 4096 x 3072 has 2.3 MB; this only stops hostile sizes.
constexpr uint64_t kLargestJpeg = 64u << 20;
constexpr uint64_t kLargestImuBlock = 1u << 20;

/// One image track.
struct Stream {
  ImageShape shape;
  bool swap = false;  // samples are big-endian in the file
};

class Reader final : public RecordingReader {
 public:
  Reader(std::unique_ptr<OpenedRecording> opened, const std::filesystem::path& path)
      : opened_(std::move(opened)), info_(opened_->describe(path)) {
    const DecodedHead& head = opened_->head;
    const KinectTracks& tracks = head.tracks;
    const Micros delay = head.header.camera.depth_delay_off_color;
    const ImageShape plane{PixelFormat::depth16, head.depth_width_px, head.depth_height_px};
    streams_[0].shape = {head.color_pixels, head.color_width_px, head.color_height_px};
    streams_[1].shape = plane;
    streams_[2].shape = plane;
    streams_[2].shape.format = PixelFormat::ir16;
    streams_[1].swap = !head.depth_little_endian;
    streams_[2].swap = !head.ir_little_endian;
    captures_ = CaptureCursor(*opened_->chain, opened_->unit_ns,
                              {tracks.color, tracks.depth, tracks.ir}, head.frame_period, delay);
    imu_cursor_ = BlockCursor(*opened_->chain, tracks.imu);
  }

  [[nodiscard]] const RecordingInfo& info() const override { return info_; }
  Result<std::optional<Capture>> next_capture() override { return step(Direction::forward); }
  Result<std::optional<Capture>> previous_capture() override { return step(Direction::backward); }
  Result<void> seek(DeviceTime time) override;
  Result<std::optional<ImuSample>> next_imu() override;
  Result<RecordingStamps> scan() override {
    auto stamps = scan_stamps(*opened_);
    refresh_damage();
    return stamps;
  }

 private:
  Result<std::optional<Capture>> step(Direction direction);
  Result<Capture> assemble();
  std::optional<Image> load_image(const Stream& stream, const FoundBlock& found);
  void add_note(Capture& capture);
  void refresh_damage() {
    const auto& known = opened_->damage.list();
    for (size_t i = info_.damage.size(); i < known.size(); ++i) {
      info_.damage.push_back({known[i].what, known[i].offset});
    }
  }
  Result<void> io_error() const { return opened_->window.error(); }

  std::unique_ptr<OpenedRecording> opened_;
  RecordingInfo info_;
  BufferPool pool_;
  std::array<Stream, 3> streams_;  // colour, depth, IR
  CaptureCursor captures_;
  BlockCursor imu_cursor_;
  std::deque<ImuSample> imu_;
  std::optional<DeviceTime> imu_from_;  // after a seek: earlier samples are skipped
};

Result<std::optional<Capture>> Reader::step(Direction direction) {
  // A capture whose every image turns out to be unreadable is passed over.
  while (captures_.step(direction)) {
    auto capture = assemble();
    if (!capture) return capture.error();
    if (capture->color || capture->depth || capture->ir) return std::optional(std::move(*capture));
  }
  if (auto ok = io_error(); !ok) return ok.error();
  refresh_damage();
  return std::optional<Capture>();
}

Result<Capture> Reader::assemble() {
  Capture capture;
  std::optional<Image>* const images[] = {&capture.color, &capture.depth, &capture.ir};
  for (size_t i = 0; i < streams_.size(); ++i) {
    const auto& member = captures_.member(static_cast<CaptureCursor::Part>(i));
    if (member) *images[i] = load_image(streams_[i], *member);
  }
  if (auto ok = io_error(); !ok) return ok.error();
  add_note(capture);
  refresh_damage();
  return capture;
}

std::optional<Image> Reader::load_image(const Stream& stream, const FoundBlock& found) {
  const mkv::BlockRef& block = found.ref();
  const uint64_t expected = stream.shape.image_bytes();
  if (mkv::lacing_of(block.flags) != mkv::Lacing::none || block.size == 0 ||
      (expected != 0 && block.size != expected)) {
    opened_->damage.add(
        block.offset,
        fmt::format("the {} image at byte {} has {} bytes instead of {}: it is left "
                    "out",
                    name_of(stream.shape.format), block.offset, block.size, expected));
    return std::nullopt;
  }
  auto buffer = opened_->load(block, expected != 0 ? expected : kLargestJpeg, pool_);
  if (!buffer) return std::nullopt;
  if (expected != 0 && stream.swap) swap_plane(buffer->bytes);
  Image image;
  image.format = stream.shape.format;
  image.width_px = stream.shape.width_px;
  image.height_px = stream.shape.height_px;
  image.stride_bytes = stream.shape.row_bytes();
  image.bytes = ImageBytes(std::move(buffer->owner), buffer->bytes);
  image.stamp = opened_->stamp_of(block);
  return image;
}

/// What the side track knows; its entry is in the cluster of the image whose stamp is the
/// capture's.
void Reader::add_note(Capture& capture) {
  if (opened_->head.tracks.notes == 0) return;
  const auto& color = captures_.member(CaptureCursor::color);
  const auto& ir = captures_.member(CaptureCursor::ir);
  const auto& named = color ? color : ir ? ir : captures_.member(CaptureCursor::depth);
  if (!named) return;
  for (const mkv::BlockRef& block : named->cluster->blocks) {
    if (block.track != opened_->head.tracks.notes || block.time != named->ref().time) continue;
    const auto payload = opened_->window.look(block.offset, kNoteBytes);
    const auto note = decode_note(opened_->stamp_of(block), payload);
    if (!note || block.size < kNoteBytes) continue;
    capture.temperature_c = note->temperature_c;
    capture.jacks = note->jacks;
    capture.dropped_before = note->dropped_before;
    for (auto* image : {&capture.color, &capture.depth, &capture.ir}) {
      if (*image) (*image)->arrival = note->arrival;
    }
    if (capture.color) {
      capture.color->exposure = note->exposure;
      capture.color->gain = note->gain;
      capture.color->white_balance_k = note->white_balance_k;
    }
    return;
  }
}

Result<void> Reader::seek(DeviceTime time) {
  const int64_t target_ns = since(DeviceTime(Nanos(opened_->offset_ns)), time).count();
  captures_.seek(target_ns);
  const auto target = target_ns / static_cast<int64_t>(opened_->unit_ns) +
                      (target_ns % static_cast<int64_t>(opened_->unit_ns) > 0 ? 1 : 0);
  const mkv::ClusterPtr from = opened_->chain->entry_before(target);
  imu_.clear();
  imu_from_ = time;
  imu_cursor_.seek(from, [&](const mkv::BlockRef& block) {
    return block.time + static_cast<int64_t>(std::min<uint64_t>(block.duration, 1u << 30)) >=
           target;
  });
  return io_error();
}

Result<std::optional<ImuSample>> Reader::next_imu() {
  while (imu_.empty()) {
    const auto block = imu_cursor_.peek_next();
    if (!block) {
      if (auto ok = io_error(); !ok) return ok.error();
      return std::optional<ImuSample>();
    }
    imu_cursor_.move_behind(*block);
    const auto buffer = opened_->load(block->ref(), kLargestImuBlock, pool_);
    if (!buffer) continue;
    const auto frames = mkv::split_frames(mkv::lacing_of(block->ref().flags), buffer->bytes);
    for (const mkv::ByteView& frame : frames.value_or(std::vector<mkv::ByteView>{})) {
      const auto sample = decode_imu(frame);
      if (sample && (!imu_from_ || sample->acceleration_stamp >= *imu_from_))
        imu_.push_back(*sample);
      if (!sample) {
        opened_->damage.add(
            block->ref().offset,
            fmt::format("an IMU sample at byte {} has {} bytes instead of {}: it is "
                        "left out",
                        block->ref().offset, frame.size(), kImuSampleBytes));
      }
    }
    refresh_damage();
  }
  const ImuSample sample = imu_.front();
  imu_.pop_front();
  return std::optional(sample);
}

}  // namespace

Result<std::unique_ptr<RecordingReader>> open_recording_on(std::unique_ptr<mkv::ByteSource> source,
                                                           const std::filesystem::path& name) {
  auto opened = look_into_recording(std::move(source), name);
  if (!opened) return opened.error();
  return std::unique_ptr<RecordingReader>(std::make_unique<Reader>(std::move(*opened), name));
}

Result<std::unique_ptr<RecordingReader>> RecordingReader::open(const std::filesystem::path& path) {
  auto source = mkv::open_file_source(path);
  if (!source) return source.error();
  return open_recording_on(std::move(*source), path);
}

}  // namespace lockstep
