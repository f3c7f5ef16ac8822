// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "lockstep/device/pairing.h"
#include "lockstep/virtual/imu_model.h"
#include "lockstep/virtual/rig_core.h"

namespace lockstep {
namespace {

constexpr size_t kImuQueue = 833;  // half a second, as the vendor's

bool later(const FrameInstant& a, const FrameInstant& b) {
  return a.arrival > b.arrival;
}

// An image is in the pairing without pixels: until somebody reads it its bytes are its frame.
static_assert(std::is_trivially_copyable_v<FrameInstant>);

Image unpainted(const FrameInstant& frame) {
  auto kept = std::make_shared<const FrameInstant>(frame);
  const auto bytes = std::as_bytes(std::span(kept.get(), 1));
  Image image;
  image.stamp = frame.stamp;
  image.bytes = ImageBytes(std::move(kept), bytes);
  return image;
}

FrameInstant frame_of(const Image& unpainted) {
  FrameInstant frame;
  std::memcpy(&frame, unpainted.bytes.get().data(), sizeof frame);
  return frame;
}

/// Everything of one start, gone with the stop.
struct Run {
  Run(const CameraTraits& traits, const CameraConfig& config_in, HostTime now, HostTime clock_zero,
      uint64_t number, std::array<float, 3> gravity, std::shared_ptr<const Pictures> pictures_in)
      : config(config_in),
        camera(traits, config_in, now, clock_zero, number),
        pairing(config_in, config_in.pair_images, !traits.follows_host),
        imu(traits, gravity),
        pictures(std::move(pictures_in)) {}

  CameraConfig config;
  CameraRun camera;
  Pairing pairing;
  ImuModel imu;
  std::shared_ptr<const Pictures> pictures;
  bool images = true;                      ///< false: only the IMU is left
  std::vector<FrameInstant> on_their_way;  ///< heap, the earliest arrival first
  std::vector<ImuSample> imu_samples;
};

class VirtualDevice final : public Device {
 public:
  VirtualDevice(std::shared_ptr<RigCore> core, int camera)
      : Device(device_info(*core, camera)), core_(std::move(core)), camera_(camera) {}

  ~VirtualDevice() override {
    stop();
    core_->release(camera_);
  }

 private:
  using Read = std::variant<CapturePtr, ReadEnd>;

  Result<std::string> do_calibration_json() override {
    return core_->pictures.calibration_json(camera_);
  }
  Result<SyncJacks> do_read_jacks() override { return jacks(); }
  Result<void> do_start(const CameraConfig& config) override;
  void do_stop() override;
  void do_stop_images() override;
  Result<Read> do_next_capture(Nanos timeout) override;
  Result<std::vector<ImuSample>> do_take_imu() override;
  void do_adjust_color(const CameraConfig& config) override;

  [[nodiscard]] const CameraTraits& traits() const {
    return core_->traits[static_cast<size_t>(camera_)];
  }
  [[nodiscard]] const SyncJacks& jacks() const {
    return core_->wiring[static_cast<size_t>(camera_)].jacks;
  }
  [[nodiscard]] Result<void> check_jacks(const CameraConfig& config) const;
  void pump(Run& run, HostTime now);
  /// Hands a frame to the pairing, without pixels.
  static void deliver(Run& run, const FrameInstant& frame);
  /// Gives a capture that somebody reads its pictures: those that nobody reads are not made.
  static void paint(Run& run, Capture& capture);
  [[nodiscard]] CapturePtr finish(Capture capture) const;
  [[nodiscard]] HostTime next_event(const Run& run) const;
  [[nodiscard]] Error lost() const;

  const std::shared_ptr<RigCore> core_;
  const int camera_;
  Mutex mutex_;
  std::unique_ptr<Run> run_ LOCKSTEP_GUARDED_BY(mutex_);
  uint64_t runs_ LOCKSTEP_GUARDED_BY(mutex_) = 0;
};

Result<void> VirtualDevice::check_jacks(const CameraConfig& config) const {
  const auto refuse = [&](const char* what) -> Result<void> {
    return Error{Errc::invalid_argument,
                 fmt::format("{} ({}): {}", traits().name, info().serial, what)};
  };
  const SyncJacks& felt = jacks();
  if (config.wired_sync == WiredSync::subordinate && felt.in_plugged == false) {
    return refuse(
        "can't start as a subordinate, because nothing is in \"Sync In\": plug the cable from the "
        "camera before it into \"Sync In\".");
  }
  if (config.wired_sync != WiredSync::master) return {};
  if (felt.out_plugged == false) {
    return refuse(
        "can't start as the master, because nothing is in \"Sync Out\": plug the cable to the "
        "first "
        "subordinate into \"Sync Out\".");
  }
  if (felt.in_plugged == true) {
    return refuse(
        "does not become the master, because there is a plug in its \"Sync In\": a camera that is "
        "fed "
        "pulses can't be their source. Pull that plug, or make another camera the source.");
  }
  return {};
}

Result<void> VirtualDevice::do_start(const CameraConfig& config) {
  if (auto plugged = check_jacks(config); !plugged) return plugged;
  auto pictures =
      core_->pictures.get(camera_, config, [this](double) { return start_is_wanted(); });
  if (!pictures) return std::move(pictures).error();
  {
    const MutexLock lock(mutex_);
    const HostTime now = core_->clock.now();
    if (run_ == nullptr) {
      run_ = std::make_unique<Run>(traits(), config, now, core_->clock_zero(camera_), ++runs_,
                                   core_->pictures.job(camera_).pose.gravity_in_imu_mps2,
                                   *std::move(pictures));
    }
    core_->started(camera_, config, now);
  }
  return {};
}

void VirtualDevice::do_stop() {
  const MutexLock lock(mutex_);
  run_.reset();
  core_->stopped(camera_, core_->clock.now());
}

void VirtualDevice::do_stop_images() {
  const MutexLock lock(mutex_);
  if (run_ == nullptr) return;
  run_->images = false;
  run_->pairing = Pairing(run_->config);
  core_->stopped(camera_, core_->clock.now());
}

void VirtualDevice::do_adjust_color(const CameraConfig& config) {
  const MutexLock lock(mutex_);
  if (run_ == nullptr) return;
  pump(*run_, core_->clock.now());  // what began before was taken as it was set then
  run_->camera.adjust_color(config);
}

Error VirtualDevice::lost() const {
  return {Errc::device_lost,
          fmt::format("{} ({}): the camera no longer answers; check its USB cable and power.",
                      traits().name, info().serial)};
}

void VirtualDevice::deliver(Run& run, const FrameInstant& frame) {
  Image image = unpainted(frame);
  if (frame.sensor == Sensor::color) {
    run.pairing.add_color(std::move(image));
    return;
  }
  DepthSample sample;
  if (has_depth(run.config.depth_mode)) sample.depth = image;
  sample.ir = std::move(image);
  sample.temperature_c = frame.temperature_c;
  run.pairing.add_depth(std::move(sample));
}

void VirtualDevice::paint(Run& run, Capture& capture) {
  const auto stamped = [](Image image, const FrameInstant& frame) {
    image.stamp = frame.stamp;
    image.arrival = frame.arrival;
    return image;
  };
  if (capture.color) {
    const FrameInstant frame = frame_of(*capture.color);
    Image image = stamped(run.pictures->color(frame), frame);
    image.exposure = frame.exposure;
    image.gain = frame.gain;
    image.white_balance_k = frame.white_balance_k;
    capture.color = std::move(image);
  }
  if (capture.ir) {
    const FrameInstant frame = frame_of(*capture.ir);
    DepthSample sample = run.pictures->depth(frame);
    capture.ir = stamped(std::move(sample.ir), frame);
    if (sample.depth) capture.depth = stamped(std::move(*sample.depth), frame);
  }
}

void VirtualDevice::pump(Run& run, HostTime now) {
  auto& heap = run.on_their_way;
  const size_t before = heap.size();
  const uint64_t epoch = run.camera.epoch();
  run.camera.advance(core_->line, now, heap);
  if (run.camera.epoch() != epoch) core_->set_clock_zero(camera_, run.camera.clock_zero());
  for (size_t i = before + 1; i <= heap.size(); ++i) {
    std::push_heap(heap.begin(), heap.begin() + static_cast<ptrdiff_t>(i), later);
  }
  while (!heap.empty() && heap.front().arrival <= now) {
    std::pop_heap(heap.begin(), heap.end(), later);
    const FrameInstant frame = heap.back();
    heap.pop_back();
    if (run.images && !run.camera.lost_at(frame.arrival)) deliver(run, frame);
  }
  if (!run.config.imu) return;
  run.imu.advance(run.camera, now, run.imu_samples);
  if (run.imu_samples.size() > kImuQueue) {
    run.imu_samples.erase(run.imu_samples.begin(), run.imu_samples.end() - kImuQueue);
  }
}

CapturePtr VirtualDevice::finish(Capture capture) const {
  capture.jacks = jacks();
  return std::make_shared<const Capture>(std::move(capture));
}

HostTime VirtualDevice::next_event(const Run& run) const {
  HostTime next = run.camera.next_tick(core_->line).value_or(kNever);
  if (!run.on_their_way.empty()) next = std::min(next, run.on_their_way.front().arrival);
  return next;
}

Result<VirtualDevice::Read> VirtualDevice::do_next_capture(Nanos timeout) {
  WorldClock& clock = core_->clock;
  const HostTime deadline = std::min(deadline_after(clock.now(), timeout), kNever);
  while (true) {
    const uint64_t seen = clock.changes();
    const Nanos look_within = core_->catch_up();
    HostTime wake = deadline;
    {
      const MutexLock lock(mutex_);
      if (run_ == nullptr) return Read(ReadEnd::ended);
      const HostTime now = clock.now();
      pump(*run_, now);
      if (auto capture = run_->pairing.next()) {
        paint(*run_, *capture);
        return Read(finish(*std::move(capture)));
      }
      if (run_->camera.lost_at(now)) return lost();
      if (!clock.waits() || now >= deadline) return Read(ReadEnd::timeout);
      wake = std::min(wake, next_event(*run_));
      if (!run_->camera.begun()) wake = std::min(wake, deadline_after(now, look_within));
    }
    clock.wait(wake, seen);
  }
}

Result<std::vector<ImuSample>> VirtualDevice::do_take_imu() {
  const MutexLock lock(mutex_);
  if (run_ == nullptr) return std::vector<ImuSample>();
  core_->catch_up();
  const HostTime now = core_->clock.now();
  pump(*run_, now);
  if (run_->camera.lost_at(now)) return lost();
  return std::exchange(run_->imu_samples, {});
}

}  // namespace

DeviceInfo device_info(const RigCore& core, int camera) {
  const CameraTraits& traits = core.traits[static_cast<size_t>(camera)];
  DeviceInfo info;
  info.serial = traits.serial;
  info.family = traits.family;
  info.color_firmware = core.rig.world->firmware;
  info.depth_firmware = "1.6.79";
  info.is_virtual = true;
  return info;
}

std::unique_ptr<Device> make_virtual_device(std::shared_ptr<RigCore> core, int camera) {
  return std::make_unique<VirtualDevice>(std::move(core), camera);
}

}  // namespace lockstep
