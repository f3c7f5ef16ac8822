// SPDX-License-Identifier: MIT
#include "bench/full_rate/judge.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <sstream>

namespace lockstep::full_rate {
namespace {

constexpr size_t kNotJudged = 10;
// The gates of a verdict (docs/verify.md).
constexpr double kGateUs = 100;
constexpr int kTicksInARow = 3;
double tick_gate_us(int frames_per_second) {
  return frames_per_second == 30 ? 110 : frames_per_second == 15 ? 220 : 660;
}

std::vector<int64_t> judged(const std::vector<int64_t>& stamps) {
  if (stamps.size() <= kNotJudged) return {};
  return {stamps.begin() + kNotJudged, stamps.end()};
}

/// Ticks at which a stream has nothing, those at which it has something twice among them.
int missing(const std::vector<int64_t>& stamps, double period_us) {
  int sum = 0;
  int64_t last_us = 0;
  for (const int64_t stamp_us : stamps) {
    if (stamp_us == 0) continue;
    if (last_us != 0) {
      const auto ticks = std::llround(static_cast<double>(stamp_us - last_us) / period_us);
      sum += static_cast<int>(std::abs(ticks - 1));
    }
    last_us = stamp_us;
  }
  return sum;
}

struct Offsets {
  double sum = 0, worst = 0;
  int count = 0, in_a_row = 0, longest_row = 0;

  void add(double offset_us, double gate_us) {
    sum += offset_us;
    ++count;
    worst = std::max(worst, std::abs(offset_us));
    in_a_row = std::abs(offset_us) > gate_us ? in_a_row + 1 : 0;
    longest_row = std::max(longest_row, in_a_row);
  }
  [[nodiscard]] double mean() const { return count == 0 ? 0 : sum / count; }
};

/// Each of `ours` against that of `theirs` of the same tick, if there is one.
Offsets offsets(const std::vector<int64_t>& ours, const std::vector<int64_t>& theirs,
                double nominal_us, double period_us, double gate_us) {
  Offsets result;
  for (const int64_t stamp_us : ours) {
    const auto expected = static_cast<int64_t>(static_cast<double>(stamp_us) - nominal_us);
    const auto after = std::lower_bound(theirs.begin(), theirs.end(), expected);
    double nearest = period_us / 2;
    for (auto at = after == theirs.begin() ? after : after - 1; at != theirs.end() && at <= after;
         ++at) {
      const double offset = static_cast<double>(stamp_us - *at) - nominal_us;
      if (std::abs(offset) < std::abs(nearest)) nearest = offset;
    }
    if (std::abs(nearest) < period_us / 2) result.add(nearest, gate_us);
  }
  return result;
}

std::string why_not(const Outcome& outcome, const Offsets& color, size_t cameras) {
  if (outcome.lost > 0) return fmt::format("{} frames are lost", outcome.lost);
  if (cameras == 2 && color.count < outcome.captures / 3) return "the cameras share too few ticks";
  if (std::abs(outcome.color_us) > kGateUs)
    return fmt::format("colour is off by {:.1f} us", outcome.color_us);
  if (color.longest_row >= kTicksInARow)
    return fmt::format("colour is off on {} ticks in a row", color.longest_row);
  if (std::abs(outcome.depth_us) > kGateUs)
    return fmt::format("depth is off its colour by {:.1f} us", outcome.depth_us);
  return "";
}

}  // namespace

Camera read_camera(const std::string& printed) {
  Camera camera;
  std::istringstream lines(printed);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    int64_t color_us = 0, depth_us = 0, late_us = 0;
    std::string first;
    if (words >> color_us >> depth_us >> late_us) {
      camera.color_us.push_back(color_us);
      camera.depth_us.push_back(depth_us);
      camera.late_us.push_back(late_us);
      continue;
    }
    words = std::istringstream(line);
    words >> first;
    if (first == "end" && words >> camera.wrong_images >> camera.processor_s) return camera;
    if (first != "started") camera.failure = line;
  }
  if (camera.failure.empty()) camera.failure = "ended without a word";
  return camera;
}

Outcome judge(const Mode& mode, const std::vector<Camera>& cameras, double delay_us) {
  Outcome outcome;
  const int fps = mode.frames_per_second();
  const double period_us = 1e6 / fps;
  for (const Camera& camera : cameras) {
    if (!camera.failure.empty()) outcome.problem = "a camera " + camera.failure;
    if (camera.wrong_images > 0)
      outcome.problem = fmt::format("{} images are not what the mode says", camera.wrong_images);
    const auto color = judged(camera.color_us), depth = judged(camera.depth_us);
    outcome.captures += static_cast<int>(color.size());
    outcome.lost += missing(color, period_us) + missing(depth, period_us);
    for (const auto& late : judged(camera.late_us))
      outcome.late_ms = std::max(outcome.late_ms, static_cast<double>(late) * 1e-3);
    outcome.processors +=
        camera.processor_s * fps / std::max<double>(1, static_cast<double>(camera.color_us.size()));
    if (!mode.config.synchronized_images_only) continue;
    const double apart_us = offsets(depth, color, 0, period_us, period_us).mean();
    if (std::abs(apart_us) > std::abs(outcome.depth_us)) outcome.depth_us = apart_us;
  }
  if (!outcome.problem.empty()) return outcome;
  Offsets color;
  if (cameras.size() == 2) {
    color = offsets(judged(cameras[1].color_us), judged(cameras[0].color_us), delay_us, period_us,
                    tick_gate_us(fps));
  }
  outcome.color_us = color.mean();
  outcome.worst_us = color.worst;
  outcome.problem = why_not(outcome, color, cameras.size());
  return outcome;
}

}  // namespace lockstep::full_rate
