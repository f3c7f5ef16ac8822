// SPDX-License-Identifier: MIT
#include "lockstep/recording/scan.h"

#include <algorithm>

#include "lockstep/mkv/lacing.h"
#include "lockstep/recording/imu_payload.h"
#include "lockstep/recording/side_track.h"

namespace lockstep {
namespace {

class Scan {
 public:
  explicit Scan(OpenedRecording& recording)
      : recording_(recording), tracks_(recording.head.tracks) {}

  Result<RecordingStamps> run() {
    mkv::ClusterReader& reader = recording_.chain->reader();
    mkv::Cluster cluster;
    for (uint64_t offset = recording_.chain->start(); reader.read(offset, cluster);
         offset = cluster.next) {
      for (const mkv::BlockRef& block : cluster.blocks) take(block);
    }
    if (!recording_.window.error()) return recording_.window.error().error();
    if (last_imu_) stamps_.last_imu = last_sample_of(*last_imu_);
    return std::move(stamps_);
  }

 private:
  void take(const mkv::BlockRef& block) {
    if (block.track == tracks_.color) {
      add(stamps_.color, block);
    } else if (block.track == tracks_.depth) {
      add(stamps_.depth, block);
    } else if (block.track == tracks_.ir) {
      add(stamps_.ir, block);
    } else if (block.track == tracks_.imu) {
      take_imu(block);
    } else if (block.track == tracks_.notes) {
      take_note(block);
    }
  }

  void add(std::vector<RecordingStamps::Entry>& list, const mkv::BlockRef& block) {
    if (block.track == 0) return;
    const auto bytes = static_cast<uint32_t>(std::min<uint64_t>(block.size, UINT32_MAX));
    list.push_back({recording_.stamp_of(block), bytes});
  }

  void take_note(const mkv::BlockRef& block) {
    if (block.track == 0 || block.size < kNoteBytes) return;
    const auto payload = recording_.window.look(block.offset, kNoteBytes);
    if (auto note = decode_note(recording_.stamp_of(block), payload)) {
      stamps_.notes.push_back(*note);
    }
  }

  void take_imu(const mkv::BlockRef& block) {
    if (block.track == 0) return;
    uint64_t samples = 1;
    if (mkv::lacing_of(block.flags) != mkv::Lacing::none) {
      const auto count = recording_.window.look(block.offset, 1);
      if (count.empty()) return;
      samples += static_cast<uint8_t>(count[0]);
    }
    stamps_.imu_samples += samples;
    if (!stamps_.first_imu) stamps_.first_imu = recording_.stamp_of(block);
    last_imu_ = block;
  }

  std::optional<DeviceTime> last_sample_of(const mkv::BlockRef& block) {
    if (block.size > mkv::SourceWindow::kLargestLook) return recording_.stamp_of(block);
    const auto payload = recording_.window.look(block.offset, static_cast<size_t>(block.size));
    const auto frames = mkv::split_frames(mkv::lacing_of(block.flags), payload);
    const auto sample = frames ? decode_imu(frames->back()) : std::nullopt;
    return sample ? sample->acceleration_stamp : recording_.stamp_of(block);
  }

  OpenedRecording& recording_;
  const KinectTracks& tracks_;
  RecordingStamps stamps_;
  std::optional<mkv::BlockRef> last_imu_;
};

}  // namespace

Result<RecordingStamps> scan_stamps(OpenedRecording& recording) {
  return Scan(recording).run();
}

}  // namespace lockstep
