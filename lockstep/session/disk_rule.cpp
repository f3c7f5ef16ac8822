// SPDX-License-Identifier: MIT
#include "lockstep/session/disk_rule.h"

#include <fmt/core.h>

#include "lockstep/sensor/payload.h"

namespace lockstep {
namespace {

constexpr double kMarginS = 30;
constexpr double kWithoutLengthS = 600;
constexpr double kWarnS = 600;
/// Images of 64 bytes, with what a recording adds to them: 290 in a minute's take.
constexpr double kTimingOnlyBytesPerTick = 320;

std::string size_text(double bytes) {
  return bytes < 1e8 ? fmt::format("{:.1f} MB", bytes / 1e6)
                     : fmt::format("{:.1f} GB", bytes / 1e9);
}

}  // namespace

DiskRule::DiskRule(double bytes_per_s, uint64_t keep_free_bytes)
    : bytes_per_s_(bytes_per_s), keep_free_bytes_(keep_free_bytes) {}

double DiskRule::seconds_left(uint64_t free_bytes) const {
  const uint64_t room = free_bytes > keep_free_bytes_ ? free_bytes - keep_free_bytes_ : 0;
  return static_cast<double>(room) / bytes_per_s_;
}

Result<void> DiskRule::before_start(uint64_t free_bytes, std::optional<double> length_s,
                                    const std::filesystem::path& folder,
                                    std::string_view option) const {
  const double needed_s = length_s ? *length_s + kMarginS : kWithoutLengthS;
  if (seconds_left(free_bytes) >= needed_s) return {};
  return Error{
      Errc::no_space,
      fmt::format(
          "{}: {} are free ({:g} GB of them kept free), but {:.0f} s of this rig need {}{}: free "
          "some space, record to another disk with {}, or {} with -l",
          folder.string(), size_text(static_cast<double>(free_bytes)),
          static_cast<double>(keep_free_bytes_) / 1e9, needed_s, size_text(needed_s * bytes_per_s_),
          length_s
              ? fmt::format(" ({:.10g} s to record and {:g} s in reserve)", *length_s, kMarginS)
              : std::string(" (the least for a take without a length)"),
          option, length_s ? "shorten the take" : "give the take a length")};
}

DiskRule::Advice DiskRule::during(uint64_t free_bytes) const {
  const double left_s = seconds_left(free_bytes);
  return left_s < kCutS ? Advice::cut : left_s < kWarnS ? Advice::warn : Advice::go_on;
}

double planned_bytes_per_s(const PlannedCamera& camera) {
  return disk_bytes_per_s(camera.config);
}

double planned_bytes_per_s(const Plan& plan) {
  double sum = 0;
  for (const PlannedCamera& camera : plan.cameras) sum += planned_bytes_per_s(camera);
  return sum;
}

double timing_only_bytes_per_s(const Plan& plan) {
  double sum = 0;
  for (const PlannedCamera& camera : plan.cameras) {
    CameraConfig imu_alone = camera.config;
    imu_alone.color_resolution = ColorResolution::off;
    imu_alone.depth_mode = DepthMode::off;
    const bool raw = camera.config.color_on() && camera.config.color_format != ColorFormat::mjpg;
    const double color_bytes =
        raw ? static_cast<double>(disk_color_bytes_per_frame(camera.config.color_format,
                                                             camera.config.color_resolution))
            : 0;
    sum += disk_bytes_per_s(imu_alone) +
           (kTimingOnlyBytesPerTick + color_bytes) * frames_per_second(camera.config.frame_rate);
  }
  return sum;
}

}  // namespace lockstep
