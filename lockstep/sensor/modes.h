// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

// What a camera of this class can be set to. Numbers and spellings are those of the vendor's API
// and recordings (docs/recording-format.md, docs/sensor-facts.md).

namespace lockstep {

enum class Family { azure_kinect, femto_bolt, femto_mega };

/// Enumerator values are those of the vendor's C API.
enum class DepthMode {
  off = 0,
  nfov_2x2binned,
  nfov_unbinned,
  wfov_2x2binned,
  wfov_unbinned,
  passive_ir
};
enum class ColorFormat { mjpg = 0, nv12, yuy2, bgra32 };
enum class ColorResolution { off = 0, p720, p1080, p1440, p1536, p2160, p3072 };
enum class FrameRate { fps5 = 0, fps15, fps30, fps25 };
enum class WiredSync { standalone = 0, master, subordinate };
enum class Powerline { hz50 = 1, hz60 = 2 };

struct SizePx {
  int width = 0;
  int height = 0;
  friend constexpr bool operator==(SizePx, SizePx) = default;
};

[[nodiscard]] constexpr int frames_per_second(FrameRate rate) {
  constexpr int kRates[] = {5, 15, 30, 25};
  return kRates[static_cast<int>(rate)];
}
[[nodiscard]] std::optional<FrameRate> frame_rate_from(int frames_per_second);

/// Size of depth and IR images; 0x0 for off.
[[nodiscard]] SizePx depth_size(DepthMode mode);
/// True for the modes that deliver depth16 beside ir16 (not off, not passive_ir).
[[nodiscard]] bool has_depth(DepthMode mode);
[[nodiscard]] SizePx color_size(ColorResolution resolution);

// Spellings of recordings and rig files: "azure-kinect", "NFOV_UNBINNED", "MJPG_1080P", "MASTER".
[[nodiscard]] std::string_view to_string(Family family);
[[nodiscard]] std::string_view to_string(DepthMode mode);
[[nodiscard]] std::string_view to_string(ColorFormat format);
[[nodiscard]] std::string_view to_string(ColorResolution resolution);  ///< "720P", "OFF"
[[nodiscard]] std::string_view to_string(WiredSync sync);
[[nodiscard]] std::optional<Family> family_from(std::string_view text);
[[nodiscard]] std::optional<DepthMode> depth_mode_from(std::string_view text);
[[nodiscard]] std::optional<ColorFormat> color_format_from(std::string_view text);
[[nodiscard]] std::optional<ColorResolution> color_resolution_from(std::string_view text);
[[nodiscard]] std::optional<WiredSync> wired_sync_from(std::string_view text);

/// "MJPG_1080P", or "OFF" when the resolution is off.
[[nodiscard]] std::string color_mode_name(ColorFormat format, ColorResolution resolution);
struct ColorMode {
  ColorFormat format = ColorFormat::mjpg;
  ColorResolution resolution = ColorResolution::off;
};
/// Reads such a name; whether any camera can do the combination is check_config's business.
[[nodiscard]] std::optional<ColorMode> color_mode_from(std::string_view text);

}  // namespace lockstep
