// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

#include "lockstep/base/result.h"
#include "lockstep/base/unique_fd.h"

namespace lockstep {

inline constexpr const char* kTakeLockFile = "take.lock";

/// What somebody does to a take that nobody else may write to meanwhile.
enum class TakeWork { recording, recovering, verifying };

/// Keeps a take to one writer. The lock is the operating system's (an open file description lock on
/// take.lock in the folder), so it goes with its process, however that ends; readers do not need
/// it. Where the file system has no locks, or the folder cannot be written to, it keeps nobody out.
/// Move-only; the destructor lets go and removes the file.
class TakeLock {
 public:
  /// Never waits. Errors: busy, with who holds it and what to do.
  static Result<TakeLock> take(const std::filesystem::path& take_folder, TakeWork work);
  /// To record one camera beside others who do: shares the lock with them and keeps out everybody
  /// else. Errors: busy, as take().
  static Result<TakeLock> join(const std::filesystem::path& take_folder);
  ~TakeLock();
  TakeLock(TakeLock&& other) noexcept = default;
  TakeLock& operator=(TakeLock&&) = delete;

  /// False where it keeps nobody out.
  [[nodiscard]] bool held() const { return fd_.valid(); }

  /// Of those who share: waits until none of them has its turn, and keeps it until end_turn().
  void begin_turn() const;
  void end_turn() const;
  /// Whether somebody else shares it now. In one's turn nobody comes or goes unseen: who comes
  /// meanwhile has his turn later, and finds what was written in this one.
  [[nodiscard]] bool shared_with_others() const;

  /// What the destructor does, now. In one's turn the next one's finds it done.
  void let_go();

  /// Stays until the process ends, and its file after that, which then means nothing: for a disk
  /// that hangs, on which nothing can be removed.
  void leave() { (void)fd_.release(); }

 private:
  enum class Kind { exclusive, shared };
  static Result<TakeLock> acquire(const std::filesystem::path& take_folder, TakeWork work,
                                  Kind kind);
  TakeLock(UniqueFd fd, std::filesystem::path file, Kind kind);
  bool become_only_one() const;

  Kind kind_;
  UniqueFd fd_;  ///< not valid: it keeps nobody out
  std::filesystem::path file_;
};

struct TakeHolder {
  TakeWork work = TakeWork::recording;
  pid_t process = 0;  ///< 0: not told
};

/// Who writes to this take now; nothing: nobody, as far as can be told. Changes nothing.
[[nodiscard]] std::optional<TakeHolder> holder_of(const std::filesystem::path& take_folder);

/// "is still being recorded (by process 4711)".
[[nodiscard]] std::string to_text(const TakeHolder& holder);

}  // namespace lockstep
