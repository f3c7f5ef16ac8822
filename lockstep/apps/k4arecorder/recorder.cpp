// SPDX-License-Identifier: MIT
#include "lockstep/apps/k4arecorder/recorder.h"

#include <fmt/core.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "lockstep/apps/common/progress.h"
#include "lockstep/apps/common/terminal.h"
#include "lockstep/apps/k4arecorder/camera.h"
#include "lockstep/apps/k4arecorder/file_content.h"
#include "lockstep/apps/k4arecorder/identity.h"
#include "lockstep/apps/k4arecorder/length.h"
#include "lockstep/apps/k4arecorder/record_file.h"
#include "lockstep/apps/k4arecorder/remarks.h"
#include "lockstep/apps/k4arecorder/take_place.h"
#include "lockstep/apps/k4arecorder/target.h"
#include "lockstep/base/text.h"

namespace lockstep {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr int32_t kPollMs = 100;
constexpr std::chrono::milliseconds kBetweenLooks{20};
constexpr Seconds kFirstCaptureWithin{60}, kFirstCaptureOfSubordinateWithin{360};
// What the unit delivered before its clock began anew is later than the first capture.
constexpr uint64_t kAfterFirstCaptureUs = 1'000'000;

/// A line of the vendor's recorder: at once, also where the output goes to a file.
void print_line(const std::string& line) {
  std::fputs((printable(line) + "\n").c_str(), stdout);
  std::fflush(stdout);
}

/// Of the image that counts: colour, else infrared.
struct Instant {
  int64_t stamp_us = 0;    ///< device clock
  int64_t arrival_us = 0;  ///< CLOCK_MONOTONIC, which is steady_clock's
};

/// Nothing: it has no image.
std::optional<Instant> instant_of(k4a_capture_t capture) {
  for (const auto get :
       {k4a_capture_get_color_image, k4a_capture_get_ir_image, k4a_capture_get_depth_image}) {
    const k4a_image_t image = get(capture);
    if (image == nullptr) continue;
    const uint64_t stamp_us = k4a_image_get_device_timestamp_usec(image);
    const uint64_t arrival_ns = k4a_image_get_system_timestamp_nsec(image);
    k4a_image_release(image);
    return Instant{static_cast<int64_t>(stamp_us), static_cast<int64_t>(arrival_ns / 1000)};
  }
  return std::nullopt;
}

Error no_first_capture(Seconds within) {
  return {Errc::timeout, fmt::format("no capture came within {:.0f} s of the start: nothing was "
                                     "recorded. Look at the camera's cables and its master",
                                     within.count())};
}

class Recorder {
 public:
  Recorder(const RecorderOptions& options, const Interrupt& interrupt)
      : options_(options), interrupt_(interrupt), length_(options), remarks_(options) {}

  int run() {
    if (auto ready = prepare(); !ready)
      return ready.error().code == Errc::cancelled ? leave_empty() : give_up(ready.error());
    const auto first = wait_for_first();
    if (!first) return give_up(first.error());
    if (!*first) return leave_empty();
    if (auto begun = begin_file(); !begun) return give_up(begun.error());
    return save(record());
  }

 private:
  Result<void> prepare();
  Result<void> reserve(const std::filesystem::path& file);
  Result<void> set_color();
  k4a_result_t start_cameras();
  Result<void> start();
  Result<bool> wait_for_first();
  Result<void> begin_file();
  Result<void> record();
  Result<void> write(k4a_capture_t capture, const std::optional<Instant>& instant);
  void show_progress();
  void stop();
  int save(Result<void> recorded);
  [[nodiscard]] std::string what_is_recorded() const;
  int leave_empty();
  int give_up(const Error& error);
  Result<void> leave_take();
  static int report(const Error& error);

  void remark(const std::string& sentence) {
    if (sentence.empty() || options_.quiet) return;
    if (progress_) progress_->clear();
    say(sentence);
  }
  [[nodiscard]] Seconds since_start() const { return Clock::now() - started_; }

  const RecorderOptions& options_;
  const Interrupt& interrupt_;
  RecordingLength length_;
  Remarks remarks_;
  std::filesystem::path path_;
  DeviceHandle device_;
  CameraIdentityInRig identity_;
  std::optional<SharedTake> take_;
  std::optional<Target> target_;
  std::filesystem::path aside_;  ///< what was there under that name; empty: nothing
  std::optional<RecordFile> file_;
  std::optional<Progress> progress_;
  Clock::time_point started_;  ///< of the cameras, then of what is recorded
  Clock::time_point last_capture_;
  std::optional<HostTime> zero_on_host_;  ///< when the clock of a wired camera began
  uint64_t imu_not_after_us_ = 0;
  CameraEnd end_;
};

Result<void> Recorder::prepare() {
  if (options_.take.empty()) {
    if (auto reserved = reserve(options_.file); !reserved) return reserved;
  }
  auto device = open_device(options_);
  if (!device) return std::move(device).error();
  device_ = *std::move(device);
  const std::string serial = serial_of(device_.get());
  identity_ = identify(serial);
  print_line("Device serial number: " + serial);
  print_line("Device version: " + version_text(device_.get()));
  if (!options_.take.empty()) {
    auto take = enter_take(options_, identity_, serial);
    if (!take) return std::move(take).error();
    take_.emplace(*std::move(take));
  }
  if (auto set = set_color(); !set) return set;
  return start();
}

Result<void> Recorder::reserve(const std::filesystem::path& file) {
  auto target = Target::reserve(file);
  if (!target) return std::move(target).error();
  target_.emplace(*std::move(target));
  return {};
}

Result<void> Recorder::set_color() {
  remark(remarks_.before_start());
  const auto set = [this](k4a_color_control_command_t control, k4a_color_control_mode_t mode,
                          int32_t value) -> Result<void> {
    const k4a_result_t done = k4a_device_set_color_control(device_.get(), control, mode, value);
    if (K4A_FAILED(done)) return runtime_error("k4a_device_set_color_control", done);
    return {};
  };
  const auto mode =
      options_.exposure_us ? K4A_COLOR_CONTROL_MODE_MANUAL : K4A_COLOR_CONTROL_MODE_AUTO;
  auto exposure =
      set(K4A_COLOR_CONTROL_EXPOSURE_TIME_ABSOLUTE, mode, options_.exposure_us.value_or(0));
  if (!exposure || !options_.gain) return exposure;
  return set(K4A_COLOR_CONTROL_GAIN, K4A_COLOR_CONTROL_MODE_MANUAL, *options_.gain);
}

/// A virtual camera may render its pictures first, for minutes, and Ctrl-C is to end that.
k4a_result_t Recorder::start_cameras() {
  std::jthread canceller;
  if (identity_.is_virtual) {
    canceller = std::jthread([this](const std::stop_token& started) {
      while (!started.stop_requested()) {
        if (interrupt_.requested()) k4a_device_stop_cameras(device_.get());
        std::this_thread::sleep_for(kBetweenLooks);
      }
    });
  }
  return k4a_device_start_cameras(device_.get(), &options_.config);
}

Result<void> Recorder::start() {
  const k4a_result_t cameras = start_cameras();
  // Whatever came of it: the canceller may have stopped cameras that ran already.
  if (interrupt_.requested()) return Error{Errc::cancelled, "stopped while the cameras started"};
  if (K4A_FAILED(cameras)) return runtime_error("k4a_device_start_cameras", cameras);
  if (options_.imu) {
    const k4a_result_t imu = k4a_device_start_imu(device_.get());
    if (K4A_FAILED(imu)) return runtime_error("k4a_device_start_imu", imu);
  }
  started_ = Clock::now();
  print_line("Device started");
  if (options_.subordinate()) print_line("[subordinate mode] Waiting for signal from master");
  return {};
}

/// False: interrupted before there was one. The first capture is not recorded.
Result<bool> Recorder::wait_for_first() {
  const bool subordinate = options_.subordinate();
  const Seconds within = subordinate ? kFirstCaptureOfSubordinateWithin : kFirstCaptureWithin;
  if (!options_.quiet) progress_.emplace(subordinate ? "waiting for the master" : "waiting");
  while (!interrupt_.requested()) {
    k4a_capture_t got = nullptr;
    const k4a_wait_result_t result = k4a_device_get_capture(device_.get(), &got, kPollMs);
    const CaptureHandle capture(got);
    if (const auto instant = capture ? instant_of(got) : std::nullopt) {
      progress_.reset();
      const std::chrono::microseconds pulse(instant->arrival_us - instant->stamp_us);
      if (options_.wired()) zero_on_host_ = HostTime(Nanos(pulse));
      if (!take_) remark(remarks_.at_first_capture(pulse - started_.time_since_epoch()));
      imu_not_after_us_ = static_cast<uint64_t>(instant->stamp_us) + kAfterFirstCaptureUs;
      return true;
    }
    if (result == K4A_WAIT_RESULT_FAILED) return runtime_error("k4a_device_get_capture", result);
    if (since_start() >= within) return no_first_capture(within);
    remark(remarks_.while_waiting(since_start(), identity_.family));
    if (progress_) progress_->update(0);
  }
  progress_.reset();
  return false;
}

Result<void> Recorder::begin_file() {
  if (take_) {
    if (auto reserved = reserve(take_->file()); !reserved) return reserved;
  }
  path_ = target_->file();
  const auto aside = target_->begin();
  if (!aside) return aside.error();
  aside_ = *aside;
  if (!aside_.empty())
    remark(fmt::format("the {} that was there is {} now", path_.string(), aside_.string()));
  if (take_) {
    const auto strange = take_->begin(zero_on_host_);
    if (!strange) return strange.error();
    if (!strange->empty()) remark("warning: " + *strange);
  }
  auto file = RecordFile::create(path_, device_.get(), options_, identity_);
  if (!file) return std::move(file).error();
  file_.emplace(*std::move(file));
  print_line("Started recording");
  if (!options_.length_s) print_line("Press Ctrl-C to stop recording.");
  if (!options_.quiet) progress_.emplace("recording", length_.total_ms());
  started_ = last_capture_ = Clock::now();
  return {};
}

/// Until its length, Ctrl-C or a failure.
Result<void> Recorder::record() {
  const auto period_ms = static_cast<int32_t>(options_.period_us() / 1000);
  while (!interrupt_.requested()) {
    k4a_capture_t got = nullptr;
    const k4a_wait_result_t result = k4a_device_get_capture(device_.get(), &got, period_ms);
    const CaptureHandle capture(got);
    if (result == K4A_WAIT_RESULT_FAILED) {
      const Error error = runtime_error("k4a_device_get_capture", result);
      end_ = {EndOfCamera::lost, error.message};
      return error;
    }
    const auto instant = capture ? instant_of(got) : std::nullopt;
    if (instant && !length_.holds(instant->stamp_us)) break;
    if (auto written = write(got, instant); !written) {
      end_ = {EndOfCamera::disk, written.error().message};
      return written;
    }
    if (length_.reached(since_start()) && remarks_.captures() > 0) break;
    show_progress();
  }
  end_.how = interrupt_.requested() ? EndOfCamera::cut : EndOfCamera::length_reached;
  return {};
}

/// What came: a capture, or none within a period, and the samples since.
Result<void> Recorder::write(k4a_capture_t capture, const std::optional<Instant>& instant) {
  if (capture != nullptr) {
    if (auto written = file_->write(capture); !written) return written;
    remark(remarks_.on_capture(instant ? std::optional(instant->stamp_us) : std::nullopt));
    last_capture_ = Clock::now();
  }
  k4a_imu_sample_t sample;
  while (options_.imu &&
         k4a_device_get_imu_sample(device_.get(), &sample, 0) == K4A_WAIT_RESULT_SUCCEEDED) {
    if (sample.acc_timestamp_usec > imu_not_after_us_) continue;
    if (auto written = file_->write_imu(sample); !written) return written;
  }
  imu_not_after_us_ = UINT64_MAX;
  return {};
}

void Recorder::show_progress() {
  remark(remarks_.while_silent(Clock::now() - last_capture_));
  if (!progress_) return;
  progress_->update("recording, " + counted(remarks_.captures(), "capture"),
                    length_.done_ms(since_start()));
}

void Recorder::stop() {
  progress_.reset();
  if (options_.imu) k4a_device_stop_imu(device_.get());
  k4a_device_stop_cameras(device_.get());
}

/// Says what ended it, if it failed, once everything is in the file that can be.
int Recorder::save(Result<void> recorded) {
  progress_.reset();
  print_line("Stopping recording...");
  stop();
  print_line("Saving recording...");
  auto finished = file_->finish();
  if (recorded && !finished) {
    end_ = {EndOfCamera::disk, finished.error().message};
    recorded = std::move(finished);
  }
  remark(what_is_recorded());
  const auto left = leave_take();
  if (recorded && !left) recorded = left.error();
  if (!recorded) return report(recorded.error());
  print_line("Done");
  return 0;
}

std::string Recorder::what_is_recorded() const {
  if (end_.how == EndOfCamera::disk)
    return remarks_.at_end_of_disk(path_.string(), content_of(path_));
  std::error_code failed;
  const auto bytes = std::filesystem::file_size(path_, failed);
  return remarks_.at_end(path_.string(), failed ? 0 : bytes);
}

/// The vendor's recorder leaves a file here that nothing can open.
int Recorder::leave_empty() {
  stop();
  remark("stopped before the first capture came: nothing was recorded");
  const auto left = leave_take();
  return left ? 0 : report(left.error());
}

/// Nothing was recorded.
int Recorder::give_up(const Error& error) {
  stop();
  if (target_ && target_->give_back())
    remark(fmt::format("{} is {} again", aside_.string(), path_.string()));
  end_ = {EndOfCamera::lost, error.message};
  (void)leave_take();
  return report(error);
}

Result<void> Recorder::leave_take() {
  if (!take_) return {};
  const auto left = take_->leave(end_);
  if (!left) return left.error();
  remark(take_summary(*take_, *left));
  return {};
}

int Recorder::report(const Error& error) {
  say(error.message);
  return 1;
}

}  // namespace

int run_recorder(const RecorderOptions& options, const Interrupt& interrupt) {
  return Recorder(options, interrupt).run();
}

}  // namespace lockstep
