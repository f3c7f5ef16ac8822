// SPDX-License-Identifier: MIT
#include "lockstep/session/device_pump.h"

namespace lockstep {
namespace {

std::optional<HostTime> arrival_of(const Capture& capture) {
  std::optional<HostTime> latest;
  for (const std::optional<Image>* image : {&capture.color, &capture.depth, &capture.ir}) {
    if (*image && (*image)->arrival && (!latest || *(*image)->arrival > *latest)) {
      latest = (*image)->arrival;
    }
  }
  return latest;
}

}  // namespace

DevicePump::DevicePump(std::unique_ptr<Device> device, CameraConfig config, SessionClock& clock,
                       Emit emit)
    : device_(std::move(device)), config_(config), clock_(clock), emit_(std::move(emit)) {}

void DevicePump::obey(DeviceCommand command) {
  switch (command) {
    case DeviceCommand::start: {
      lost_ = false;
      if (auto started = device_->start(config_); !started) {
        emit_(DeviceRefused{started.error()});
        return;
      }
      const auto jacks = device_->read_jacks();
      emit_(DeviceStarted{jacks ? *jacks : SyncJacks{}});
      return;
    }
    case DeviceCommand::read_jacks: {
      // A failing query says nothing of the plugs: those known before stand.
      if (const auto jacks = device_->read_jacks()) emit_(DeviceJacks{*jacks});
      return;
    }
    case DeviceCommand::stop:
      device_->stop();
      emit_(DeviceStopped{});
      return;
  }
}

bool DevicePump::read(Nanos wait) {
  auto read = device_->next_capture(wait);
  if (!read) {
    lose(read.error());
    return false;
  }
  if (const auto* end = std::get_if<ReadEnd>(&*read)) {
    if (*end == ReadEnd::ended && device_->running())
      lose({Errc::device_lost, "it delivers no more"});
    return false;
  }
  DeviceData data;
  data.capture = std::get<CapturePtr>(*std::move(read));
  data.arrival = arrival_of(*data.capture).value_or(clock_.now());
  if (config_.imu) {
    if (auto samples = device_->take_imu()) data.imu = *std::move(samples);
  }
  emit_(std::move(data));
  return true;
}

void DevicePump::lose(Error error) {
  lost_ = true;
  emit_(DeviceLost{std::move(error)});
}

}  // namespace lockstep
