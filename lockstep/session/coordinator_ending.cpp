// SPDX-License-Identifier: MIT
// How a session ends: recordings are cut, cameras stopped, and whoever does not answer is given up.
#include <fmt/core.h>

#include <algorithm>

#include "lockstep/session/coordinator.h"

namespace lockstep {

void Coordinator::cut_all(HostTime now, Orders& orders) {
  if (!cut_since_) cut_since_ = now;
  for (size_t i = 0; i < cameras_.size(); ++i) {
    if (!cameras_[i].done) orders.push_back({i, CutOrder{}});
  }
}

/// A camera that does not answer must not keep the others from being stopped and saved.
void Coordinator::give_up_cutting(HostTime now, Orders& orders) {
  for (Camera& camera : cameras_) {
    if (camera.done) continue;
    camera.done = true;
    fail({Errc::timeout, fmt::format("{}: it did not end its recording within {} s, so the end of "
                                     "its file is in doubt: run lockstep recover on the take",
                                     camera.planned.name, to_seconds(kStopWithin))},
         now, orders);
  }
  stop_if_all_done(now, orders);
}

/// A camera that does not answer its stop must not keep the take from being finished. When all are
/// armed anew it may still answer.
void Coordinator::give_up_stopping(HostTime now, Orders& orders) {
  const bool ending = phase_ == Phase::stopping;
  for (size_t i = 0; i < cameras_.size(); ++i) {
    Camera& camera = cameras_[i];
    if (!camera.running) continue;
    if (ending && camera.state != DeviceState::lost) {
      camera.state = DeviceState::lost;
      camera.hung_in_stop = true;
      const Error error{Errc::device_lost,
                        fmt::format("{}: the camera was lost: it did not stop within {} s. What it "
                                    "recorded is whole; unplug it and plug it in again",
                                    camera.planned.name, to_seconds(kStopWithin))};
      outcome_.alarms.push_back(error.message);
      if (!outcome_.failure) outcome_.failure = error;
    }
    on_stopped(i, now, orders);
  }
  if (ending) phase_ = Phase::done;
}

void Coordinator::stop_if_all_done(HostTime now, Orders& orders) {
  if (phase_ != Phase::recording) return;
  if (std::all_of(cameras_.begin(), cameras_.end(), [](const Camera& c) { return c.done; })) {
    stop_all(now, orders);
  }
}

void Coordinator::stop_all(HostTime now, Orders& orders) {
  phase_ = Phase::stopping;
  phase_since_ = now;
  // Masters first: then no subordinate sees half a frame time of pulses.
  for (const bool sources : {true, false}) {
    for (size_t i = 0; i < cameras_.size(); ++i) {
      if (!cameras_[i].running || cameras_[i].source != sources) continue;
      if (cameras_[i].state != DeviceState::lost) cameras_[i].state = DeviceState::stopping;
      orders.push_back({i, StopOrder{}});
    }
  }
  const bool any_running =
      std::any_of(cameras_.begin(), cameras_.end(), [](const Camera& c) { return c.running; });
  const bool any_starting = std::any_of(cameras_.begin(), cameras_.end(), [](const Camera& c) {
    return c.state == DeviceState::starting;
  });
  if (!any_running && !any_starting) phase_ = Phase::done;
}

void Coordinator::fail(Error error, HostTime now, Orders& orders) {
  if (!outcome_.failure) outcome_.failure = std::move(error);
  if (phase_ == Phase::recording) {
    cut_all(now, orders);
  } else if (phase_ != Phase::stopping && phase_ != Phase::done) {
    stop_all(now, orders);
  }
}

Coordinator::Orders Coordinator::end(HostTime now, std::optional<Error> failure) {
  Orders orders;
  if (failure) {
    fail(*std::move(failure), now, orders);
  } else if (phase_ == Phase::recording) {
    cut_all(now, orders);
  } else if (phase_ != Phase::stopping && phase_ != Phase::done) {
    // What is ending already ends as it was going to.
    fail({Errc::cancelled, "stopped before anything was recorded"}, now, orders);
  }
  return orders;
}

}  // namespace lockstep
