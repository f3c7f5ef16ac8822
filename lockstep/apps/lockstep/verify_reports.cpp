// SPDX-License-Identifier: MIT
#include "lockstep/apps/lockstep/verify_reports.h"

#include "lockstep/base/files.h"
#include "lockstep/report/verify_page.h"

namespace lockstep {

Result<void> write_verify_reports(const std::filesystem::path& take_folder,
                                  const VerifiedTake& verified) {
  const auto page = verify_page_html(verified.json);
  if (!page) return page.error();
  if (auto written =
          write_file_whole(take_folder / kVerifyJsonFile, verified.json, ExistingFile::replace);
      !written)
    return written;
  return write_file_whole(take_folder / kVerifyPageFile, *page, ExistingFile::replace);
}

}  // namespace lockstep
