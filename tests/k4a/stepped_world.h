// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <thread>
#include <utility>

#include "lockstep/k4a/installed.h"
#include "lockstep/virtual/virtual_rig.h"
#include "tests/support/virtual_rigs.h"

namespace lockstep::testing {

/// The time of a rig whose clock somebody else moves.
class SteppedTime final : public k4a::WaitClock {
 public:
  explicit SteppedTime(std::shared_ptr<VirtualRig> rig) : rig_(std::move(rig)) {}
  HostTime now() override { return rig_->clock().now(); }
  void wait(std::condition_variable_any& changed, Mutex& mutex, HostTime) override {
    changed.wait_for(mutex, std::chrono::microseconds(100));  // the clock does not tell queues
  }

 private:
  const std::shared_ptr<VirtualRig> rig_;
};

/// A chain of virtual cameras as the installed devices of this process, in a time that runs as fast
/// as the machine can.
class SteppedWorld {
 public:
  explicit SteppedWorld(int cameras) {
    const Rig rig = chain_rig(cameras);
    VirtualRigOptions options;
    options.pace = VirtualRigOptions::Pace::stepped;
    rig_ = *VirtualRig::create(rig, plan_as_declared(rig), options);
    k4a::install({rig_, *rig_->list(), {}, std::make_shared<SteppedTime>(rig_)});
    mover_ = std::thread([this] {
      while (!done_) {
        rig_->clock().sleep_until(now() + kStep);
        std::this_thread::yield();
      }
    });
  }
  ~SteppedWorld() {
    done_ = true;
    mover_.join();
    k4a::install({});
  }
  SteppedWorld(const SteppedWorld&) = delete;
  SteppedWorld& operator=(const SteppedWorld&) = delete;

  [[nodiscard]] HostTime now() const { return rig_->clock().now(); }

 private:
  static constexpr Nanos kStep{2'000'000};

  std::shared_ptr<VirtualRig> rig_;
  std::atomic<bool> done_{false};
  std::thread mover_;
};

}  // namespace lockstep::testing
