// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "lockstep/sensor/config.h"
#include "lockstep/sensor/family.h"
#include "lockstep/sensor/timing.h"
#include "lockstep/time/tick.h"

// What a camera refuses and what it silently changes, in the order of the vendor library's own
// checks.

namespace lockstep {
namespace {

// Collects the verdict: one invalid finding outweighs every adjustment.
class Check {
 public:
  Check(Family family, const CameraConfig& config)
      : family_(family), traits_(family_traits(family)) {
    result_.adjusted = config;
  }

  ConfigCheck run() {
    enumerators();
    // Nothing below has a meaning for values that no camera knows.
    if (result_.outcome == ConfigCheck::Outcome::invalid) return result_;
    cameras_on();
    rates();
    color_combination();
    sync_role();
    delays();
    exposure();
    controls();
    return result_;
  }

 private:
  [[nodiscard]] const CameraConfig& config() const { return result_.adjusted; }
  [[nodiscard]] int fps() const { return frames_per_second(config().frame_rate); }

  template <typename... T>
  void invalid(const char* setting, fmt::format_string<T...> text, T&&... args) {
    result_.outcome = ConfigCheck::Outcome::invalid;
    result_.notes.push_back({setting, fmt::format(text, std::forward<T>(args)...)});
  }
  template <typename... T>
  void adjusted(const char* setting, fmt::format_string<T...> text, T&&... args) {
    if (result_.outcome == ConfigCheck::Outcome::valid)
      result_.outcome = ConfigCheck::Outcome::adjusted;
    result_.notes.push_back({setting, fmt::format(text, std::forward<T>(args)...)});
  }

  template <typename T>
  void enumerator(T value, T first, T last, const char* setting, std::string_view what) {
    if (value < first || value > last)
      invalid(setting, "{} {} does not exist", what, static_cast<int>(value));
  }

  void enumerators() {
    enumerator(config().color_format, ColorFormat::mjpg, ColorFormat::bgra32, "color_mode",
               "colour format");
    enumerator(config().color_resolution, ColorResolution::off, ColorResolution::p3072,
               "color_mode", "colour resolution");
    enumerator(config().depth_mode, DepthMode::off, DepthMode::passive_ir, "depth_mode",
               "depth mode");
    enumerator(config().frame_rate, FrameRate::fps5, FrameRate::fps25, "frame_rate", "frame rate");
    enumerator(config().wired_sync, WiredSync::standalone, WiredSync::subordinate, "wired_sync",
               "wired-sync mode");
    if (config().powerline)
      enumerator(*config().powerline, Powerline::hz50, Powerline::hz60, "powerline_hz",
                 "power line");
  }

  void cameras_on() {
    const bool color = config().color_on();
    const bool depth = config().depth_on();
    if (!color && !depth) invalid("depth_mode", "colour and depth are both off: turn one on");
    if (color && depth) return;
    if (config().depth_delay_off_color != Micros(0)) {
      invalid("depth_delay_us", "a depth delay of {} us needs both colour and depth, and {} is off",
              config().depth_delay_off_color.count(), color ? "depth" : "colour");
    }
    if (config().synchronized_images_only) {
      invalid("synchronized_images_only",
              "synchronized_images_only needs both colour and depth, and {} is off",
              color ? "depth" : "colour");
    }
  }

  void rates() {
    const bool femto = family_ != Family::azure_kinect;
    if (config().frame_rate == FrameRate::fps25 && !femto) {
      invalid("frame_rate", "{} has no 25 fps: it takes 5, 15 or 30", traits_.name);
    }
    const int widest_fps = femto ? 25 : 15;
    if (config().depth_mode == DepthMode::wfov_unbinned && fps() > widest_fps) {
      invalid("depth_mode",
              "WFOV_UNBINNED runs at {} fps at most: lower the rate or take WFOV_2X2BINNED",
              widest_fps);
    }
    if (config().color_resolution == ColorResolution::p3072 && !femto && fps() > 15) {
      invalid("color_mode", "3072P runs at 15 fps at most: lower the rate or take 2160P or 1536P");
    }
  }

  void color_combination() {
    if (!config().color_on()) return;
    if (config().color_resolution == ColorResolution::p3072 && family_ != Family::azure_kinect) {
      invalid("color_mode", "{} has no 3072P: take 2160P or less", traits_.name);
    }
    const bool raw =
        config().color_format == ColorFormat::nv12 || config().color_format == ColorFormat::yuy2;
    if (raw && config().color_resolution != ColorResolution::p720) {
      invalid("color_mode", "{} exists in 720P only, not in {}: take MJPG",
              to_string(config().color_format), to_string(config().color_resolution));
    }
  }

  void sync_role() {
    if (config().wired_sync == WiredSync::master && !config().color_on() &&
        traits_.master_needs_color) {
      invalid("color_mode", "a master with colour off sends no pulses: turn its colour on");
    }
    const int64_t delay = config().subordinate_delay_off_master.count();
    if (config().wired_sync != WiredSync::subordinate && delay != 0) {
      invalid("subordinate_delay_us",
              "a subordinate delay of {} us on a camera that is {}: only a subordinate takes one",
              delay, config().wired_sync == WiredSync::master ? "the master" : "standalone");
    }
  }

  // The vendor's library knows the period as a whole number of microseconds, rounded down.
  [[nodiscard]] int64_t delay_limit() const {
    const auto period = static_cast<int64_t>(frame_period_us(fps()));
    const auto family_limit = static_cast<int64_t>(traits_.max_delay_us);
    return family_limit > 0 ? std::min(period, family_limit) : period;
  }

  void delays() {
    const int64_t limit = delay_limit();
    const int64_t subordinate = config().subordinate_delay_off_master.count();
    const int64_t depth = config().depth_delay_off_color.count();
    if (subordinate < 0)
      invalid("subordinate_delay_us",
              "a subordinate delay of {} us: a subordinate cannot be ahead of its master",
              subordinate);
    if (subordinate > limit)
      invalid("subordinate_delay_us",
              "a subordinate delay of {} us is more than {} us, the most at {} fps", subordinate,
              limit, fps());
    if (std::abs(depth) > limit)
      invalid("depth_delay_us", "a depth delay of {} us is more than {} us, the most at {} fps",
              depth, limit, fps());
    if (result_.outcome == ConfigCheck::Outcome::invalid) return;
    note_rounding("subordinate_delay_us", "subordinate", config().subordinate_delay_off_master);
    note_rounding("depth_delay_us", "depth", config().depth_delay_off_color);
    if (depth < 0 && !traits_.negative_depth_delay) {
      adjusted("depth_delay_us", "{} cannot make depth early: colour comes {} us late instead",
               traits_.name, -depth);
    }
  }

  void note_rounding(const char* setting, std::string_view what, Micros asked) {
    const double realised = realised_delay_us(family_, asked);
    const auto asked_us = static_cast<double>(asked.count());
    // Less than a microsecond is what whole microseconds cannot say anyway (167 asked, 166.7
    // realised).
    if (std::abs(realised - asked_us) < 1) return;
    adjusted(
        setting,
        "a {} delay of {} us becomes {:.1f} us: the register counts steps of 11.11 us, rounded "
        "towards zero",
        what, asked.count(), realised);
  }

  void exposure() {
    if (!config().exposure || !config().color_on()) return;
    const int64_t asked = config().exposure->count();
    if (asked <= 0) {
      invalid("exposure_us",
              "an exposure of {} us: say a positive time, or leave it out for automatic", asked);
      return;
    }
    // A family without a table refuses values outside its range; the table raises and lowers them.
    const bool table = !exposure_steps_us(family_, Powerline::hz60).empty();
    if (!table && (asked < traits_.min_exposure_us || asked > traits_.max_exposure_us)) {
      invalid("exposure_us", "an exposure of {} us: {} takes {} to {} us", asked, traits_.name,
              traits_.min_exposure_us, traits_.max_exposure_us);
      return;
    }
    const Powerline line = config().powerline.value_or(Powerline::hz60);
    const Micros realised =
        realised_exposure(family_, *config().exposure, line, config().frame_rate);
    if (realised == *config().exposure) return;
    const char* why =
        realised.count() < asked ? "the most that fits" : "the next step of the camera's table";
    adjusted("exposure_us", "an exposure of {} us becomes {} us: {} at {} fps with {} Hz lamps",
             asked, realised.count(), why, fps(), line == Powerline::hz50 ? 50 : 60);
    result_.adjusted.exposure = realised;
  }

  void controls() {
    if (config().gain && (*config().gain < traits_.min_gain || *config().gain > traits_.max_gain)) {
      invalid("gain", "a gain of {}: {} takes {} to {}", *config().gain, traits_.name,
              traits_.min_gain, traits_.max_gain);
    }
    if (!config().white_balance_k) return;
    const int kelvin = *config().white_balance_k;
    if (kelvin < 2500 || kelvin > 12500) {
      invalid("white_balance_k", "a white balance of {} K: cameras take 2500 to 12500 K", kelvin);
    } else if (kelvin % 10 != 0 && !traits_.rounds_white_balance) {
      invalid("white_balance_k", "a white balance of {} K: {} takes multiples of 10 K, such as {}",
              kelvin, traits_.name, kelvin / 10 * 10);
    } else if (kelvin % 10 != 0) {
      adjusted("white_balance_k", "a white balance of {} K becomes {} K: steps are 10 K", kelvin,
               kelvin / 10 * 10);
      result_.adjusted.white_balance_k = kelvin / 10 * 10;
    }
  }

  Family family_;
  const FamilyTraits& traits_;
  ConfigCheck result_;
};

}  // namespace

ConfigCheck check_config(Family family, const CameraConfig& config) {
  return Check(family, config).run();
}

}  // namespace lockstep
