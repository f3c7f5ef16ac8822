// SPDX-License-Identifier: MIT
#include "lockstep/sensor/modes.h"

#include <array>
#include <utility>

namespace lockstep {
namespace {

// Spellings are those of the tags in recordings; sizes are of the vendor's hardware specification.
struct DepthRow {
  DepthMode mode;
  std::string_view name;
  SizePx size;
};
constexpr std::array<DepthRow, 6> kDepthModes{{
    {DepthMode::off, "OFF", {0, 0}},
    {DepthMode::nfov_2x2binned, "NFOV_2X2BINNED", {320, 288}},
    {DepthMode::nfov_unbinned, "NFOV_UNBINNED", {640, 576}},
    {DepthMode::wfov_2x2binned, "WFOV_2X2BINNED", {512, 512}},
    {DepthMode::wfov_unbinned, "WFOV_UNBINNED", {1024, 1024}},
    {DepthMode::passive_ir, "PASSIVE_IR", {1024, 1024}},
}};

struct ColorRow {
  ColorResolution resolution;
  std::string_view name;
  SizePx size;
};
constexpr std::array<ColorRow, 7> kColorResolutions{{
    {ColorResolution::off, "OFF", {0, 0}},
    {ColorResolution::p720, "720P", {1280, 720}},
    {ColorResolution::p1080, "1080P", {1920, 1080}},
    {ColorResolution::p1440, "1440P", {2560, 1440}},
    {ColorResolution::p1536, "1536P", {2048, 1536}},
    {ColorResolution::p2160, "2160P", {3840, 2160}},
    {ColorResolution::p3072, "3072P", {4096, 3072}},
}};

template <typename T, size_t N>
using Names = std::array<std::pair<T, std::string_view>, N>;

constexpr Names<Family, 3> kFamilies{{{Family::azure_kinect, "azure-kinect"},
                                      {Family::femto_bolt, "femto-bolt"},
                                      {Family::femto_mega, "femto-mega"}}};
constexpr Names<ColorFormat, 4> kFormats{{{ColorFormat::mjpg, "MJPG"},
                                          {ColorFormat::nv12, "NV12"},
                                          {ColorFormat::yuy2, "YUY2"},
                                          {ColorFormat::bgra32, "BGRA"}}};
constexpr Names<WiredSync, 3> kWiredSyncs{{{WiredSync::standalone, "STANDALONE"},
                                           {WiredSync::master, "MASTER"},
                                           {WiredSync::subordinate, "SUBORDINATE"}}};

template <typename T, size_t N>
std::string_view name_of(const Names<T, N>& names, T value) {
  for (const auto& [candidate, name] : names) {
    if (candidate == value) return name;
  }
  return "unknown";
}

template <typename T, size_t N>
std::optional<T> value_of(const Names<T, N>& names, std::string_view text) {
  for (const auto& [value, name] : names) {
    if (name == text) return value;
  }
  return std::nullopt;
}

}  // namespace

std::optional<FrameRate> frame_rate_from(int frames_per_second_wanted) {
  for (const FrameRate rate :
       {FrameRate::fps5, FrameRate::fps15, FrameRate::fps25, FrameRate::fps30}) {
    if (frames_per_second(rate) == frames_per_second_wanted) return rate;
  }
  return std::nullopt;
}

SizePx depth_size(DepthMode mode) {
  for (const DepthRow& row : kDepthModes) {
    if (row.mode == mode) return row.size;
  }
  return {};
}

bool has_depth(DepthMode mode) {
  return mode != DepthMode::off && mode != DepthMode::passive_ir;
}

SizePx color_size(ColorResolution resolution) {
  for (const ColorRow& row : kColorResolutions) {
    if (row.resolution == resolution) return row.size;
  }
  return {};
}

std::string_view to_string(Family family) {
  return name_of(kFamilies, family);
}
std::string_view to_string(ColorFormat format) {
  return name_of(kFormats, format);
}
std::string_view to_string(WiredSync sync) {
  return name_of(kWiredSyncs, sync);
}

std::string_view to_string(DepthMode mode) {
  for (const DepthRow& row : kDepthModes) {
    if (row.mode == mode) return row.name;
  }
  return "unknown";
}

std::string_view to_string(ColorResolution resolution) {
  for (const ColorRow& row : kColorResolutions) {
    if (row.resolution == resolution) return row.name;
  }
  return "unknown";
}

std::optional<Family> family_from(std::string_view text) {
  return value_of(kFamilies, text);
}
std::optional<WiredSync> wired_sync_from(std::string_view text) {
  return value_of(kWiredSyncs, text);
}

std::optional<ColorFormat> color_format_from(std::string_view text) {
  if (text == "BGRA32") return ColorFormat::bgra32;  // the API's name; recordings say BGRA
  return value_of(kFormats, text);
}

std::optional<DepthMode> depth_mode_from(std::string_view text) {
  // Early recordings spell the binned modes with a small x.
  if (text == "NFOV_2x2BINNED") return DepthMode::nfov_2x2binned;
  if (text == "WFOV_2x2BINNED") return DepthMode::wfov_2x2binned;
  for (const DepthRow& row : kDepthModes) {
    if (row.name == text) return row.mode;
  }
  return std::nullopt;
}

std::optional<ColorResolution> color_resolution_from(std::string_view text) {
  for (const ColorRow& row : kColorResolutions) {
    if (row.name == text) return row.resolution;
  }
  return std::nullopt;
}

std::string color_mode_name(ColorFormat format, ColorResolution resolution) {
  if (resolution == ColorResolution::off) return "OFF";
  return std::string(to_string(format)) + "_" + std::string(to_string(resolution));
}

std::optional<ColorMode> color_mode_from(std::string_view text) {
  if (text == "OFF") return ColorMode{};
  const size_t split = text.find('_');
  if (split == std::string_view::npos) return std::nullopt;
  const auto format = color_format_from(text.substr(0, split));
  const auto resolution = color_resolution_from(text.substr(split + 1));
  if (!format || !resolution || *resolution == ColorResolution::off) return std::nullopt;
  return ColorMode{*format, *resolution};
}

}  // namespace lockstep
