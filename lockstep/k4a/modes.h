// SPDX-License-Identifier: MIT
#pragma once

#include <k4a/k4atypes.h>

#include "lockstep/frame/image.h"
#include "lockstep/sensor/modes.h"

// The modes of the C API as ours and back. Values out of range are the caller's to refuse first.

namespace lockstep::k4a {

static_assert(static_cast<int>(DepthMode::off) == K4A_DEPTH_MODE_OFF);
static_assert(static_cast<int>(DepthMode::nfov_2x2binned) == K4A_DEPTH_MODE_NFOV_2X2BINNED);
static_assert(static_cast<int>(DepthMode::nfov_unbinned) == K4A_DEPTH_MODE_NFOV_UNBINNED);
static_assert(static_cast<int>(DepthMode::wfov_2x2binned) == K4A_DEPTH_MODE_WFOV_2X2BINNED);
static_assert(static_cast<int>(DepthMode::wfov_unbinned) == K4A_DEPTH_MODE_WFOV_UNBINNED);
static_assert(static_cast<int>(DepthMode::passive_ir) == K4A_DEPTH_MODE_PASSIVE_IR);

static_assert(static_cast<int>(ColorResolution::off) == K4A_COLOR_RESOLUTION_OFF);
static_assert(static_cast<int>(ColorResolution::p720) == K4A_COLOR_RESOLUTION_720P);
static_assert(static_cast<int>(ColorResolution::p1080) == K4A_COLOR_RESOLUTION_1080P);
static_assert(static_cast<int>(ColorResolution::p1440) == K4A_COLOR_RESOLUTION_1440P);
static_assert(static_cast<int>(ColorResolution::p1536) == K4A_COLOR_RESOLUTION_1536P);
static_assert(static_cast<int>(ColorResolution::p2160) == K4A_COLOR_RESOLUTION_2160P);
static_assert(static_cast<int>(ColorResolution::p3072) == K4A_COLOR_RESOLUTION_3072P);

static_assert(static_cast<int>(ColorFormat::mjpg) == K4A_IMAGE_FORMAT_COLOR_MJPG);
static_assert(static_cast<int>(ColorFormat::nv12) == K4A_IMAGE_FORMAT_COLOR_NV12);
static_assert(static_cast<int>(ColorFormat::yuy2) == K4A_IMAGE_FORMAT_COLOR_YUY2);
static_assert(static_cast<int>(ColorFormat::bgra32) == K4A_IMAGE_FORMAT_COLOR_BGRA32);

static_assert(static_cast<int>(PixelFormat::mjpg) == K4A_IMAGE_FORMAT_COLOR_MJPG);
static_assert(static_cast<int>(PixelFormat::nv12) == K4A_IMAGE_FORMAT_COLOR_NV12);
static_assert(static_cast<int>(PixelFormat::yuy2) == K4A_IMAGE_FORMAT_COLOR_YUY2);
static_assert(static_cast<int>(PixelFormat::bgra32) == K4A_IMAGE_FORMAT_COLOR_BGRA32);
static_assert(static_cast<int>(PixelFormat::depth16) == K4A_IMAGE_FORMAT_DEPTH16);
static_assert(static_cast<int>(PixelFormat::ir16) == K4A_IMAGE_FORMAT_IR16);

static_assert(static_cast<int>(FrameRate::fps5) == K4A_FRAMES_PER_SECOND_5);
static_assert(static_cast<int>(FrameRate::fps15) == K4A_FRAMES_PER_SECOND_15);
static_assert(static_cast<int>(FrameRate::fps30) == K4A_FRAMES_PER_SECOND_30);
static_assert(static_cast<int>(FrameRate::fps25) ==
              3);  // in the header of the Femto cameras' maker

static_assert(static_cast<int>(WiredSync::standalone) == K4A_WIRED_SYNC_MODE_STANDALONE);
static_assert(static_cast<int>(WiredSync::master) == K4A_WIRED_SYNC_MODE_MASTER);
static_assert(static_cast<int>(WiredSync::subordinate) == K4A_WIRED_SYNC_MODE_SUBORDINATE);

[[nodiscard]] constexpr DepthMode from_c(k4a_depth_mode_t mode) {
  return static_cast<DepthMode>(mode);
}
[[nodiscard]] constexpr ColorResolution from_c(k4a_color_resolution_t resolution) {
  return static_cast<ColorResolution>(resolution);
}
[[nodiscard]] constexpr ColorFormat from_c(k4a_image_format_t format) {
  return static_cast<ColorFormat>(format);
}
[[nodiscard]] constexpr FrameRate from_c(k4a_fps_t fps) {
  return static_cast<FrameRate>(fps);
}
[[nodiscard]] constexpr WiredSync from_c(k4a_wired_sync_mode_t mode) {
  return static_cast<WiredSync>(mode);
}

[[nodiscard]] constexpr k4a_depth_mode_t to_c(DepthMode mode) {
  return static_cast<k4a_depth_mode_t>(mode);
}
[[nodiscard]] constexpr k4a_color_resolution_t to_c(ColorResolution resolution) {
  return static_cast<k4a_color_resolution_t>(resolution);
}
[[nodiscard]] constexpr k4a_image_format_t to_c(PixelFormat format) {
  return static_cast<k4a_image_format_t>(format);
}
[[nodiscard]] constexpr k4a_fps_t to_c(FrameRate rate) {
  return static_cast<k4a_fps_t>(rate);
}
[[nodiscard]] constexpr k4a_wired_sync_mode_t to_c(WiredSync mode) {
  return static_cast<k4a_wired_sync_mode_t>(mode);
}

}  // namespace lockstep::k4a
