// SPDX-License-Identifier: MIT
#include "lockstep/base/new_files.h"

#include <system_error>

#include "lockstep/base/files.h"

namespace lockstep {
namespace {

Result<void> make_folders(const std::filesystem::path& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return error_from_errno(failed.value(), "cannot make the folder", folder);
  return {};
}

}  // namespace

Result<void> check_new(const std::filesystem::path& target) {
  std::error_code ignored;
  if (!std::filesystem::exists(std::filesystem::symlink_status(target, ignored))) return {};
  return already_there(target, "choose another name with -o");
}

Result<void> make_new_folders(const std::filesystem::path& folder) {
  if (auto absent = check_new(folder); !absent) return absent;
  return make_folders(folder);
}

Result<void> make_folder_of(const std::filesystem::path& file) {
  const std::filesystem::path folder = file.parent_path();
  return folder.empty() ? Result<void>{} : make_folders(folder);
}

}  // namespace lockstep
