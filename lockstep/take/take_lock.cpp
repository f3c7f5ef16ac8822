// SPDX-License-Identifier: MIT
#include "lockstep/take/take_lock.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <string_view>
#include <utility>

namespace lockstep {
namespace {

/// Of somebody who lets go and takes it again all the time; more means that its file tells nothing.
constexpr int kRounds = 100;

struct WorkNames {
  TakeWork work;
  std::string_view key;  ///< in the file
  const char* words;
};
constexpr std::array<WorkNames, 3> kWorks{{
    {TakeWork::recording, "recording ", "still being recorded"},
    {TakeWork::recovering, "recovering ", "being recovered"},
    {TakeWork::verifying, "verifying ", "being verified"},
}};

const WorkNames& names_of(TakeWork work) {
  return *std::find_if(kWorks.begin(), kWorks.end(),
                       [work](const WorkNames& names) { return names.work == work; });
}

/// The whole file, whatever its length.
struct flock whole_file(short type) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  return lock;
}

/// The byte that those who share a take lock together, and the one by which they take turns. Who
/// has it for himself has both.
constexpr off_t kShare = 0, kTurn = 1;

struct flock one_byte(short type, off_t at) {
  struct flock lock = whole_file(type);
  lock.l_start = at;
  lock.l_len = 1;
  return lock;
}

bool is_held(int fd) {
  struct flock lock = whole_file(F_WRLCK);
  return ::fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

/// What the holder wrote into its file: "recording 4711".
TakeHolder read_holder(int fd) {
  char bytes[64];
  const ssize_t size = ::pread(fd, bytes, sizeof bytes, 0);
  std::string_view text(bytes, static_cast<size_t>(size > 0 ? size : 0));
  TakeHolder holder;
  for (const WorkNames& names : kWorks) {
    if (text.substr(0, names.key.size()) != names.key) continue;
    holder.work = names.work;
    text.remove_prefix(names.key.size());
    std::from_chars(text.data(), text.data() + text.size(), holder.process);
    break;
  }
  return holder;
}

/// `process` 0: several.
void write_holder(int fd, TakeWork work, pid_t process) {
  const std::string text = fmt::format("{}{}\n", names_of(work).key, process);
  // Without it the lock holds as well; only its sentence lacks the number.
  if (::ftruncate(fd, 0) == 0) (void)!::pwrite(fd, text.data(), text.size(), 0);
}

/// Whoever let go of the lock removed the file: then this is one that nobody else will meet.
bool still_named(int fd, const std::filesystem::path& file) {
  struct stat of_fd {};
  struct stat of_name {};
  return ::fstat(fd, &of_fd) == 0 && ::stat(file.c_str(), &of_name) == 0 &&
         of_fd.st_ino == of_name.st_ino && of_fd.st_dev == of_name.st_dev;
}

Error busy(const std::filesystem::path& folder, const TakeHolder& holder) {
  return {Errc::busy, fmt::format("{} {}: wait until that has ended, or end it with Ctrl-C there",
                                  folder.string(), to_text(holder))};
}

}  // namespace

TakeLock::TakeLock(UniqueFd fd, std::filesystem::path file, Kind kind)
    : kind_(kind), fd_(std::move(fd)), file_(std::move(file)) {}

TakeLock::~TakeLock() {
  let_go();
}

void TakeLock::let_go() {
  if (!fd_.valid()) return;
  if (kind_ == Kind::shared) begin_turn();
  // While it is still held: whoever opened the file before will see that it has no name any more.
  if (become_only_one()) ::unlink(file_.c_str());
  fd_ = UniqueFd();
}

Result<TakeLock> TakeLock::take(const std::filesystem::path& take_folder, TakeWork work) {
  return acquire(take_folder, work, Kind::exclusive);
}

Result<TakeLock> TakeLock::join(const std::filesystem::path& take_folder) {
  return acquire(take_folder, TakeWork::recording, Kind::shared);
}

Result<TakeLock> TakeLock::acquire(const std::filesystem::path& take_folder, TakeWork work,
                                   Kind kind) {
  const bool shared = kind == Kind::shared;
  const std::filesystem::path file = take_folder / kTakeLockFile;
  for (int round = 0; round < kRounds; ++round) {
    UniqueFd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
    if (!fd.valid()) {
      if (const auto holder = holder_of(take_folder)) return busy(take_folder, *holder);
      return TakeLock({}, file, kind);
    }
    struct flock lock = shared ? one_byte(F_RDLCK, kShare) : whole_file(F_WRLCK);
    if (::fcntl(fd.get(), F_OFD_SETLK, &lock) != 0) {
      const int reason = errno;
      if (is_held(fd.get())) return busy(take_folder, read_holder(fd.get()));
      // No locks here; or its holder let go just now, and the next round gets it.
      if (reason != EAGAIN && reason != EACCES) return TakeLock({}, file, kind);
      continue;
    }
    if (!still_named(fd.get(), file)) continue;
    write_holder(fd.get(), work, shared ? 0 : ::getpid());
    return TakeLock(std::move(fd), file, kind);
  }
  return busy(take_folder, {});
}

void TakeLock::begin_turn() const {
  struct flock lock = one_byte(F_WRLCK, kTurn);
  while (fd_.valid() && ::fcntl(fd_.get(), F_OFD_SETLKW, &lock) != 0 && errno == EINTR) {
  }
}

void TakeLock::end_turn() const {
  struct flock lock = one_byte(F_UNLCK, kTurn);
  if (fd_.valid()) (void)::fcntl(fd_.get(), F_OFD_SETLK, &lock);
}

bool TakeLock::shared_with_others() const {
  struct flock lock = one_byte(F_WRLCK, kShare);
  return fd_.valid() && ::fcntl(fd_.get(), F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

/// From then on nobody else gets it.
bool TakeLock::become_only_one() const {
  if (kind_ == Kind::exclusive) return true;
  struct flock lock = one_byte(F_WRLCK, kShare);
  return ::fcntl(fd_.get(), F_OFD_SETLK, &lock) == 0;
}

std::optional<TakeHolder> holder_of(const std::filesystem::path& take_folder) {
  const UniqueFd fd(::open((take_folder / kTakeLockFile).c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid() || !is_held(fd.get())) return std::nullopt;
  return read_holder(fd.get());
}

std::string to_text(const TakeHolder& holder) {
  return fmt::format("is {} {}", names_of(holder.work).words,
                     holder.process == 0 ? std::string("by another process")
                                         : fmt::format("(by process {})", holder.process));
}

}  // namespace lockstep
