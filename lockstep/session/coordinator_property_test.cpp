// SPDX-License-Identifier: MIT
// The coordinator with rigs of every small shape, whose cameras and user do what they like:
// whatever happens, it ends, in good order, and its outcome is what happened first.
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <random>

#include "lockstep/rig/rig_file.h"
#include "lockstep/session/coordinator.h"
#include "lockstep/time/tick.h"

namespace lockstep {
namespace {

using std::chrono::milliseconds;

constexpr int64_t kTicks = 30;
constexpr int kEndlessSteps = 60'000;  // of 33 ms: half an hour

enum class Shape { chain, star };

/// "cam0" gives the pulses to the others, one after the other or side by side.
Plan plan_of(Shape shape, int cameras) {
  std::string toml =
      "schema = 1\nrig = { name = \"any\", frame_rate = 30, source = \"cam0\" }\n"
      "all_cameras = { family = \"azure-kinect\", depth_mode = \"NFOV_UNBINNED\", color_mode = "
      "\"MJPG_720P\", exposure_us = 8330, gain = 128, white_balance_k = 4500, powerline_hz = 60 }\n"
      "world = { seed = 1 }\ncamera = [ ";
  for (int i = 0; i < cameras; ++i)
    toml += fmt::format("{{ name = \"cam{0}\", serial = \"virtual-000{0}\" }}, ", i);
  toml += "]\ncable = [ ";
  for (int i = 1; i < cameras; ++i)
    toml += fmt::format("{{ from = \"cam{}.out\", to = \"cam{}.in\", length_m = 3 }}, ",
                        shape == Shape::chain ? i - 1 : 0, i);
  const auto rig = parse_rig(toml + "]\n", "any");
  RC_ASSERT(rig.ok());
  return make_plan(*rig);
}

/// What a camera will do against the plan, if anything.
enum class Fate { good, refuses, never_arms, is_lost, ignores_stop };

/// Cameras at the level of reports, and what the outcome must be.
class FakeRig {
 public:
  FakeRig(Plan plan, std::vector<Fate> fates, uint32_t seed, bool user_ends)
      : plan_(std::move(plan)),
        random_(seed),
        user_ends_(user_ends),
        coordinator_(plan_, {.ticks = kTicks}) {
    for (const Fate fate : fates) cameras_.push_back({.fate = fate});
  }

  void run() {
    obey(coordinator_.begin(now_));
    for (int step = 0; coordinator_.phase() != Coordinator::Phase::done; ++step) {
      RC_ASSERT(step < kEndlessSteps);
      now_ += milliseconds(33);
      obey(coordinator_.on_time(now_));
      for (auto& [i, report] : std::exchange(answers_, {})) tell(i, report);
      const bool pulses = all_armed() && cameras_[source()].running;
      if (pulses) ++tick_;
      for (size_t i = 0; i < cameras_.size(); ++i) live(i, pulses);
      if (user_ends_ && chance(150)) end();
    }
  }

  void judge() const {
    const SessionOutcome& outcome = coordinator_.outcome();
    RC_ASSERT(outcome.failure.has_value() == expected_.has_value());
    if (expected_) {
      RC_ASSERT(outcome.failure->code == expected_->code);
      RC_ASSERT(outcome.failure->message.find(expected_->message) != std::string::npos);
    }
    RC_ASSERT(outcome.recorded == recorded_);
    RC_ASSERT(outcome.locked == recorded_);
    for (size_t i = 0; i < cameras_.size(); ++i) judge_camera(i);
  }

 private:
  struct Camera {
    Fate fate = Fate::good;
    bool running = false;
    bool armed = false;
    bool recording = false;
    bool lost = false;
    bool hangs = false;
    int64_t captures = 0;  ///< since it was told to record
  };

  bool chance(int one_in) { return std::uniform_int_distribution<>(1, one_in)(random_) == 1; }
  [[nodiscard]] size_t source() const {
    for (size_t i = 0; i < cameras_.size(); ++i) {
      if (plan_.cameras[i].config.wired_sync == WiredSync::master) return i;
    }
    RC_FAIL("a rig without a source");
  }
  [[nodiscard]] bool all_armed() const {
    for (size_t i = 0; i < cameras_.size(); ++i) {
      if (i != source() && !cameras_[i].armed) return false;
    }
    return true;
  }
  [[nodiscard]] bool ending() const {
    return coordinator_.phase() == Coordinator::Phase::stopping ||
           coordinator_.phase() == Coordinator::Phase::done;
  }
  void expect(Errc code, const std::string& said) {
    if (!expected_) expected_ = Error{code, said};
  }

  void tell(size_t i, const Report& report) {
    if (std::holds_alternative<RefusedReport>(report))
      expect(Errc::device_lost, plan_.cameras[i].name + ": the camera did not start");
    if (std::holds_alternative<LostReport>(report) && !ending())
      expect(Errc::device_lost, plan_.cameras[i].name + ": the camera was lost");
    obey(coordinator_.on_report(i, report, now_));
  }

  void end() {
    user_ends_ = false;
    const bool nothing_yet = !ending() && coordinator_.phase() != Coordinator::Phase::recording;
    if (nothing_yet) expect(Errc::cancelled, "before anything was recorded");
    cut_by_user_ = !ending();
    obey(coordinator_.end(now_, std::nullopt));
  }

  /// One frame of a camera's life.
  void live(size_t i, bool pulses) {
    Camera& camera = cameras_[i];
    if (!camera.running || camera.lost || camera.hangs) return;
    if (i != source() && !camera.armed && camera.fate != Fate::never_arms && chance(10)) {
      camera.armed = true;
      tell(i, ArmedReport{});
    }
    if (camera.fate == Fate::is_lost && chance(60)) {
      camera.lost = true;
      tell(i, LostReport{{Errc::device_lost, "unplugged"}});
      return;
    }
    if (!pulses || !camera.running) return;
    const double us = 131'500 + static_cast<double>(tick_) * frame_period_us(30) +
                      plan_.cameras[i].tick_offset_us();
    tell(i, StampReport{DeviceTime(nanos_from_us(us)), now_});
    if (!camera.recording || ++camera.captures < kTicks) return;
    camera.recording = false;
    tell(i, RecordedReport{EndOfCamera::length_reached});
  }

  void obey(const Coordinator::Orders& orders) {
    bool others_stop = false;
    for (const auto& [i, order] : orders) {
      Camera& camera = cameras_[i];
      if (std::holds_alternative<StartOrder>(order)) {
        start(i);
      } else if (std::holds_alternative<RecordOrder>(order)) {
        RC_ASSERT(camera.running && !camera.recording && camera.captures == 0);
        camera.recording = recorded_ = true;
      } else if (std::holds_alternative<CutOrder>(order)) {
        camera.recording = false;
        if (!camera.lost) answers_.emplace_back(i, RecordedReport{EndOfCamera::cut});
      } else if (std::holds_alternative<StopOrder>(order)) {
        // When all end, no subordinate may see half a frame time of pulses.
        if (coordinator_.phase() == Coordinator::Phase::stopping && i == source())
          RC_ASSERT(!others_stop);
        others_stop = others_stop || i != source();
        stop(i);
      }
    }
  }

  void start(size_t i) {
    Camera& camera = cameras_[i];
    if (camera.hangs) return;
    RC_ASSERT(!camera.running);
    if (i == source()) {
      RC_ASSERT(all_armed());
    } else {
      for (size_t k = 0; k < cameras_.size(); ++k) {
        const bool later = plan_.cameras[k].start_order > plan_.cameras[i].start_order;
        if (later) RC_ASSERT(!cameras_[k].running || cameras_[k].hangs);
      }
    }
    if (camera.fate == Fate::refuses) {
      answers_.emplace_back(i, RefusedReport{{Errc::device_lost, "no"}});
      return;
    }
    camera.running = true;
    answers_.emplace_back(i, StartedReport{});
  }

  void stop(size_t i) {
    Camera& camera = cameras_[i];
    camera.armed = false;
    const bool dark = std::any_of(cameras_.begin(), cameras_.end(),
                                  [](const Camera& c) { return c.fate == Fate::never_arms; });
    if (dark) expect(Errc::timeout, "");
    if (camera.fate == Fate::ignores_stop) {
      camera.hangs = true;
      // Said once its time is up, unless something else was wrong before.
      if (coordinator_.phase() == Coordinator::Phase::stopping && !camera.lost)
        expect(Errc::device_lost, "");
      return;
    }
    camera.running = false;
    if (!camera.hangs) answers_.emplace_back(i, StoppedReport{});
  }

  void judge_camera(size_t i) const {
    const Camera& camera = cameras_[i];
    const DeviceState state = coordinator_.state(i, now_);
    if (camera.lost) RC_ASSERT(state == DeviceState::lost);
    if (state == DeviceState::failed) RC_ASSERT(camera.fate == Fate::refuses);
    if (state == DeviceState::lost) RC_ASSERT(camera.lost || camera.hangs);
    if (!camera.lost && !camera.hangs && state != DeviceState::failed)
      RC_ASSERT(state == DeviceState::idle);
    if (recorded_ && !camera.lost && !cut_by_user_ && !expected_)
      RC_ASSERT(camera.captures == kTicks);
  }

  Plan plan_;
  std::mt19937 random_;
  bool user_ends_;
  Coordinator coordinator_;
  std::vector<Camera> cameras_;
  std::vector<std::pair<size_t, Report>> answers_;
  HostTime now_{};
  int64_t tick_ = 0;
  bool recorded_ = false;
  bool cut_by_user_ = false;
  std::optional<Error> expected_;
};

std::vector<Fate> any_fates(size_t cameras) {
  return *rc::gen::container<std::vector<Fate>>(
      cameras,
      rc::gen::weightedElement<Fate>(
          {{20, Fate::good}, {1, Fate::refuses}, {2, Fate::is_lost}, {2, Fate::ignores_stop}}));
}

RC_GTEST_PROP(AnyRig, EndsInGoodOrderWithTheOutcomeThatItsCamerasAndUserMake, ()) {
  const int cameras = *rc::gen::inRange(2, 7);
  const Shape shape = *rc::gen::element(Shape::chain, Shape::star);
  FakeRig rig(plan_of(shape, cameras), any_fates(static_cast<size_t>(cameras)),
              *rc::gen::arbitrary<uint32_t>(), *rc::gen::arbitrary<bool>());
  rig.run();
  rig.judge();
}

RC_GTEST_PROP(AnyRig, OfGoodCamerasRecordsTheLengthOnAll, ()) {
  const int cameras = *rc::gen::inRange(2, 7);
  const Shape shape = *rc::gen::element(Shape::chain, Shape::star);
  FakeRig rig(plan_of(shape, cameras), std::vector<Fate>(static_cast<size_t>(cameras)),
              *rc::gen::arbitrary<uint32_t>(), false);
  rig.run();
  rig.judge();
}

RC_GTEST_PROP(AnyRig, WithACameraThatNeverArmsGivesUpAndSaysSo, ()) {
  const int cameras = *rc::gen::inRange(2, 7);
  std::vector<Fate> fates = any_fates(static_cast<size_t>(cameras));
  fates[*rc::gen::inRange<size_t>(1, fates.size())] = Fate::never_arms;
  FakeRig rig(plan_of(*rc::gen::element(Shape::chain, Shape::star), cameras), fates,
              *rc::gen::arbitrary<uint32_t>(), *rc::gen::arbitrary<bool>());
  rig.run();
  rig.judge();
}

}  // namespace
}  // namespace lockstep
