// SPDX-License-Identifier: MIT
// Links: take sync report
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/memory_file.h"
#include "lockstep/report/verify_page.h"
#include "lockstep/sync/judge.h"
#include "lockstep/take/gather.h"

// Any bytes as one recording or several, one behind the other: from the files to the verdict, its
// JSON and its page.

namespace {

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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace lockstep;  // NOLINT(google-build-using-namespace)
  std::vector<MemoryFile> open;
  std::vector<std::filesystem::path> paths;
  for (const std::string_view file : files_in({reinterpret_cast<const char*>(data), size})) {
    open.emplace_back(std::span(reinterpret_cast<const uint8_t*>(file.data()), file.size()));
    paths.emplace_back(open.back().path());
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
