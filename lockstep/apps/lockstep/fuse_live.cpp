// SPDX-License-Identifier: MIT
#include "lockstep/apps/lockstep/fuse_live.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <future>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>
#include <variant>

#include "lockstep/apps/common/exit_code.h"
#include "lockstep/apps/common/interrupt.h"
#include "lockstep/apps/common/terminal.h"
#include "lockstep/apps/lockstep/fuse_disk.h"
#include "lockstep/apps/lockstep/rig_session.h"
#include "lockstep/apps/lockstep/take_result.h"
#include "lockstep/apps/lockstep/verify_text.h"
#include "lockstep/base/text.h"
#include "lockstep/export/live_footage.h"
#include "lockstep/geometry/rig_calibration.h"
#include "lockstep/sync/judge.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

/// What came of fusing, beside the session.
struct Fused {
  Result<Exported> exported = Error{Errc::cancelled, "nothing came"};
  std::optional<FootageViews> views{};
  int64_t read = 0;                  ///< ticks that were looked at, whatever came of them
  int64_t dropped = 0;               ///< ticks, since fusing was slower than the cameras
  Nanos busy{0};                     ///< that fusing took
  std::optional<Error> disk_full{};  ///< which ended it
};

/// Fuses the sets of a session on a thread of its own, so that the session never waits for it.
class FusingSink final : public SetSink {
 public:
  FusingSink(const FuseRequest& request, const ReadyRig& ready, std::optional<int64_t> ticks)
      : request_(request),
        ready_(ready),
        ticks_(ticks),
        disk_(request.footage.output, ready.plan, ready.chosen.rig.take.keep_free_gb) {}
  ~FusingSink() override {
    if (footage_) footage_->end();
  }

  /// Of the session's thread; returns once it is known that it can be fused, or why not.
  Result<void> begin(const std::vector<RecordingHeader>& cameras) override {
    footage_ = make_footage(cameras);
    auto views = choose_views(*footage_, request_.footage.choice, UnknownLenses::refuse);
    if (!views) return refuse(std::move(views).error());
    if (auto room = disk_.check(); !room) return refuse(std::move(room).error());
    fused_.views = *std::move(views);
    auto checked = checked_.get_future();
    thread_ = std::jthread([this] { fuse(); });
    if (checked.get()) return {};
    thread_.join();
    return refuse(fused_.exported.error());
  }
  void add(CaptureSet set) override { footage_->push(std::move(set)); }

  /// Whether it was begin() that ended the session.
  [[nodiscard]] bool refused() const { return refused_; }
  /// Ends the session; asked also where fusing failed.
  [[nodiscard]] std::stop_source& stop() { return stop_; }
  /// Waits until all that came is fused. Nothing where the session never opened its cameras.
  std::optional<Fused> finish() {
    if (!footage_ || refused_) return std::nullopt;
    footage_->end();
    thread_.join();
    fused_.read = footage_->read();
    fused_.dropped = footage_->dropped();
    fused_.busy = footage_->busy();
    return std::move(fused_);
  }

 private:
  [[nodiscard]] std::unique_ptr<LiveFootage> make_footage(
      const std::vector<RecordingHeader>& headers) const {
    std::vector<LiveCamera> cameras;
    for (size_t i = 0; i < headers.size(); ++i) {
      const PlannedCamera& planned = ready_.plan.cameras[i];
      cameras.push_back({planned.name, headers[i], nanos_from_us(planned.tick_offset_us())});
    }
    LiveFootage::Options options;
    options.frames_per_second = frames_per_second(ready_.plan.frame_rate);
    options.ticks = ticks_;
    // The built-in rig lies nowhere.
    const fs::path rig = request_.footage.take;
    if (rig.has_extension()) options.calibration = rig.parent_path() / kRigCalibrationFile;
    return std::make_unique<LiveFootage>(request_.footage.take, std::move(cameras), options);
  }

  Error refuse(Error error) {
    refused_ = true;
    return error;
  }

  /// Of the thread that fuses.
  void fuse() {
    bool told = false;
    // Asked before each set is waited for, the first time after all checks.
    const ExportProgress progress = [&](int64_t /*done*/, int64_t /*total*/) {
      if (!std::exchange(told, true)) checked_.set_value(true);
      end_before_the_disk_is_full();
      return true;
    };
    fused_.exported = fuse_footage(request_, *footage_, *fused_.views, progress);
    if (!told) checked_.set_value(false);
    if (!fused_.exported) stop_.request_stop();
  }

  /// What waits is still fused, a few ticks: there is room for it.
  void end_before_the_disk_is_full() {
    if (fused_.disk_full) return;
    auto room = disk_.check();
    if (room) return;
    fused_.disk_full = std::move(room).error();
    footage_->end();
    stop_.request_stop();
  }

  const FuseRequest& request_;
  const ReadyRig& ready_;
  std::optional<int64_t> ticks_;
  const FuseDisk disk_;
  std::unique_ptr<LiveFootage> footage_;
  std::promise<bool> checked_;
  std::stop_source stop_;
  bool refused_ = false;
  Fused fused_;  ///< of the thread that fuses while it runs
  std::jthread thread_;
};

/// A session that ended, and what was fused of it.
struct LiveResult {
  SessionOutcome outcome;
  std::optional<SyncReport> report{};  ///< nothing: nothing came
  Fused fused;
  double period_ms = 0;  ///< of the ticks
  bool stopped = false;  ///< by the user

  [[nodiscard]] bool passes() const {
    return report && report->passes() && !outcome.manifest.unproved;
  }
  /// What ended it early, if anything did.
  [[nodiscard]] const std::optional<Error>& failure() const {
    return outcome.failure ? outcome.failure : fused.disk_full;
  }
  [[nodiscard]] double ms_per_tick() const {
    const auto ticks = static_cast<double>(std::max<int64_t>(fused.read, 1));
    return to_seconds(fused.busy) * 1000 / ticks;
  }
};

/// "dropped 18 of 60 ticks: fusing takes 48 ms a tick, the cameras give one each 33 ms"; empty
/// where no tick was dropped.
std::string dropped_text(const LiveResult& result) {
  if (result.fused.dropped == 0) return {};
  return fmt::format(
      "dropped {} of {}: fusing takes {:.0f} ms a tick, the cameras give one each {:.0f} ms. For "
      "all of them record a take, and fuse that",
      result.fused.dropped, counted(result.fused.read + result.fused.dropped, "tick"),
      result.ms_per_tick(), result.period_ms);
}

void print_live(const LiveResult& result) {
  print_fused(*result.fused.views, *result.fused.exported, LiveFootage::kTellsWhy);
  if (const std::string dropped = dropped_text(result); !dropped.empty())
    print_text(wrapped(dropped, 2) + "\n");
  if (result.report) print_verdict(*result.report);
}

void print_live_json(const FuseRequest& request, const LiveResult& result) {
  nlohmann::ordered_json json = fused_json(request, *result.fused.views, *result.fused.exported);
  nlohmann::ordered_json live{{"ticks_dropped", result.fused.dropped},
                              {"ms_per_tick", result.ms_per_tick()},
                              {"period_ms", result.period_ms},
                              {"verdict", result.report ? result.report->verdict_text() : ""},
                              {"passes", result.passes()},
                              {"verdict_failures", verdict_failures(result.report)},
                              {"alarms", result.outcome.alarms},
                              {"virtual", result.outcome.manifest.is_virtual}};
  if (result.failure()) live["failure"] = result.failure()->message;
  json["live"] = std::move(live);
  print_fused_json(json);
}

/// Of a session that ended before anything came.
int report_nothing(const SessionOutcome& outcome, bool refused) {
  Error error = outcome.failure.value_or(Error{Errc::device_lost, "the cameras delivered nothing"});
  if (error.code == Errc::cancelled) error.message = "stopped before anything was fused";
  if (refused || error.code == Errc::cancelled) return report_failure(error);
  // Whatever fails once the cameras are open is a device or this host.
  return report_failure(error, kExitDeviceFailed);
}

int report(const FuseRequest& request, const LiveResult& result) {
  const bool arming = result.outcome.manifest.common_ticks.value_or(0) == 0;
  if (result.stopped && arming && !result.fused.exported && !result.outcome.failure)
    return report_failure({Errc::cancelled, "stopped before anything was fused"});
  say_failure(result.outcome);
  if (result.fused.disk_full) say("lockstep: " + result.fused.disk_full->message);
  if (!result.fused.exported) {
    if (result.report && !request.footage.json) print_verdict(*result.report);
    const Error& error = result.fused.exported.error();
    return result.failure() ? report_failure(error, kExitDeviceFailed) : report_failure(error);
  }
  request.footage.json ? print_live_json(request, result) : print_live(result);
  if (result.failure()) return kExitDeviceFailed;
  return result.passes() ? kExitGood : kExitFallsShort;
}

/// The rig as `record` takes it.
TakeRequest rig_request(const FuseRequest& request) {
  TakeRequest rig;
  rig.rig = request.footage.take;
  rig.length_s = request.length_s;
  rig.json = request.footage.json;
  rig.quiet = request.footage.quiet;
  rig.can_do_anyway = false;
  return rig;
}

}  // namespace

int fuse_rig(const FuseRequest& request) {
  if (!request.footage.ticks.empty()) {
    return report_failure({Errc::invalid_argument, "--ticks chooses of a take, and " +
                                                       request.footage.take +
                                                       " is a rig: say how long with --length"});
  }
  const TakeRequest rig_wanted = rig_request(request);
  const auto ready = ready_rig(rig_wanted, "fused");
  if (const int* refused = std::get_if<int>(&ready)) return *refused;
  const auto& rig = std::get<ReadyRig>(ready);
  const Interrupt interrupt;  // before any other thread
  auto cameras = make_rig(rig_wanted, rig, interrupt);
  if (!cameras && cameras.error().code == Errc::cancelled)
    return report_failure({Errc::cancelled, "stopped before anything was fused"});
  if (!cameras) return report_failure(cameras.error());

  LiveResult result;
  result.period_ms = 1000.0 / frames_per_second(rig.plan.frame_rate);
  SessionSetup setup = session_setup(rig_wanted, rig);
  FusingSink sink(request, rig, setup.coordinator.ticks);
  setup.sink = &sink;
  const std::stop_callback stopped(interrupt.token(), [&] { sink.stop().request_stop(); });
  result.outcome =
      run_rig(rig_wanted, std::move(setup), **cameras, sink.stop().get_token(), "fusing");
  if (result.outcome.device_hangs) stay_until_the_end(*cameras);
  auto fused = sink.finish();
  if (!fused || !result.outcome.recorded) return report_nothing(result.outcome, sink.refused());
  result.fused = *std::move(fused);
  result.stopped = interrupt.requested();
  if (result.outcome.evidence) result.report = judge(*result.outcome.evidence, {}, nullptr);
  return report(request, result);
}

}  // namespace lockstep
