// SPDX-License-Identifier: MIT
#include "lockstep/apps/lockstep/keep_proof.h"

#include <fmt/core.h>

#include "lockstep/base/files.h"
#include "lockstep/report/verify_page.h"
#include "lockstep/take/manifest.h"

namespace lockstep {

Result<void> keep_proof(const std::filesystem::path& take_folder, const VerifiedTake& verified,
                        const TakeLock& held) {
  const auto page = verify_page_html(verified.json);
  if (!page) return page.error();
  for (const auto& [name, content] :
       {std::pair(kVerifyJsonFile, &verified.json), std::pair(kVerifyPageFile, &*page)}) {
    auto written = write_file_whole(take_folder / name, *content, ExistingFile::replace);
    if (!written) return written;
  }
  return note_verdict(take_folder, verified, held);
}

Result<void> keep_proof(const std::filesystem::path& take_folder, const VerifiedTake& verified) {
  const auto lock = TakeLock::take(take_folder, TakeWork::verifying);
  if (!lock) return lock.error();
  const auto manifest = read_manifest(take_folder);
  if (!manifest) return manifest.error();
  if (manifest->state == TakeState::recording) {
    return Error{Errc::bad_state, fmt::format("its recorder died before the end; `lockstep recover "
                                              "{}` finishes it, and then it keeps its proof",
                                              take_folder.string())};
  }
  return keep_proof(take_folder, verified, *lock);
}

}  // namespace lockstep
