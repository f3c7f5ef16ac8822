// SPDX-License-Identifier: MIT
#include "lockstep/export/footage.h"

#include <algorithm>

#include "lockstep/geometry/rig_calibration.h"
#include "lockstep/recording/reader.h"
#include "lockstep/take/set_reader.h"

namespace lockstep {
namespace {

Result<RecordingHeader> header_of(const std::filesystem::path& file) {
  auto reader = RecordingReader::open(file);
  if (!reader) return std::move(reader).error();
  return (*reader)->info().header;
}

class TakeFootage final : public Footage {
 public:
  static Result<std::unique_ptr<Footage>> open(const std::filesystem::path& folder,
                                               const std::vector<std::string>& wanted) {
    auto sets = SetReader::open(folder, wanted);
    if (!sets) return std::move(sets).error();
    auto footage = std::unique_ptr<TakeFootage>(new TakeFootage(folder, *std::move(sets)));
    if (auto read = footage->read_cameras(); !read) return std::move(read).error();
    return std::unique_ptr<Footage>(std::move(footage));
  }

  [[nodiscard]] int64_t tick_count() const override { return sets_->tick_count(); }
  Result<std::optional<CaptureSet>> next() override { return sets_->next(); }
  void seek(int64_t tick) override { sets_->seek(tick); }

 private:
  TakeFootage(const std::filesystem::path& folder, std::unique_ptr<SetReader> sets)
      : Footage(folder), sets_(std::move(sets)) {
    calibration_file_ = folder / kRigCalibrationFile;
    frames_per_second_ = lockstep::frames_per_second(sets_->manifest().plan.frame_rate);
    first_tick_ = sets_->ticks().first.value_or(0);
    recorded_ticks_ = sets_->manifest().common_ticks;
  }

  Result<void> read_cameras() {
    const TakeManifest& manifest = sets_->manifest();
    for (size_t i = 0; i < manifest.cameras.size(); ++i) {
      const TakeCamera& from = manifest.cameras[i];
      FootageCamera& camera = cameras_.emplace_back();
      camera.name = from.name;
      camera.serial = from.serial;
      if (!sets_->wants(i)) continue;
      auto header = header_of(sets_->first_file(i));
      if (!header) return std::move(header).error();
      camera.header = *std::move(header);
      for (size_t part = 0; part < from.parts.size(); ++part)
        camera.parts.push_back(clock_of(i, part));
    }
    return {};
  }

  [[nodiscard]] FootagePart clock_of(size_t camera, size_t part) const {
    const TakeManifest& manifest = sets_->manifest();
    const TakePart& from = manifest.cameras[camera].parts[part];
    const PlannedCamera* planned = manifest.plan.find(manifest.cameras[camera].name);
    FootagePart to{.file = path_ / from.file};
    if (planned != nullptr) to.planned_offset = nanos_from_us(planned->tick_offset_us());
    if (sets_->ticks().first) {
      to.rig_from_device = Nanos(from.rig_from_device_ns.value_or(0));
      to.map = from.clock_map;
      if (from.rig_from_device_ns) return to;
      to.map.reset();
    }
    // Not placed by the take: by the tick that its first stamp was counted on.
    const auto& entries = sets_->ticks().cameras[camera].entries;
    const auto first = std::find_if(entries.begin(), entries.end(),
                                    [part](const auto& entry) { return entry.part == part; });
    if (first != entries.end()) {
      to.rig_from_device = instant(Tick{first->tick}).time_since_epoch() + to.planned_offset -
                           first->stamp.since_zero();
    }
    return to;
  }

  [[nodiscard]] size_t part_at(size_t camera, Tick tick) const override {
    const auto& entries = sets_->ticks().cameras[camera].entries;
    const auto at = std::lower_bound(
        entries.begin(), entries.end(), tick.index,
        [](const CameraTicks::Entry& entry, int64_t index) { return entry.tick < index; });
    return at == entries.end() ? entries.back().part : at->part;
  }

  std::unique_ptr<SetReader> sets_;
};

class RecordingFootage final : public Footage {
 public:
  static Result<std::unique_ptr<Footage>> open(const std::filesystem::path& file) {
    auto reader = RecordingReader::open(file);
    if (!reader) return std::move(reader).error();
    return std::unique_ptr<Footage>(new RecordingFootage(file, *std::move(reader)));
  }

  [[nodiscard]] int64_t tick_count() const override { return tick_of(reader_->info().last) + 1; }

  Result<std::optional<CaptureSet>> next() override {
    if (!sought_) return sought_.error();
    if (next_tick_ >= tick_count()) return std::optional<CaptureSet>{};
    while (!ahead_ || tick_of(ahead_->stamp()) < next_tick_) {
      auto read = reader_->next_capture();
      if (!read) return std::move(read).error();
      if (!*read) break;
      ahead_ = std::make_shared<const Capture>(**std::move(read));
    }
    CaptureSet set{.tick = Tick{next_tick_}, .slots = std::vector<CaptureSlot>(1)};
    if (ahead_ && tick_of(ahead_->stamp()) == next_tick_) {
      set.slots[0].capture = ahead_;
      set.slots[0].in_step = true;
    }
    ++next_tick_;
    return std::optional<CaptureSet>(std::move(set));
  }

  void seek(int64_t tick) override {
    next_tick_ = std::clamp<int64_t>(tick, 0, tick_count());
    ahead_.reset();
    const Nanos half_period(500'000'000 / frames_per_second_);
    sought_ = reader_->seek(DeviceTime(instant(Tick{next_tick_}).time_since_epoch()) - half_period);
  }

 private:
  RecordingFootage(const std::filesystem::path& file, std::unique_ptr<RecordingReader> reader)
      : Footage(file), reader_(std::move(reader)) {
    const RecordingInfo& info = reader_->info();
    frames_per_second_ = lockstep::frames_per_second(info.header.camera.frame_rate);
    first_instant_ = RigTime(info.first.since_zero());
    FootageCamera& camera = cameras_.emplace_back();
    camera.name = file.stem().string();
    camera.serial = info.header.serial;
    camera.header = info.header;
    camera.parts.push_back({.file = file});
  }

  [[nodiscard]] int64_t tick_of(DeviceTime stamp) const {
    const Nanos since_first = stamp.since_zero() - first_instant_.time_since_epoch();
    return nearest_tick(RigTime(since_first), frames_per_second_).index;
  }
  [[nodiscard]] size_t part_at(size_t /*camera*/, Tick /*tick*/) const override { return 0; }

  std::unique_ptr<RecordingReader> reader_;
  Result<void> sought_{};
  CapturePtr ahead_;  ///< the capture last read, of the next tick or a later one
  int64_t next_tick_ = 0;
};

}  // namespace

RigTime FootagePart::rig_time(DeviceTime stamp) const {
  if (map) return map->rig(stamp - planned_offset) + planned_offset;
  return RigTime(stamp.since_zero() + rig_from_device);
}

DeviceTime FootagePart::device_time(RigTime time) const {
  if (map) return map->device(time - planned_offset) + planned_offset;
  return DeviceTime(time.time_since_epoch() - rig_from_device);
}

Result<std::unique_ptr<Footage>> Footage::open(const std::filesystem::path& take_or_recording,
                                               const std::vector<std::string>& cameras) {
  std::error_code ignored;
  if (std::filesystem::is_directory(take_or_recording, ignored)) {
    if (!is_take_folder(take_or_recording))
      return no_take(take_or_recording, ", or one recording (.mkv)");
    return TakeFootage::open(take_or_recording, cameras);
  }
  return RecordingFootage::open(take_or_recording);
}

RigTime Footage::instant(Tick tick) const {
  return first_instant_ +
         lockstep::rig_time(tick + first_tick_, frames_per_second_).time_since_epoch();
}

RigTime Footage::rig_time(size_t camera, Tick tick, DeviceTime stamp) const {
  return cameras_[camera].parts[part_at(camera, tick)].rig_time(stamp);
}

}  // namespace lockstep
