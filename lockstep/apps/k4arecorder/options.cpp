// SPDX-License-Identifier: MIT
#include "lockstep/apps/k4arecorder/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <vector>

namespace lockstep {
namespace {

constexpr int32_t kMostDelayUs = 1'000'000;  // the device says what it takes; this is no number
constexpr double kLongestS = 100 * 86'400.0;
constexpr int32_t kLeastExposureUs = 2, kMostExposureUs = 200'000;
constexpr int32_t kLeastExposurePower = -11, kMostExposurePower = 1;

struct ColorMode {
  const char* word;
  k4a_color_resolution_t resolution;
  k4a_image_format_t format = K4A_IMAGE_FORMAT_COLOR_MJPG;
};
constexpr ColorMode kColorModes[] = {
    {"3072p", K4A_COLOR_RESOLUTION_3072P},
    {"2160p", K4A_COLOR_RESOLUTION_2160P},
    {"1536p", K4A_COLOR_RESOLUTION_1536P},
    {"1440p", K4A_COLOR_RESOLUTION_1440P},
    {"1080p", K4A_COLOR_RESOLUTION_1080P},
    {"720p", K4A_COLOR_RESOLUTION_720P},
    {"720p_NV12", K4A_COLOR_RESOLUTION_720P, K4A_IMAGE_FORMAT_COLOR_NV12},
    {"720p_YUY2", K4A_COLOR_RESOLUTION_720P, K4A_IMAGE_FORMAT_COLOR_YUY2},
    {"OFF", K4A_COLOR_RESOLUTION_OFF},
};

struct DepthModeWord {
  const char* word;
  k4a_depth_mode_t mode;
};
constexpr DepthModeWord kDepthModes[] = {
    {"NFOV_2X2BINNED", K4A_DEPTH_MODE_NFOV_2X2BINNED},
    {"NFOV_UNBINNED", K4A_DEPTH_MODE_NFOV_UNBINNED},
    {"WFOV_2X2BINNED", K4A_DEPTH_MODE_WFOV_2X2BINNED},
    {"WFOV_UNBINNED", K4A_DEPTH_MODE_WFOV_UNBINNED},
    {"PASSIVE_IR", K4A_DEPTH_MODE_PASSIVE_IR},
    {"OFF", K4A_DEPTH_MODE_OFF},
};

struct SyncWord {
  const char* word;
  k4a_wired_sync_mode_t mode;
};
constexpr SyncWord kSyncModes[] = {
    {"Standalone", K4A_WIRED_SYNC_MODE_STANDALONE},
    {"Master", K4A_WIRED_SYNC_MODE_MASTER},
    {"Subordinate", K4A_WIRED_SYNC_MODE_SUBORDINATE},
    {"Sub", K4A_WIRED_SYNC_MODE_SUBORDINATE},
};

struct RateWord {
  const char* word;
  k4a_fps_t rate;
  int frames_per_second;
};
constexpr RateWord kRates[] = {{"5", K4A_FRAMES_PER_SECOND_5, 5},
                               {"15", K4A_FRAMES_PER_SECOND_15, 15},
                               {"30", K4A_FRAMES_PER_SECOND_30, 30}};

/// One of these words in any case, which becomes the one written here; help and completion read
/// them from its description.
CLI::Validator one_of(const std::vector<std::string>& words) {
  const auto check = [words](std::string& text) -> std::string {
    std::string listed;
    for (const std::string& word : words) {
      if (CLI::detail::to_lower(word) == CLI::detail::to_lower(text)) {
        text = word;
        return "";
      }
      listed += (listed.empty() ? "" : ", ") + word;
    }
    return fmt::format("there is no '{}': choose one of {}", text, listed);
  };
  return CLI::Validator(check, fmt::format("{{{}}}", fmt::join(words, ",")));
}

template <typename Table>
CLI::Validator one_of(const Table& table) {
  std::vector<std::string> words;
  for (const auto& entry : table) words.emplace_back(entry.word);
  return one_of(words);
}

/// Of a word that one_of() let through.
template <typename Table>
const auto& entry_of(const Table& table, const std::string& word) {
  return *std::find_if(std::begin(table), std::end(table),
                       [&](const auto& entry) { return word == entry.word; });
}

template <typename Number>
std::optional<Number> number_of(const std::string& text) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || at != end) return std::nullopt;
  return number;
}

/// A whole number of the range; what it is, for the complaint.
CLI::Validator whole(int32_t least, int32_t most, const char* what) {
  return CLI::Validator(
      [=](const std::string& text) {
        const auto number = number_of<int32_t>(text);
        if (number && *number >= least && *number <= most) return std::string();
        return fmt::format("{} is a whole number from {} to {}, not '{}'", what, least, most, text);
      },
      "");
}

std::string wrong_length(const std::string& text) {
  const auto seconds = number_of<double>(text);
  if (seconds && *seconds >= 0 && *seconds <= kLongestS) return {};
  return fmt::format(
      "must be positive: seconds to record, up to {:.0f}, or 0 for one capture, not '{}'",
      kLongestS, text);
}

bool is_exposure(int32_t number) {
  return (number >= kLeastExposureUs && number <= kMostExposureUs) ||
         (number >= kLeastExposurePower && number <= kMostExposurePower);
}

std::string wrong_exposure(const std::string& text) {
  const auto number = number_of<int32_t>(text);
  if (number && is_exposure(*number)) return {};
  return fmt::format(
      "an exposure is {} to {} (microseconds), or {} to {} (2 to that power of seconds), not '{}'",
      kLeastExposureUs, kMostExposureUs, kLeastExposurePower, kMostExposurePower, text);
}

int32_t exposure_us_of(int32_t number) {
  return number >= kLeastExposureUs ? number
                                    : static_cast<int32_t>(std::lround(std::exp2(number) * 1e6));
}

std::string wrong_name(const std::string& text) {
  return text.empty() ? "the name is empty" : "";
}

/// The last of an option that is given twice counts.
CLI::Option* add(CLI::App& app, const char* names, std::string& word, const char* what) {
  return app.add_option(names, word, what)->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

void add_camera_options(CLI::App& app, RecorderWords& words) {
  add(app, "-c,--color-mode", words.color, "size and format of colour")
      ->type_name("MODE")
      ->default_str("1080p")
      ->transform(one_of(kColorModes));
  add(app, "-d,--depth-mode", words.depth, "what the depth camera does")
      ->type_name("MODE")
      ->default_str("NFOV_UNBINNED")
      ->transform(one_of(kDepthModes));
  add(app, "--depth-delay", words.depth_delay,
      "microseconds from colour to depth; negative: depth comes first")
      ->type_name("US")
      ->default_str("0")
      ->check(whole(-kMostDelayUs, kMostDelayUs, "a delay"));
  add(app, "-r,--rate", words.rate,
      "frames per second (default: the most that the modes can, 30 or 15)")
      ->type_name("FPS")
      ->transform(one_of(kRates));
  add(app, "--imu", words.imu, "record acceleration and angular rate too")
      ->type_name("WORD")
      ->default_str("ON")
      ->transform(one_of(std::vector<std::string>{"ON", "OFF"}));
  add(app, "--external-sync", words.sync, "place of the camera on a sync cable")
      ->type_name("PLACE")
      ->default_str("Standalone")
      ->transform(one_of(kSyncModes));
  add(app, "--sync-delay", words.sync_delay,
      "microseconds from the master's pulse to this subordinate's capture (default: none)")
      ->type_name("US")
      ->check(whole(0, kMostDelayUs, "a delay off the master"));
  add(app, "-e,--exposure-control", words.exposure,
      "exposure of colour: 2 to 200000 microseconds, or -11 to 1 for 2 to that power of seconds "
      "(default: automatic)")
      ->type_name("N")
      ->check(wrong_exposure);
  add(app, "-g,--gain", words.gain, "gain of colour, 0 to 255 (default: as the camera is set)")
      ->type_name("N")
      ->check(whole(0, 255, "a gain"));
}

int32_t whole_number(const std::string& word) {
  return number_of<int32_t>(word).value_or(0);
}

const std::string& word_or(const std::string& word, const std::string& usual) {
  return word.empty() ? usual : word;
}

/// The slow one of the modes, by a name for people; null: all run at 30 frames per second.
const char* slow_mode(const k4a_device_configuration_t& config) {
  if (config.color_resolution == K4A_COLOR_RESOLUTION_3072P) return "colour of 3072p";
  return config.depth_mode == K4A_DEPTH_MODE_WFOV_UNBINNED ? "WFOV_UNBINNED" : nullptr;
}

k4a_device_configuration_t config_of(const RecorderWords& words) {
  k4a_device_configuration_t config = K4A_DEVICE_CONFIG_INIT_DISABLE_ALL;
  const ColorMode& color = entry_of(kColorModes, word_or(words.color, "1080p"));
  config.color_format = color.format;
  config.color_resolution = color.resolution;
  config.depth_mode = entry_of(kDepthModes, word_or(words.depth, "NFOV_UNBINNED")).mode;
  const char* const fastest = slow_mode(config) != nullptr ? "15" : "30";
  config.camera_fps = entry_of(kRates, word_or(words.rate, fastest)).rate;
  config.wired_sync_mode = entry_of(kSyncModes, word_or(words.sync, "Standalone")).mode;
  config.depth_delay_off_color_usec = whole_number(words.depth_delay);
  config.subordinate_delay_off_master_usec = static_cast<uint32_t>(whole_number(words.sync_delay));
  return config;
}

std::string what_does_not_fit(const RecorderWords& words, const RecorderOptions& options) {
  const k4a_device_configuration_t& config = options.config;
  if (config.color_resolution == K4A_COLOR_RESOLUTION_OFF &&
      config.depth_mode == K4A_DEPTH_MODE_OFF)
    return "--color-mode: colour and depth are both OFF, so there is nothing to record";
  if (slow_mode(config) != nullptr && config.camera_fps == K4A_FRAMES_PER_SECOND_30)
    return fmt::format("--rate: {} runs at 5 or 15 frames per second, not at 30",
                       slow_mode(config));
  if (!words.sync_delay.empty() && !options.subordinate())
    return "--sync-delay: only a subordinate is delayed: add --external-sync Subordinate";
  if (options.device_time && !options.length_s)
    return "--device-time: there is no length to count: add -l SECONDS";
  if (!words.take.empty() && !words.file.empty())
    return fmt::format("--take: in a take the file has the camera's name: leave {} out",
                       words.file);
  return "";
}

}  // namespace

int RecorderOptions::frames_per_second() const {
  return std::find_if(std::begin(kRates), std::end(kRates),
                      [this](const RateWord& entry) { return entry.rate == config.camera_fps; })
      ->frames_per_second;
}

void add_recorder_options(CLI::App& app, RecorderWords& words) {
  RecorderOptions& options = words.options;
  app.add_flag("--list", options.list, "list the devices that are connected, and leave");
  auto* device = add(app, "--device", words.device, "index of the device, as --list shows it")
                     ->type_name("N")
                     ->default_str("0")
                     ->check(whole(0, 255, "an index"));
  add(app, "--serial", options.serial, "serial number of the device, instead of its index")
      ->type_name("SERIAL")
      ->excludes(device)
      ->check(wrong_name);
  add(app, "-l,--record-length", words.length,
      "seconds to record; 0: one capture (default: until Ctrl-C)")
      ->type_name("SECONDS")
      ->check(wrong_length);
  app.add_flag("--device-time", options.device_time,
               "count the length on the camera's clock; recorders of one sync cable then end on "
               "the same frame");
  add_camera_options(app, words);
  add(app, "--take", words.take,
      "record into this take folder, which the first recorder makes and others join; the file "
      "gets the camera's name")
      ->type_name("DIR")
      ->check(wrong_name);
  app.add_flag("-q,--quiet", options.quiet, "no progress, no remarks");
  app.add_flag("--manual", words.manual, "print the manual page in man's own format, and leave");
  add(app, "--completion", words.completion, "print a completion script for a shell, and leave")
      ->type_name("SHELL")
      ->transform(one_of(std::vector<std::string>{"bash", "zsh"}));
  app.add_option("output.mkv", words.file, "the recording; a file of that name is moved aside")
      ->type_name("")
      ->check(wrong_name);
}

std::optional<RecorderOptions> recorder_options(const RecorderWords& words,
                                                std::string& complaint) {
  RecorderOptions options = words.options;
  options.device = static_cast<uint32_t>(whole_number(words.device));
  if (!words.length.empty()) options.length_s = number_of<double>(words.length);
  options.config = config_of(words);
  options.imu = words.imu != "OFF";
  if (!words.exposure.empty()) options.exposure_us = exposure_us_of(whole_number(words.exposure));
  if (!words.gain.empty()) options.gain = whole_number(words.gain);
  options.file = words.file;
  options.take = words.take;
  complaint = what_does_not_fit(words, options);
  if (!complaint.empty()) return std::nullopt;
  return options;
}

}  // namespace lockstep
