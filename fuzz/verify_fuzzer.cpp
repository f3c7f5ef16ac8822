// SPDX-License-Identifier: MIT
// Links: take sync report
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "lockstep/base/unique_fd.h"
#include "lockstep/report/verify_page.h"
#include "lockstep/sync/judge.h"
#include "lockstep/take/gather.h"

// Any bytes as one recording or several, one behind the other: from the files to the verdict, its
// JSON and its page.

namespace {

using lockstep::UniqueFd;

/// Where the recordings begin: the first byte, and every EBML head after it.
std::vector<std::string_view> files_in(std::string_view bytes) {
  constexpr std::string_view kHead = "\x1A\x45\xDF\xA3";
  constexpr size_t kMostFiles = 4;
  std::vector<std::string_view> files;
  while (!bytes.empty() && files.size() < kMostFiles) {
    const size_t end = std::min(bytes.find(kHead, 1), bytes.size());
    files.push_back(bytes.substr(0, end));
    bytes.remove_prefix(end);
  }
  return files;
}

/// A file in memory with this content.
UniqueFd file_with(std::string_view content) {
  UniqueFd file(memfd_create("fuzz", MFD_CLOEXEC));
  if (write(file.get(), content.data(), content.size()) != static_cast<ssize_t>(content.size())) {
    std::abort();
  }
  return file;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace lockstep;  // NOLINT(google-build-using-namespace)
  std::vector<UniqueFd> open;
  std::vector<std::filesystem::path> paths;
  for (const std::string_view file : files_in({reinterpret_cast<const char*>(data), size})) {
    open.push_back(file_with(file));
    paths.push_back("/proc/self/fd/" + std::to_string(open.back().get()));
  }
  const auto evidence = gather_files(paths, 1);
  if (!evidence) {
    if (evidence.error().message.empty()) std::abort();
    return 0;
  }
  const SyncReport report = judge(*evidence, Gates{}, nullptr);
  if (report.verdict_text().empty()) std::abort();
  if (!verify_page_html(sync_report_to_json(report))) std::abort();
  return 0;
}
