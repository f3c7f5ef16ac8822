// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <set>
#include <type_traits>

#include "lockstep/base/files.h"
#include "lockstep/base/mix_bits.h"
#include "lockstep/base/thread_annotations.h"
#include "lockstep/base/unique_fd.h"
#include "lockstep/device/rig_memory.h"

// The file holds a number and two states: the number's lowest bit says which of them counts. Who
// changes it holds a lock, writes the other state, and then the next number; so a process may end
// anywhere in between, and nobody ever reads what it had begun. Readers take no lock: they copy the
// state that counts, and again if the number moved on meanwhile.
//
// Locks are open file description locks on single bytes, which the kernel drops with the process:
// byte 0 is for changes, byte 1 + n says that camera n is somebody's.

namespace lockstep {
namespace {

using Word = std::atomic<uint64_t>;
static_assert(Word::is_always_lock_free && sizeof(Word) == 8);
static_assert(std::is_trivially_copyable_v<CameraMemory> && sizeof(CameraMemory) % 8 == 0);
static_assert(std::is_trivially_copyable_v<SourceTrains> && sizeof(SourceTrains) % 8 == 0);
static_assert(std::is_trivially_copyable_v<PlayedSpan> && sizeof(PlayedSpan) % 8 == 0);

constexpr size_t kHeadWords = 8;  // the number, on a cache line of its own

size_t state_words(size_t cameras) {
  return (sizeof(SourceTrains) + sizeof(PlayedSpan) + cameras * sizeof(CameraMemory)) / 8;
}

/// Words from or into one state. Each is released and acquired by itself, so whoever reads a word
/// of a later change sees its number, too.
template <typename T>
const Word* load(const Word* from, T& value) {
  std::array<uint64_t, sizeof(T) / 8> words{};
  for (uint64_t& word : words) word = (from++)->load(std::memory_order_acquire);
  std::memcpy(static_cast<void*>(&value), words.data(), sizeof(T));
  return from;
}

template <typename T>
Word* store(Word* to, const T& value) {
  std::array<uint64_t, sizeof(T) / 8> words{};
  std::memcpy(words.data(), static_cast<const void*>(&value), sizeof(T));
  for (const uint64_t word : words) (to++)->store(word, std::memory_order_release);
  return to;
}

struct flock byte_lock(off_t byte, short type) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = byte;
  lock.l_len = 1;
  return lock;
}

class SharedMemory final : public RigMemory {
 public:
  SharedMemory(UniqueFd fd, Word* words, size_t cameras)
      : fd_(std::move(fd)), words_(words), cameras_(cameras) {}
  ~SharedMemory() override { ::munmap(words_, byte_count(cameras_)); }

  [[nodiscard]] static size_t byte_count(size_t cameras) {
    return (kHeadWords + 2 * state_words(cameras)) * 8;
  }

  bool acquire(int camera, HostTime now) override {
    const MutexLock lock(mutex_);
    if (is_forked() || mine_.count(camera) > 0) return false;
    RigState state;
    // Whoever looks whether others hold cameras must be the only one who does.
    const uint64_t number = begin_change(state);
    const bool first = mine_.empty() && nobody_else_holds_one();
    if (!set_lock(byte_of(camera), F_WRLCK, F_OFD_SETLK)) {
      set_lock(0, F_UNLCK, F_OFD_SETLK);
      return false;
    }
    mine_.insert(camera);
    CameraMemory& own = state.cameras[static_cast<size_t>(camera)];
    if (own.running != 0) own.pulses.finish(now);  // left so by somebody who was killed
    own.running = 0;
    if (first) {
      for (CameraMemory& other : state.cameras) other.pulses = {};
      state.generator = {};
      state.played = {};
    }
    end_change(number, state);
    return true;
  }

  void release(int camera) override {
    const MutexLock lock(mutex_);
    if (mine_.erase(camera) > 0 && !is_forked()) set_lock(byte_of(camera), F_UNLCK, F_OFD_SETLK);
  }

  void change(const std::function<void(RigState&)>& change) override {
    const MutexLock lock(mutex_);
    if (is_forked()) return;
    RigState state;
    const uint64_t number = begin_change(state);
    change(state);
    end_change(number, state);
  }

  std::optional<RigState> look(uint64_t& number) override {
    const uint64_t now = words_->load(std::memory_order_acquire) + 1;  // 0 is nobody's number
    if (number == now) return std::nullopt;
    RigState state;
    number = read(state) + 1;
    return state;
  }

  [[nodiscard]] bool is_shared() const override { return true; }

  void sweep(HostTime now) override {
    const MutexLock lock(mutex_);
    if (is_forked()) return;
    RigState state;
    read(state);
    if (!any_left_behind(state)) return;
    const uint64_t number = begin_change(state);
    for (size_t i = 0; i < cameras_; ++i) {
      if (!is_left_behind(state, i)) continue;
      state.cameras[i].running = 0;
      state.cameras[i].pulses.finish(now + kAfterglow);
    }
    end_change(number, state);
  }

 private:
  static off_t byte_of(int camera) { return 1 + camera; }

  bool set_lock(off_t byte, short type, int command) const {
    struct flock lock = byte_lock(byte, type);
    int done = 0;
    while ((done = ::fcntl(fd_.get(), command, &lock)) != 0 && errno == EINTR) {
    }
    return done == 0;
  }

  /// By another description of the file; the own locks do not show.
  [[nodiscard]] bool is_held_elsewhere(off_t byte, off_t count) const {
    struct flock lock = byte_lock(byte, F_WRLCK);
    lock.l_len = count;
    return ::fcntl(fd_.get(), F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
  }

  [[nodiscard]] bool nobody_else_holds_one() const {
    return !is_held_elsewhere(byte_of(0), static_cast<off_t>(cameras_));
  }

  [[nodiscard]] bool is_left_behind(const RigState& state, size_t camera) const
      LOCKSTEP_REQUIRES(mutex_) {
    const int index = static_cast<int>(camera);
    return state.cameras[camera].running != 0 && mine_.count(index) == 0 &&
           !is_held_elsewhere(byte_of(index), 1);
  }

  [[nodiscard]] bool any_left_behind(const RigState& state) const LOCKSTEP_REQUIRES(mutex_) {
    for (size_t i = 0; i < cameras_; ++i) {
      if (is_left_behind(state, i)) return true;
    }
    return false;
  }

  /// Nobody else changes the state until end_change().
  uint64_t begin_change(RigState& state) LOCKSTEP_REQUIRES(mutex_) {
    set_lock(0, F_WRLCK, F_OFD_SETLKW);
    return read(state);
  }

  void end_change(uint64_t number, const RigState& state) LOCKSTEP_REQUIRES(mutex_) {
    Word* to = store(state_at(number + 1), state.generator);
    to = store(to, state.played);
    for (const CameraMemory& camera : state.cameras) to = store(to, camera);
    words_->store(number + 1, std::memory_order_release);
    set_lock(0, F_UNLCK, F_OFD_SETLK);
  }

  /// Which number the state has that was read.
  uint64_t read(RigState& state) const {
    state.cameras.resize(cameras_);
    while (true) {
      const uint64_t number = words_->load(std::memory_order_acquire);
      const Word* from = load(state_at(number), state.generator);
      from = load(from, state.played);
      for (CameraMemory& camera : state.cameras) from = load(from, camera);
      if (words_->load(std::memory_order_acquire) != number) continue;
      bound(state.generator);
      state.played.began = bound(state.played.began);
      state.played.ended = bound_end(state.played.ended);
      for (CameraMemory& camera : state.cameras) {
        bound(camera.pulses);
        camera.clock_zero = bound(camera.clock_zero);
      }
      return number;
    }
  }

  /// The file is anybody's of this user: what it says must not lead out of the list, nor to times
  /// that cannot be added to.
  static void bound(SourceTrains& trains) {
    trains.count = std::min<uint64_t>(trains.count, SourceTrains::kMost);
    trains.first = bound(trains.first);
    for (PulseTrain& train : trains.list) {
      if (!(train.period_ns >= 1e6 && train.period_ns <= 1e10)) train.period_ns = 1e10;
      train.start = bound(train.start);
      train.end = bound_end(train.end);
    }
  }
  static HostTime bound(HostTime time) {
    constexpr Nanos kMost = kNever.time_since_epoch() / 4;
    return std::clamp(time, HostTime(-kMost), HostTime(kMost));
  }
  static HostTime bound_end(HostTime end) {
    return end == kNever ? end : bound(end);  // one can add to kNever, too
  }

  /// A child that was forked has the locks of its parent, and could drop them.
  [[nodiscard]] bool is_forked() const { return ::getpid() != owner_; }

  [[nodiscard]] Word* state_at(uint64_t number) const {
    return words_ + kHeadWords + (number & 1) * state_words(cameras_);
  }

  const pid_t owner_ = ::getpid();
  const UniqueFd fd_;
  Word* const words_;
  const size_t cameras_;
  Mutex mutex_;
  std::set<int> mine_ LOCKSTEP_GUARDED_BY(mutex_);
};

Error no_memory(const std::filesystem::path& file, const char* why) {
  return {
      Errc::unusable_input,
      fmt::format("{} can't hold what cameras share: {}. Move it away, or set XDG_RUNTIME_DIR to "
                  "a folder of your own.",
                  file.string(), why)};
}

}  // namespace

Result<std::unique_ptr<RigMemory>> open_shared_memory(const std::filesystem::path& file,
                                                      size_t cameras) {
  const auto failed = [&](int reason) {
    return error_from_errno(reason, "can't keep what cameras share in", file);
  };
  UniqueFd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd.valid()) return failed(errno);
  struct stat about {};
  if (::fstat(fd.get(), &about) != 0) return failed(errno);
  if (!S_ISREG(about.st_mode)) return no_memory(file, "it is no file");
  if (about.st_uid != ::geteuid()) return no_memory(file, "it belongs to another user");
  const size_t bytes = SharedMemory::byte_count(cameras);
  if (about.st_size != 0 && static_cast<size_t>(about.st_size) != bytes)
    return no_memory(file, "it has another size");
  // All zero is a rig whose power was just turned on. With its pages there, nothing can fail later.
  if (const int reason = ::posix_fallocate(fd.get(), 0, static_cast<off_t>(bytes)); reason != 0)
    return failed(reason);
  struct flock probe = byte_lock(0, F_WRLCK);
  if (::fcntl(fd.get(), F_OFD_GETLK, &probe) != 0) return failed(errno);
  void* const words = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
  if (words == MAP_FAILED) return failed(errno);
  return std::unique_ptr<RigMemory>(
      std::make_unique<SharedMemory>(std::move(fd), static_cast<Word*>(words), cameras));
}

std::filesystem::path shared_rig_file(std::string_view text) {
  uint64_t hash = kSharedLayout;
  for (const char c : text) hash = mix_bits(hash, static_cast<unsigned char>(c));
  // A folder that is not there is left from another login: all processes find it so.
  const char* const folder = std::getenv("XDG_RUNTIME_DIR");
  std::error_code ignored;
  const bool there =
      folder != nullptr && *folder != '\0' && std::filesystem::is_directory(folder, ignored);
  return std::filesystem::path(there ? folder : "/dev/shm") /
         fmt::format("lockstep-{}-{:016x}.rig", ::geteuid(), hash);
}

}  // namespace lockstep
