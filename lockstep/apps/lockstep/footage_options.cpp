// SPDX-License-Identifier: MIT
#include "lockstep/apps/lockstep/footage_options.h"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <filesystem>
#include <optional>

#include "lockstep/apps/common/terminal.h"
#include "lockstep/base/files.h"
#include "lockstep/base/text.h"

namespace lockstep {
namespace {

/// A whole number from 0 on; nothing for an empty text. False for anything else.
bool read_tick(std::string_view text, std::optional<int64_t>& tick) {
  if (text.empty()) return true;
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < 0) return false;
  tick = number;
  return true;
}

/// An empty word is a variable that was not set, and no wish for all ticks.
std::string wrong_ticks(const std::string& text) {
  if (!text.empty()) return {};
  return "these are no ticks: write 10..20 for eleven of them, or leave --ticks out for all";
}

}  // namespace

void add_footage_options(CLI::App& command, FootageRequest& request, const std::string& take) {
  command.add_option("TAKE", request.take, take)->required()->type_name("");
  command
      .add_option("--camera", request.choice.cameras,
                  "Only these cameras of the take: a name, several times if need be")
      ->type_name("NAME")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command.add_option("--ticks", request.ticks, "Only these ticks: A..B, A.., ..B or A")
      ->check(wrong_ticks)
      ->type_name("A..B");
  command
      .add_option("--calibration", request.choice.calibration,
                  "Where the cameras are [calibration.json of the take, where it has one]")
      ->type_name("FILE");
  command.add_flag("--all-ticks", request.choice.all_ticks,
                   "Also ticks on which a camera is missing or not in step");
  command.add_flag("--json", request.json, "Print what was written as JSON instead");
  command.add_flag("-q,--quiet", request.quiet, "No progress");
}

Result<void> read_ticks(FootageRequest& request) {
  if (request.ticks.empty()) return {};
  const std::string_view text = request.ticks;
  const size_t dots = text.find("..");
  FootageChoice& choice = request.choice;
  const bool one = dots == std::string_view::npos;
  if (one) {
    if (read_tick(text, choice.first_tick)) {
      choice.last_tick = choice.first_tick;
      return {};
    }
  } else if (text.size() > 2 && read_tick(text.substr(0, dots), choice.first_tick) &&
             read_tick(text.substr(dots + 2), choice.last_tick)) {
    if (!choice.first_tick || !choice.last_tick || *choice.first_tick <= *choice.last_tick)
      return {};
    return Error{Errc::invalid_argument,
                 fmt::format("--ticks {}: this ends before it begins: write {}..{}", request.ticks,
                             *choice.last_tick, *choice.first_tick)};
  }
  return Error{Errc::invalid_argument,
               fmt::format("--ticks {}: these are no ticks: write 10..20 for eleven of them, 10.. "
                           "for all from there on, or 10 for one",
                           printable(request.ticks))};
}

std::string footage_name(const std::string& take) {
  std::error_code ignored;
  const std::filesystem::path path =
      std::filesystem::absolute(without_trailing_slash(take), ignored).lexically_normal();
  const std::filesystem::path named = without_trailing_slash(path);
  return std::filesystem::is_directory(path, ignored) ? named.filename().string()
                                                      : named.stem().string();
}

std::string left_out_text(int64_t left_out, int64_t written, std::string_view tells_why) {
  if (left_out == 0) return "";
  return fmt::format(
      "{} of {} left out: a camera was missing or not in step there ({} says why; --all-ticks "
      "takes "
      "them, too)",
      left_out, counted(left_out + written, "tick"), tells_why);
}

void say_lost_ticks(const std::string& take, int64_t there, std::optional<int64_t> recorded,
                    bool of_chosen) {
  if (there >= recorded.value_or(there)) return;
  say(fmt::format(
      "warning: {} has {} common to all {}cameras, and recorded {}: `lockstep verify {}` "
      "says what is missing",
      take, counted(there, "tick"), of_chosen ? "chosen " : "", *recorded, take));
}

Result<std::unique_ptr<Footage>> open_footage(const FootageRequest& request) {
  const std::vector<std::string>& chosen = request.choice.cameras;
  auto footage = Footage::open(request.take, chosen);
  if (!footage) return footage;
  say_lost_ticks(request.take, (*footage)->tick_count(), (*footage)->recorded_ticks(),
                 !chosen.empty());
  return footage;
}

}  // namespace lockstep
