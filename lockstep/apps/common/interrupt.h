// SPDX-License-Identifier: MIT
#pragma once

#include <signal.h>

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <thread>

#include "lockstep/apps/common/exit_code.h"

namespace lockstep {

/// What one more Ctrl-C means (docs/decisions, "Ctrl-C").
enum class InterruptMeaning {
  stop,          ///< the first: cut, save and leave
  still_saving,  ///< a nervous repeat: answered, not obeyed
  force,         ///< a later one: leave at once; what is on disk is what there is
};

/// What a program does with repeats.
struct InterruptRule {
  std::chrono::milliseconds nervous{3000};  ///< so long they are answered, not obeyed
  int forced_exit = kExitDeviceFailed;
};

/// Pure: `since_first` is nothing for the first Ctrl-C, else the time since that one.
[[nodiscard]] InterruptMeaning interrupt_meaning(
    std::optional<std::chrono::milliseconds> since_first, const InterruptRule& rule = {});

/// Turns Ctrl-C (SIGINT), SIGTERM and SIGHUP into a stop request that is asked for from a thread,
/// not from a signal handler, and ignores SIGPIPE: nothing is lost because a reader of the output,
/// such as `head`, went away. A signal that was ignored when it is constructed stays so: `nohup`
/// means it. Construct one before any other thread is started, since threads
/// inherit that these signals are left to it; one at a time. A forced end calls _exit().
class Interrupt {
 public:
  /// `say` (may be empty) gets the sentences for the user, from the watching thread.
  explicit Interrupt(std::function<void(InterruptMeaning)> say = {}, InterruptRule rule = {});
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  /// Stops at the first Ctrl-C.
  [[nodiscard]] std::stop_token token() const { return source_.get_token(); }
  [[nodiscard]] bool requested() const { return source_.stop_requested(); }

 private:
  void watch(const std::stop_token& finished);

  std::function<void(InterruptMeaning)> say_;
  const InterruptRule rule_;
  const sigset_t watched_;
  sigset_t mask_before_{};          ///< of the thread that constructed it
  void (*const pipe_before_)(int);  ///< what SIGPIPE did
  std::stop_source source_;
  std::jthread watcher_;  // last: it uses the members above
};

/// Says on stderr what was asked for, and what one more Ctrl-C would do.
void say_interrupt(InterruptMeaning meaning);

}  // namespace lockstep
