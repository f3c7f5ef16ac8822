// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace lockstep {

/// The text of a progress line: "reading left.mkv  42 %  about 3 s left". `total` 0 = not known:
/// then only the time that went by. The estimate appears once a twentieth is done; `before` of it
/// was done when `elapsed` began.
[[nodiscard]] std::string progress_text(std::string_view what, uint64_t done, uint64_t total,
                                        std::chrono::milliseconds elapsed, uint64_t before = 0);

/// One line on a terminal that says how far a longer job is. Silent for the first second and
/// whenever the stream is not a terminal; redrawn at most ten times a second; gone when the object
/// goes. Used by one thread at a time.
class Progress {
 public:
  explicit Progress(std::string what, uint64_t total = 0, std::FILE* stream = stderr);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Says that `done` of the total is done. Cheap: may be called for every item.
  void update(uint64_t done);
  /// The same with another text in front.
  void update(std::string what, uint64_t done);
  /// Removes the line, so that something else can be printed. The next update draws it again.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;

  std::string what_;
  const uint64_t total_;
  std::FILE* const stream_;
  const bool shown_;
  Clock::time_point start_;  ///< of the job, or of the first of it that was done
  uint64_t before_ = 0;      ///< done by then
  Clock::time_point next_draw_;
  bool drawn_ = false;
  bool begun_ = false;  ///< some of it is done
};

}  // namespace lockstep
