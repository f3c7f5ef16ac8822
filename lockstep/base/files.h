// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "lockstep/base/result.h"
#include "lockstep/base/unique_fd.h"

namespace lockstep {

/// What writing does when the target is there already.
enum class ExistingFile { refuse, replace };

/// Whole content of a file of at most `limit` bytes. A larger one, a folder or an unreadable file
/// is an Error that names the path.
Result<std::string> read_text_file(const std::filesystem::path& path, size_t limit = 64u << 20);

/// Writes the whole file or nothing: the content goes to a temporary file beside it, is flushed to
/// disk and then takes the name. With `refuse`, an existing target is already_there().
Result<void> write_file_whole(const std::filesystem::path& path, std::string_view content,
                              ExistingFile existing);

/// A file that comes about piece by piece and is there whole or not at all: it grows as a temporary
/// file beside its target, which finish() flushes and names. Without that it is removed when the
/// object goes. Move-only; thread-bound. Errors are those of write_file_whole.
class WholeFile {
 public:
  static Result<WholeFile> begin(const std::filesystem::path& path);
  ~WholeFile() { remove(); }
  WholeFile(WholeFile&& other) noexcept;
  WholeFile& operator=(WholeFile&& other) noexcept;
  WholeFile(const WholeFile&) = delete;
  WholeFile& operator=(const WholeFile&) = delete;

  /// Appends. Not buffered: give it large pieces.
  Result<void> write(std::string_view piece);
  [[nodiscard]] uint64_t size() const { return size_; }  ///< bytes written
  /// Once, and nothing after it.
  Result<void> finish(ExistingFile existing);

 private:
  WholeFile(std::filesystem::path path, std::string temporary, UniqueFd fd)
      : path_(std::move(path)), temporary_(std::move(temporary)), fd_(std::move(fd)) {}
  void remove();

  std::filesystem::path path_;
  std::string temporary_;  ///< empty: nothing to be removed
  UniqueFd fd_;
  uint64_t size_ = 0;
};

/// Returns when the name of `path` in its folder survives a power cut; flushing a new file alone
/// does not flush its name.
Result<void> sync_folder_of(const std::filesystem::path& path);

/// `path` without the slash that shells add to the name of a folder, so that its filename() is that
/// name.
[[nodiscard]] std::filesystem::path without_trailing_slash(const std::filesystem::path& path);

/// What to say when `path` is there and shall not be written over: already_exists, and a sentence
/// that ends with `mend`.
Error already_there(const std::filesystem::path& path,
                    std::string_view mend = "choose another name");

/// A full disk or quota is no_space, a missing file not_found, an existing one already_exists,
/// everything else io; the sentence is "<what> <path>: <reason of errno>".
Error error_from_errno(int error_number, std::string_view what, const std::filesystem::path& path);

}  // namespace lockstep
