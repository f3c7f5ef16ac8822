// SPDX-License-Identifier: MIT
#include "lockstep/recording/window_queue.h"

#include <fmt/format.h>

#include <exception>

namespace lockstep {

WindowQueue::WindowQueue(WindowFile& file, const StartWork& start,
                         std::function<void(Nanos)> too_slow)
    : file_(file), too_slow_(std::move(too_slow)), progress_{file.bytes()} {
  join_ = start([this] { run(); });
}

WindowQueue::~WindowQueue() {
  {
    const MutexLock lock(mutex_);
    closed_ = true;
    filled_.notify_one();
  }
  join_();
}

Result<void> WindowQueue::push(Window window, Push why) {
  Nanos slow{0};
  {
    const MutexLock lock(mutex_);
    if (why == Push::due && behind(window.end_us) > kFarBehind) slow = behind(window.end_us);
    while (error_ && behind(window.end_us) > kMostBehind) emptied_.wait(mutex_);
    if (!error_) return error_;
    waiting_.push_back(std::move(window));
    filled_.notify_one();
  }
  if (slow > Nanos(0) && too_slow_) too_slow_(slow);
  return {};
}

Result<void> WindowQueue::wait() {
  const MutexLock lock(mutex_);
  while (!waiting_.empty()) emptied_.wait(mutex_);
  return error_;
}

WindowQueue::Progress WindowQueue::progress() const {
  const MutexLock lock(mutex_);
  return progress_;
}

Result<void> WindowQueue::write(Window& window) {
  try {
    return file_.write(window);
  } catch (const std::exception& thrown) {  // for want of memory; nobody above would catch it
    return Error{Errc::io, fmt::format("the recording can't be written on: {}", thrown.what())};
  }
}

void WindowQueue::run() {
  mutex_.lock();
  while (true) {
    while (waiting_.empty() && !closed_) filled_.wait(mutex_);
    if (waiting_.empty()) break;
    Window& window = waiting_.front();  // stays where it is: only run() takes it away
    mutex_.unlock();
    Result<void> written = write(window);
    mutex_.lock();
    waiting_.pop_front();
    progress_ = {file_.bytes(), file_.written_until_us()};
    if (!written) {
      error_ = std::move(written);
      waiting_.clear();
    }
    emptied_.notify_all();
  }
  mutex_.unlock();
}

}  // namespace lockstep
