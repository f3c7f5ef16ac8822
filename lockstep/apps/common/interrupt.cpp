// SPDX-License-Identifier: MIT
#include "lockstep/apps/common/interrupt.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

namespace lockstep {
namespace {

/// Not those that whoever started this program had ignored, as nohup and shells for what runs in
/// the background have: sigtimedwait() takes a blocked signal whatever its disposition is.
sigset_t watched_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction inherited {};
    if (sigaction(number, nullptr, &inherited) == 0 && inherited.sa_handler == SIG_IGN) continue;
    sigaddset(&set, number);
  }
  return set;
}

}  // namespace

InterruptMeaning interrupt_meaning(std::optional<std::chrono::milliseconds> since_first,
                                   const InterruptRule& rule) {
  if (!since_first) return InterruptMeaning::stop;
  return *since_first < rule.nervous ? InterruptMeaning::still_saving : InterruptMeaning::force;
}

void say_interrupt(InterruptMeaning meaning) {
  switch (meaning) {
    case InterruptMeaning::stop:
      std::fputs("\nlockstep: cutting and saving the take. Ctrl-C after 3 s more leaves at once.\n",
                 stderr);
      return;
    case InterruptMeaning::still_saving:
      std::fputs("\nlockstep: still saving, please wait.\n", stderr);
      return;
    case InterruptMeaning::force:
      std::fputs("\nlockstep: left at once. 'lockstep recover TAKE' finishes what is there.\n",
                 stderr);
      return;
  }
}

Interrupt::Interrupt(std::function<void(InterruptMeaning)> say, InterruptRule rule)
    : say_(std::move(say)),
      rule_(rule),
      watched_(watched_signals()),
      pipe_before_(::signal(SIGPIPE, SIG_IGN)) {
  pthread_sigmask(SIG_BLOCK, &watched_, &mask_before_);
  watcher_ = std::jthread([this](const std::stop_token& finished) { watch(finished); });
}

Interrupt::~Interrupt() {
  watcher_.request_stop();
  watcher_.join();
  pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
  ::signal(SIGPIPE, pipe_before_);
}

void Interrupt::watch(const std::stop_token& finished) {
  using Clock = std::chrono::steady_clock;
  const timespec poll{0, 50'000'000};  // how long the destructor may wait for this thread
  std::optional<Clock::time_point> first;
  while (!finished.stop_requested()) {
    if (sigtimedwait(&watched_, nullptr, &poll) <= 0) continue;
    std::optional<std::chrono::milliseconds> since_first;
    if (first)
      since_first = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - *first);
    if (!first) first = Clock::now();
    const InterruptMeaning meaning = interrupt_meaning(since_first, rule_);
    if (say_) say_(meaning);
    if (meaning == InterruptMeaning::force) _exit(rule_.forced_exit);
    source_.request_stop();
  }
}

}  // namespace lockstep
