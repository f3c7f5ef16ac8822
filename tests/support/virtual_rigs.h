// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "lockstep/virtual/virtual_rig.h"

// Rigs of virtual cameras as values, and a driver that starts and reads them.

namespace lockstep::testing {

/// A chain of `cameras` virtual Azure Kinects at 30 fps, "cam0" the source, `delay_us` apart, equal
/// exposures of 8330 us, timing only.
inline Rig chain_rig(int cameras, int delay_us = 167, Family family = Family::azure_kinect) {
  Rig rig;
  rig.name = "chain";
  rig.world = RigWorld{};
  rig.world->timing_only = true;
  for (int i = 0; i < cameras; ++i) {
    RigCamera camera;
    camera.name = "cam" + std::to_string(i);
    camera.serial = "virtual-000" + std::to_string(i);
    camera.family = family;
    camera.config.exposure = Micros(8330);
    camera.config.powerline = Powerline::hz60;
    if (cameras > 1) camera.config.wired_sync = i == 0 ? WiredSync::master : WiredSync::subordinate;
    camera.config.subordinate_delay_off_master = Micros(i * delay_us);
    rig.cameras.push_back(camera);
    if (i > 0)
      rig.cables.push_back({{"cam" + std::to_string(i - 1), "out"}, {camera.name, "in"}, 3, {}});
  }
  return rig;
}

/// The part of a plan that the simulation looks at, without the planner's delays.
inline Plan plan_as_declared(const Rig& rig) {
  Plan plan;
  plan.rig_name = rig.name;
  plan.is_virtual = true;
  const Plan whole = make_plan(rig);
  for (const RigCamera& camera : rig.cameras) {
    PlannedCamera planned;
    planned.name = camera.name;
    planned.serial = camera.serial;
    planned.family = camera.family;
    planned.config = camera.config;
    planned.clock_disciplined = whole.find(camera.name)->clock_disciplined;
    plan.cameras.push_back(planned);
  }
  return plan;
}

/// Starts the cameras of a rig in the right order and reads them all, moving the clock itself.
class Driver {
 public:
  explicit Driver(const Rig& rig,
                  VirtualRigOptions options = {VirtualRigOptions::Pace::as_fast_as_possible,
                                               {},
                                               4ull << 30,
                                               0,
                                               HostTime(std::chrono::seconds(1000))})
      : rig_(rig), captures(rig.cameras.size()), imu(rig.cameras.size()), lost(rig.cameras.size()) {
    auto made = VirtualRig::create(rig, plan_as_declared(rig), options);
    EXPECT_TRUE(made.ok());
    source = *made;
    for (const RigCamera& camera : rig.cameras) {
      auto device = source->open(camera.serial);
      EXPECT_TRUE(device.ok());
      devices.push_back(*std::move(device));
    }
  }

  /// Subordinates first, the master last; `gap` passes before each start.
  void start_all(Nanos gap = std::chrono::milliseconds(200)) {
    for (size_t i = devices.size(); i-- > 0;) {
      pass(gap);
      start(i);
    }
  }

  void start(size_t camera) {
    const auto started = devices[camera]->start(rig_.cameras[camera].config);
    EXPECT_TRUE(started.ok()) << (started ? "" : started.error().message);
  }

  /// Lets time pass, reading every running camera each 10 ms.
  void pass(Nanos duration) {
    SessionClock& clock = source->clock();
    const HostTime end = clock.now() + duration;
    while (clock.now() < end) {
      clock.sleep_until(std::min(end, clock.now() + std::chrono::milliseconds(10)));
      for (size_t i = 0; i < devices.size(); ++i) {
        if (devices[i]->running() && !lost[i]) read(i);
      }
    }
  }

  void read(size_t i) {
    while (true) {
      auto got = devices[i]->next_capture(Nanos(0));
      if (!got) {
        lost[i] = got.error().code == Errc::device_lost;
        return;
      }
      const auto* capture = std::get_if<CapturePtr>(&*got);
      if (capture == nullptr) break;
      captures[i].push_back(*capture);
    }
    if (!rig_.cameras[i].config.imu) return;
    auto samples = devices[i]->take_imu();
    if (samples) imu[i].insert(imu[i].end(), samples->begin(), samples->end());
  }

 private:
  Rig rig_;

 public:
  std::shared_ptr<VirtualRig> source;
  std::vector<std::unique_ptr<Device>> devices;
  std::vector<std::vector<CapturePtr>> captures;
  std::vector<std::vector<ImuSample>> imu;
  std::vector<bool> lost;
};

/// Stamps of one stream, microseconds.
inline std::vector<int64_t> stamps_us(const std::vector<CapturePtr>& captures, bool color) {
  std::vector<int64_t> stamps;
  for (const auto& capture : captures) {
    const auto& image = color ? capture->color : capture->ir;
    if (image) stamps.push_back(image->stamp.us());
  }
  return stamps;
}

}  // namespace lockstep::testing
