// SPDX-License-Identifier: MIT
#include "lockstep/apps/common/progress.h"

#include <fmt/core.h>
#include <unistd.h>

#include <utility>

#include "lockstep/apps/common/terminal.h"

namespace lockstep {
namespace {

constexpr auto kSilentStart = std::chrono::seconds(1);
constexpr auto kRedrawEvery = std::chrono::milliseconds(100);
constexpr uint64_t kEstimateFromShare = 20;  // one twentieth: before that an estimate is a guess

std::string duration_text(std::chrono::milliseconds duration) {
  const auto seconds = (duration.count() + 999) / 1000;
  if (seconds < 100) return fmt::format("{} s", seconds);
  return fmt::format("{} min {:02} s", seconds / 60, seconds % 60);
}

}  // namespace

std::string progress_text(std::string_view what, uint64_t done, uint64_t total,
                          std::chrono::milliseconds elapsed, uint64_t before) {
  if (total == 0) return fmt::format("{}  {}", what, duration_text(elapsed));
  if (done > total) done = total;
  std::string text = fmt::format("{}  {} %", what, done * 100 / total);
  if (done > before && done >= total / kEstimateFromShare) {
    const double left = static_cast<double>(total - done) / static_cast<double>(done - before);
    const auto remaining = std::chrono::duration_cast<std::chrono::milliseconds>(elapsed * left);
    text += fmt::format("  about {} left", duration_text(remaining));
  }
  return text;
}

Progress::Progress(std::string what, uint64_t total, std::FILE* stream)
    : what_(std::move(what)),
      total_(total),
      stream_(stream),
      shown_(isatty(fileno(stream)) == 1),
      start_(Clock::now()),
      next_draw_(start_ + kSilentStart) {}

Progress::~Progress() {
  clear();
}

void Progress::update(uint64_t done) {
  if (!shown_) return;
  const auto now = Clock::now();
  // What goes before, such as arming cameras, says nothing of how fast it is done.
  if (done > 0 && total_ > 0 && !std::exchange(begun_, true)) {
    start_ = now;
    before_ = done;
  }
  if (now < next_draw_) return;
  next_draw_ = now + kRedrawEvery;
  const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - start_);
  // "\033[K" removes what a longer line left behind.
  const std::string text = progress_text(what_, done, total_, elapsed, before_);
  print_as_is(stream_, fmt::format("\r{}\033[K", text));
  std::fflush(stream_);
  drawn_ = true;
}

void Progress::update(std::string what, uint64_t done) {
  what_ = std::move(what);
  update(done);
}

void Progress::clear() {
  if (!std::exchange(drawn_, false)) return;
  print_as_is(stream_, "\r\033[K");
  std::fflush(stream_);
}

}  // namespace lockstep
