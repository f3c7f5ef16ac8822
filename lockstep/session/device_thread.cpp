// SPDX-License-Identifier: MIT
#include "lockstep/session/device_thread.h"

#include <fmt/core.h>

#include <atomic>
#include <chrono>
#include <future>
#include <stop_token>
#include <thread>

#include "lockstep/session/device_pump.h"

namespace lockstep {
namespace {

constexpr Nanos kReadWait = std::chrono::milliseconds(50);  // commands are looked for this often
constexpr auto kEndWithin = std::chrono::seconds(1);
constexpr int64_t kNotReading = 0;

}  // namespace

/// Outlives the DeviceThread where the device does not answer.
struct DeviceThread::Shared {
  Shared(std::unique_ptr<Device> device, const CameraConfig& config, SessionClock& session_clock,
         size_t camera, const std::shared_ptr<DeviceEvents>& events)
      : clock(session_clock),
        pump(std::move(device), config, session_clock, [events, camera](DeviceEvent event) {
          events->push({camera, std::move(event)});
        }) {}

  void run() {
    const std::stop_token token = stop.get_token();
    while (!token.stop_requested()) {
      const auto command = pump.running() ? commands.try_pop() : commands.pop(token);
      if (command) {
        pump.obey(*command);
      } else if (pump.running()) {
        reading_since_ns = clock.now().time_since_epoch().count();
        pump.read(kReadWait);
        reading_since_ns = kNotReading;
      }
    }
  }

  SessionClock& clock;
  DevicePump pump;
  BoundedQueue<DeviceCommand> commands{1, OverflowPolicy::drop_newest};
  std::stop_source stop;
  std::promise<void> left;
  std::atomic<int64_t> reading_since_ns{kNotReading};
};

DeviceThread::DeviceThread(std::unique_ptr<Device> device, const CameraConfig& config,
                           SessionClock& clock, size_t camera, std::shared_ptr<DeviceEvents> events)
    : shared_(std::make_shared<Shared>(std::move(device), config, clock, camera, events)),
      thread_([shared = shared_] {
        shared->run();
        shared->left.set_value();
      }) {}

DeviceThread::~DeviceThread() {
  end();
}

void DeviceThread::post(DeviceCommand command) {
  shared_->commands.push(command, command == DeviceCommand::read_jacks ? 1 : 0);
}

std::optional<DeviceLost> DeviceThread::hangs(HostTime now, Nanos after) {
  const int64_t since_ns = shared_->reading_since_ns;
  if (told_ || since_ns == kNotReading) return std::nullopt;
  if (now - HostTime(Nanos(since_ns)) < after) return std::nullopt;
  told_ = true;
  return DeviceLost{
      {Errc::device_lost,
       fmt::format("it hangs: a read from it has not returned for {:g} s. Unplug it and plug it in "
                   "again",
                   to_seconds(after))}};
}

bool DeviceThread::end() {
  if (!thread_.joinable()) return !left_behind_;
  shared_->stop.request_stop();
  if (shared_->left.get_future().wait_for(kEndWithin) == std::future_status::ready) {
    thread_.join();
    return true;
  }
  left_behind_ = true;
  thread_.detach();
  return false;
}

}  // namespace lockstep
