// SPDX-License-Identifier: MIT
#include "lockstep/k4a/recorded_camera.h"

#include <fmt/core.h>

#include <memory>
#include <utility>

#include "lockstep/codec/color_convert.h"
#include "lockstep/k4a/log.h"

namespace lockstep::k4a {
namespace {

CapturePtr finished(Capture capture, HostTime now) {
  for (auto* const image : {&capture.color, &capture.depth, &capture.ir}) {
    if (*image) (*image)->arrival = now;
  }
  return std::make_shared<const Capture>(std::move(capture));
}

void decode(Capture& capture) {
  auto decoded = convert_color(*capture.color, PixelFormat::bgra32);
  if (decoded) {
    capture.color = *std::move(decoded);
    return;
  }
  log(K4A_LOG_LEVEL_WARNING, __FILE__, __LINE__,
      fmt::format("A colour picture is left out. {}", decoded.error().message));
  capture.color.reset();
}

}  // namespace

CameraConfig RecordedCamera::to_play(const CameraConfig& asked) const {
  CameraConfig config = asked;
  config.imu = has_imu();
  const bool decodes =
      header_.camera.color_format == ColorFormat::mjpg && asked.color_format == ColorFormat::bgra32;
  if (decodes || !header_.camera.color_on()) config.color_format = header_.camera.color_format;
  return config;
}

std::vector<CapturePtr> RecordedCamera::delivered(const Capture& capture, const CameraConfig& asked,
                                                  HostTime now) const {
  Capture whole = capture;
  if (whole.color && whole.color->format == PixelFormat::mjpg &&
      asked.color_format == ColorFormat::bgra32)
    decode(whole);
  const bool has_depth = whole.depth || whole.ir;
  if (asked.synchronized_images_only && asked.pair_images && !(whole.color && has_depth)) return {};
  std::vector<CapturePtr> all;
  if (!asked.pair_images && whole.color && has_depth) {
    Capture color;
    color.color = std::exchange(whole.color, std::nullopt);
    all.push_back(finished(std::move(color), now));
  }
  if (whole.color || has_depth) all.push_back(finished(std::move(whole), now));
  return all;
}

}  // namespace lockstep::k4a
