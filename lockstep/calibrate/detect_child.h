// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/base/unique_fd.h"

namespace lockstep {

/// A child process and the socket that is its stdin and stdout. Killed and waited for with the
/// object, which it outlives in no case: it has nothing to lose.
class DetectChild {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  /// Not_found where there is no such program, io where it cannot be started. `stopped` is asked
  /// every so often while the child is waited for.
  static Result<DetectChild> start(const std::filesystem::path& program,
                                   std::function<bool()> stopped = {});
  ~DetectChild() { end(std::chrono::milliseconds(0)); }
  DetectChild(DetectChild&& other) noexcept
      : socket_(std::move(other.socket_)),
        pid_(std::exchange(other.pid_, -1)),
        stopped_(std::move(other.stopped_)) {}
  DetectChild& operator=(DetectChild&&) = delete;

  /// Both block until all bytes are through: timeout at the deadline, io when the child has gone,
  /// cancelled when stopped.
  Result<void> send(std::span<const std::byte> bytes, Deadline deadline);
  Result<void> receive(std::span<std::byte> bytes, Deadline deadline);

  [[nodiscard]] pid_t pid() const { return pid_; }
  /// Waits so long for the child to end by itself, then kills it. How it ended: "was ended by
  /// signal 11 (Segmentation fault)", "had to be ended".
  std::string end(std::chrono::milliseconds patience);

 private:
  DetectChild(UniqueFd socket, pid_t pid, std::function<bool()> stopped)
      : socket_(std::move(socket)), pid_(pid), stopped_(std::move(stopped)) {}
  /// Until the socket is ready for `events`.
  Result<void> wait_for(short events, Deadline deadline) const;

  UniqueFd socket_;
  pid_t pid_;
  std::function<bool()> stopped_;
};

}  // namespace lockstep
