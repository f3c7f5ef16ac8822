// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/detect_child.h"

#include <fmt/core.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>

#include "lockstep/base/files.h"

namespace lockstep {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

Error gone() {
  return {Errc::io, "it has gone"};
}

/// Starts `program` with `socket` as stdin and stdout; no signal is blocked in it, and those that
/// we may ignore (Interrupt, writers of files) end it as usual. An errno, 0 for success.
int spawn(const std::filesystem::path& program, int socket, pid_t& pid) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, socket, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, socket, STDOUT_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  sigset_t as_usual;
  sigemptyset(&as_usual);
  sigaddset(&as_usual, SIGPIPE);
  sigaddset(&as_usual, SIGXFSZ);
  posix_spawnattr_setsigdefault(&attributes, &as_usual);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::string name = program.string();
  char* const words[] = {name.data(), nullptr};
  const int failed = posix_spawn(&pid, name.c_str(), &actions, &attributes, words, environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return failed;
}

std::string how_it_ended(int status) {
  if (WIFSIGNALED(status)) {
    const int number = WTERMSIG(status);
    return fmt::format("was ended by signal {} ({})", number, strsignal(number));
  }
  return fmt::format("ended with exit code {}", WEXITSTATUS(status));
}

}  // namespace

Result<DetectChild> DetectChild::start(const std::filesystem::path& program,
                                       std::function<bool()> stopped) {
  int ends[2] = {-1, -1};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return error_from_errno(errno, "no socket for", program);
  UniqueFd ours(ends[0]);
  const UniqueFd theirs(ends[1]);
  pid_t pid = -1;
  if (const int failed = spawn(program, theirs.get(), pid); failed != 0)
    return error_from_errno(failed, "cannot start", program);
  return DetectChild(std::move(ours), pid, std::move(stopped));
}

Result<void> DetectChild::wait_for(short events, Deadline deadline) const {
  while (true) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
    if (left.count() <= 0) return Error{Errc::timeout, "it does not answer"};
    if (stopped_ && stopped_()) return Error{Errc::cancelled, "looking for the board was stopped"};
    constexpr int64_t kAskEveryMs = 100;
    pollfd ready{socket_.get(), events, 0};
    const int found = poll(&ready, 1, static_cast<int>(std::min(left.count(), kAskEveryMs)));
    if (found > 0) return {};
    if (found < 0 && errno != EINTR) return gone();
  }
}

Result<void> DetectChild::send(std::span<const std::byte> bytes, Deadline deadline) {
  while (!bytes.empty()) {
    if (auto ready = wait_for(POLLOUT, deadline); !ready) return ready;
    const ssize_t put =
        ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (put >= 0) {
      bytes = bytes.subspan(static_cast<size_t>(put));
    } else if (errno != EINTR && errno != EAGAIN) {
      return gone();
    }
  }
  return {};
}

Result<void> DetectChild::receive(std::span<std::byte> bytes, Deadline deadline) {
  while (!bytes.empty()) {
    if (auto ready = wait_for(POLLIN, deadline); !ready) return ready;
    const ssize_t got = recv(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (got > 0) {
      bytes = bytes.subspan(static_cast<size_t>(got));
    } else if (got == 0 || (errno != EINTR && errno != EAGAIN)) {
      return gone();
    }
  }
  return {};
}

std::string DetectChild::end(milliseconds patience) {
  if (pid_ < 0) return {};
  socket_.reset();
  int status = 0;
  pid_t found = 0;
  const auto deadline = steady_clock::now() + patience;
  while ((found = waitpid(pid_, &status, WNOHANG)) == 0 && steady_clock::now() < deadline)
    std::this_thread::sleep_for(milliseconds(1));
  const bool by_itself = found == pid_;
  if (!by_itself) {
    kill(pid_, SIGKILL);
    waitpid(pid_, &status, 0);
  }
  pid_ = -1;
  return by_itself ? how_it_ended(status) : "had to be ended";
}

}  // namespace lockstep
