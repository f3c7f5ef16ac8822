// SPDX-License-Identifier: MIT
#include "lockstep/virtual/picture_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "lockstep/base/files.h"
#include "lockstep/base/unique_fd.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

constexpr char kMagic[8] = {'l', 'o', 'c', 'k', 'w', 'r', 'l', 'd'};
constexpr uint64_t kVersion = 1;
constexpr size_t kAlign = 64;

// Layout: this header, the key, a table of offset and length for each blob, then the blobs.
struct Header {
  char magic[8];
  uint64_t version;
  uint64_t total_bytes;
  uint64_t checksum;  ///< of everything after the header
  uint64_t key_bytes;
  uint64_t blob_count;
};

struct BlobPlace {
  uint64_t offset;
  uint64_t length;
};

size_t aligned(size_t bytes) {
  return (bytes + kAlign - 1) / kAlign * kAlign;
}

uint64_t checksum(std::span<const std::byte> bytes) {
  uint64_t sum = 0x6c6f636b73746570ull;
  const size_t words = bytes.size() / 8;
  for (size_t i = 0; i < words; ++i) {
    uint64_t word = 0;
    std::memcpy(&word, bytes.data() + 8 * i, 8);
    sum = (sum ^ word) * 0x9e3779b97f4a7c15ull;
    sum ^= sum >> 29;
  }
  for (size_t i = 8 * words; i < bytes.size(); ++i) {
    sum = (sum ^ static_cast<uint64_t>(bytes[i])) * 0x9e3779b97f4a7c15ull;
  }
  return sum;
}

/// The table of a file that is whole; nothing for anything else.
std::optional<std::vector<BlobPlace>> read_table(std::span<const std::byte> bytes,
                                                 std::string_view key, bool any_key) {
  Header header{};
  if (bytes.size() < sizeof(header)) return std::nullopt;
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (std::memcmp(header.magic, kMagic, sizeof(kMagic)) != 0 || header.version != kVersion ||
      header.total_bytes != bytes.size() || header.key_bytes > bytes.size() - sizeof(header)) {
    return std::nullopt;
  }
  const auto after = bytes.subspan(sizeof(header));
  const auto table_at = aligned(sizeof(header) + header.key_bytes);
  if (table_at > bytes.size() ||
      header.blob_count > (bytes.size() - table_at) / sizeof(BlobPlace)) {
    return std::nullopt;
  }
  const std::string_view own(reinterpret_cast<const char*>(after.data()), header.key_bytes);
  if (!any_key && own != key) return std::nullopt;
  if (checksum(after) != header.checksum) return std::nullopt;
  if (header.blob_count == 0) return std::vector<BlobPlace>{};
  std::vector<BlobPlace> table(header.blob_count);
  std::memcpy(table.data(), bytes.data() + table_at, table.size() * sizeof(BlobPlace));
  for (const BlobPlace& place : table) {
    if (place.offset % kAlign != 0 || place.offset > bytes.size() ||
        place.length > bytes.size() - place.offset) {
      return std::nullopt;
    }
  }
  return table;
}

class MappedFile final : public PictureFile {
 public:
  MappedFile(void* at, size_t length) : bytes_(static_cast<const std::byte*>(at), length) {}
  ~MappedFile() override {
    ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());  // NOLINT: what mmap gave
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  bool check(std::string_view key) {
    auto table = read_table(bytes_, key, false);
    if (table) table_ = *std::move(table);
    return table.has_value();
  }
  [[nodiscard]] size_t size() const override { return table_.size(); }
  [[nodiscard]] std::span<const std::byte> blob(size_t index) const override {
    return bytes_.subspan(table_[index].offset, table_[index].length);
  }

 private:
  std::span<const std::byte> bytes_;
  std::vector<BlobPlace> table_;
};

class MemoryFile final : public PictureFile {
 public:
  explicit MemoryFile(std::string content) : content_(std::move(content)) {}

  bool check() {
    auto table = read_table(bytes(), {}, true);
    if (table) table_ = *std::move(table);
    return table.has_value();
  }
  [[nodiscard]] size_t size() const override { return table_.size(); }
  [[nodiscard]] std::span<const std::byte> blob(size_t index) const override {
    return bytes().subspan(table_[index].offset, table_[index].length);
  }

 private:
  [[nodiscard]] std::span<const std::byte> bytes() const {
    return std::as_bytes(std::span(content_.data(), content_.size()));
  }
  std::string content_;
  std::vector<BlobPlace> table_;
};

}  // namespace

std::string PictureFile::encode(std::string_view key, const Blobs& blobs) {
  const size_t table_at = aligned(sizeof(Header) + key.size());
  size_t end = aligned(table_at + blobs.size() * sizeof(BlobPlace));
  std::vector<BlobPlace> table;
  for (const auto& blob : blobs) {
    table.push_back({end, blob.size()});
    end = aligned(end + blob.size());
  }
  std::string content(end, '\0');
  std::copy(key.begin(), key.end(), content.data() + sizeof(Header));
  std::copy_n(reinterpret_cast<const char*>(table.data()), table.size() * sizeof(BlobPlace),
              content.data() + table_at);
  for (size_t i = 0; i < blobs.size(); ++i) {
    std::copy(blobs[i].begin(), blobs[i].end(),
              reinterpret_cast<std::byte*>(content.data() + table[i].offset));
  }
  Header header{};
  std::memcpy(header.magic, kMagic, sizeof(kMagic));
  header.version = kVersion;
  header.key_bytes = key.size();
  header.blob_count = blobs.size();
  std::memcpy(content.data(), &header, sizeof(header));
  seal(content);
  return content;
}

void PictureFile::seal(std::string& content) {
  Header header{};
  if (content.size() < sizeof(header)) return;
  std::memcpy(&header, content.data(), sizeof(header));
  header.total_bytes = content.size();
  header.checksum =
      checksum(std::as_bytes(std::span(content.data(), content.size())).subspan(sizeof(Header)));
  std::memcpy(content.data(), &header, sizeof(header));
}

Result<std::shared_ptr<const PictureFile>> PictureFile::open(const fs::path& path,
                                                             std::string_view key) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return Error{Errc::not_found, fmt::format("{} is not there", path.string())};
  struct stat state = {};
  if (::fstat(fd.get(), &state) != 0 || state.st_size <= 0) {
    return Error{Errc::unusable_input, fmt::format("{} is empty", path.string())};
  }
  const auto length = static_cast<size_t>(state.st_size);
  void* at = ::mmap(nullptr, length, PROT_READ, MAP_SHARED, fd.get(), 0);
  if (at == MAP_FAILED) return error_from_errno(errno, "can't map", path);
  auto file = std::make_shared<MappedFile>(at, length);
  if (!file->check(key)) {
    return Error{Errc::unusable_input,
                 fmt::format("{} is no rendered world of this kind, or is damaged", path.string())};
  }
  // Use keeps it: the least recently used goes first.
  ::futimens(fd.get(), nullptr);
  return std::shared_ptr<const PictureFile>(std::move(file));
}

Result<std::shared_ptr<const PictureFile>> PictureFile::in_memory(std::string content) {
  auto file = std::make_shared<MemoryFile>(std::move(content));
  if (!file->check()) return Error{Errc::unusable_input, "these bytes are no rendered world"};
  return std::shared_ptr<const PictureFile>(std::move(file));
}

fs::path default_cache_folder() {
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache != '\0') {
    return fs::path(cache) / "lockstep";
  }
  if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') {
    return fs::path(home) / ".cache" / "lockstep";
  }
  return {};
}

namespace {

/// A file that write_file_whole() had not finished, "NAME.world.PID-N.tmp".
bool is_unfinished(const fs::path& path) {
  return path.extension() == ".tmp" &&
         path.filename().string().find(".world.") != std::string::npos;
}

/// Nobody will finish it: its process is gone, or is another one of that number by now.
bool is_stale(const fs::path& unfinished, fs::file_time_type begun) {
  constexpr auto kLongestWrite = std::chrono::hours(1);
  if (fs::file_time_type::clock::now() - begun > kLongestWrite) return true;
  const std::string name = unfinished.stem().string();  // without ".tmp"
  const size_t number = name.rfind('.') + 1;
  pid_t pid = 0;
  const auto read = std::from_chars(name.data() + number, name.data() + name.size(), pid);
  if (read.ec != std::errc{} || pid <= 0) return false;
  return ::kill(pid, 0) != 0 && errno == ESRCH;
}

}  // namespace

void make_room(const fs::path& folder, uint64_t room, uint64_t limit) {
  struct Kept {
    fs::path path;
    fs::file_time_type used;
    uint64_t bytes;
  };
  std::vector<Kept> kept;
  uint64_t total = room;
  std::error_code ignored;
  std::error_code failed;
  for (fs::directory_iterator entry(folder, failed); !failed && entry != fs::directory_iterator{};
       entry.increment(failed)) {
    const bool unfinished = is_unfinished(entry->path());
    if (!unfinished && entry->path().extension() != ".world") continue;
    const uint64_t bytes = entry->file_size(ignored);
    if (ignored) continue;
    const fs::file_time_type used = entry->last_write_time(ignored);
    if (ignored) continue;
    if (unfinished && is_stale(entry->path(), used) && fs::remove(entry->path(), ignored)) continue;
    total += bytes;
    if (!unfinished) kept.push_back({entry->path(), used, bytes});
  }
  std::sort(kept.begin(), kept.end(), [](const Kept& a, const Kept& b) { return a.used < b.used; });
  for (const Kept& oldest : kept) {
    if (total <= limit) return;
    if (fs::remove(oldest.path, ignored)) total -= oldest.bytes;
  }
}

}  // namespace lockstep
