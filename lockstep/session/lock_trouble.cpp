// SPDX-License-Identifier: MIT
#include "lockstep/session/lock_trouble.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace lockstep {
namespace {

// A camera that follows pulses stays where it is; a crystal of its own takes it away by more than
// this within the ten seconds of a lock.
constexpr double kMovedUs = 60;
constexpr double kAlikeUs = 30;  // offsets closer than this have one cause

enum class Trouble {
  unplugged,
  starting,
  source_dark,
  dark,
  not_rolled_back,
  zeroed_apart,
  exposure,
  moving,
  off
};
constexpr std::array kTroubles{Trouble::unplugged, Trouble::starting,        Trouble::source_dark,
                               Trouble::dark,      Trouble::not_rolled_back, Trouble::zeroed_apart,
                               Trouble::exposure,  Trouble::moving,          Trouble::off};

const LockFacts* source_among(const std::vector<LockFacts>& cameras) {
  const auto at = std::find_if(cameras.begin(), cameras.end(),
                               [](const LockFacts& camera) { return camera.is_source; });
  return at == cameras.end() ? nullptr : &*at;
}

/// Without a camera as source, the one that the others are held against is not known: any
/// automatic exposure will do.
bool exposures_differ(const std::vector<LockFacts>& cameras, const LockFacts& camera) {
  if (const LockFacts* source = source_among(cameras)) return camera.exposure != source->exposure;
  return std::any_of(cameras.begin(), cameras.end(),
                     [&](const LockFacts& other) { return camera.exposure != other.exposure; });
}

std::optional<Trouble> trouble_of(const std::vector<LockFacts>& cameras, const LockFacts& camera) {
  if (!camera.plugged) return Trouble::unplugged;
  if (camera.state == DeviceState::starting) return Trouble::starting;
  if (camera.not_rolled_back) return Trouble::not_rolled_back;
  if (!camera.any_picture) return camera.is_source ? Trouble::source_dark : Trouble::dark;
  if (camera.zeroed_apart_us) return Trouble::zeroed_apart;
  if (!camera.out_of_step || !camera.offset_us) return std::nullopt;
  if (std::abs(camera.moved_us.value_or(0)) > kMovedUs) return Trouble::moving;
  return exposures_differ(cameras, camera) ? Trouble::exposure : Trouble::off;
}

std::string exposure_text(const std::optional<Micros>& exposure) {
  return exposure ? fmt::format("exposure of {} us", exposure->count()) : "automatic exposure";
}

/// "right has an automatic exposure, left an exposure of 8330 us".
std::string exposures_text(const std::vector<LockFacts>& cameras) {
  std::string text;
  for (const LockFacts& camera : cameras) {
    text += fmt::format("{}{} {}an {}", text.empty() ? "" : ", ", camera.name,
                        text.empty() ? "has " : "", exposure_text(camera.exposure));
  }
  return text;
}

std::string shows_as(const LockFacts& camera, Trouble trouble) {
  switch (trouble) {
    case Trouble::unplugged:
      if (camera.cable_from.empty()) return "nothing is in its Sync In";
      return fmt::format("nothing is in its Sync In, where the cable from {} belongs",
                         camera.cable_from);
    case Trouble::starting:
      return "it did not finish starting";
    case Trouble::source_dark:
    case Trouble::dark:
      return "no picture came";
    case Trouble::not_rolled_back:
      return fmt::format(
          "pictures come, but its clock was not seen to roll back with the first pulse: the first "
          "stamp is {:.3f} s",
          std::chrono::duration<double>(camera.not_rolled_back->since_zero()).count());
    case Trouble::zeroed_apart:
      return fmt::format("its clock was zeroed {:.1f} s {} that of the source",
                         std::abs(*camera.zeroed_apart_us) * 1e-6,
                         *camera.zeroed_apart_us > 0 ? "after" : "before");
    case Trouble::moving:
      return fmt::format("{:+.0f} us off its planned offset, and moving: {:+.0f} us since",
                         *camera.offset_us, *camera.moved_us);
    case Trouble::exposure:
    case Trouble::off:
      return fmt::format("{:+.0f} us off its planned offset", *camera.offset_us);
  }
  return {};
}

/// Of cameras that follow pulses, but with unlike exposures.
std::string of_exposures(const std::vector<LockFacts>& cameras) {
  return fmt::format(
      "The rig file does not give all cameras one fixed exposure, and the centres of their images "
      "lie apart with the exposures: {}. Give all_cameras one fixed exposure there, such as "
      "exposure_us = 8330, and "
      "record again; --anyway records it as it is, UNPROVED, for `lockstep verify` to measure.",
      exposures_text(cameras));
}

std::string pulses_from(const std::string& source) {
  return source.empty() ? "the generator" : source;
}

/// Every camera but the source is off by the same: then it is the source that is off.
bool all_off_alike(const std::vector<LockFacts>& cameras) {
  std::optional<double> first_us;
  int off = 0;
  for (const LockFacts& camera : cameras) {
    if (camera.is_source) continue;
    if (trouble_of(cameras, camera) != Trouble::off) return false;
    if (!first_us) first_us = camera.offset_us;
    if (std::abs(*camera.offset_us - *first_us) > kAlikeUs) return false;
    ++off;
  }
  return off > 1;
}

std::string cause_and_mend(const std::vector<LockFacts>& cameras, Trouble trouble,
                           const std::string& source) {
  switch (trouble) {
    case Trouble::unplugged:
      return "The cable is loose there: push it in.";
    case Trouble::starting:
      return "Likely its USB link or power: plug it into a port of its own, and record again.";
    case Trouble::source_dark:
      return fmt::format("Likely the USB link or power of {}: nothing can lock without the source.",
                         source);
    case Trouble::dark:
      return fmt::format(
          "Likely no pulse arrives: follow its sync cable back to {}{}, with each plug pushed in "
          "fully.",
          pulses_from(source),
          source.empty() ? ", which must be on" : ", from a Sync In to a Sync Out each time");
    case Trouble::not_rolled_back:
      return "Likely its first pictures were lost on a busy USB link, or its firmware zeroes its "
             "clock in another way: record again. If that does not help, give it a USB port of its "
             "own, and compare its firmware with the others in `lockstep devices`.";
    case Trouble::zeroed_apart:
      return "Likely the camera restarted after the first pulse, or saw it late: record again. If "
             "that does not help, give it a USB port and a cable of its own.";
    case Trouble::exposure:
      return of_exposures(cameras);
    case Trouble::moving:
      return fmt::format(
          "It runs by its own crystal: its pulses stopped or come from elsewhere. Follow its sync "
          "cable back to {}, and look that no other rig drives it.",
          pulses_from(source));
    case Trouble::off:
      if (all_off_alike(cameras) && !source.empty()) {
        return fmt::format(
            "All are off alike, so likely it is {} that is off: look whether another program set "
            "its delay or exposure, restart it, and record again.",
            source);
      }
      return "It follows the pulses, but not with the delay or exposure of the plan: likely "
             "another program set it, or its firmware differs. Close other programs, compare it "
             "with the "
             "others in `lockstep devices`, unplug it and plug it in again, and record again; "
             "--anyway records it as it is, UNPROVED, for `lockstep verify` to measure.";
  }
  return {};
}

}  // namespace

std::string lock_trouble(const std::vector<LockFacts>& cameras, const std::string& source) {
  std::string text;
  for (const Trouble trouble : kTroubles) {
    std::string who;
    for (const LockFacts& camera : cameras) {
      if (trouble_of(cameras, camera) != trouble) continue;
      who +=
          fmt::format("{}{}: {}", who.empty() ? "" : "; ", camera.name, shows_as(camera, trouble));
    }
    if (who.empty()) continue;
    text += fmt::format("{}{}. {}", text.empty() ? "" : " ", who,
                        cause_and_mend(cameras, trouble, source));
  }
  if (!text.empty()) return text;
  return "captures are missing on some cameras. Likely the USB load: give each camera a controller "
         "of its own, or take a smaller colour mode.";
}

}  // namespace lockstep
