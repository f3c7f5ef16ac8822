// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "lockstep/sync/report.h"

namespace lockstep {

/// Which gates the text lists; the JSON and the page have all of them.
enum class GatesShown { changed, all };

/// The sync report for a terminal: verdict first, at most kOutputColumns wide. `color` adds ANSI
/// colours.
[[nodiscard]] std::string sync_report_to_text(const SyncReport& report, bool color,
                                              GatesShown shown);

/// The verdict and its failures alone, each with its likely cause and what to do, for whoever just
/// recorded; of many failures the first `most`, and how many more there are.
[[nodiscard]] std::string verdict_to_text(const SyncReport& report, bool color, size_t most);

}  // namespace lockstep
