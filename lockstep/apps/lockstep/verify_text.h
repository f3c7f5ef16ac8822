// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "lockstep/sync/report.h"

namespace lockstep {

/// The sync report for a terminal: verdict first, at most kOutputColumns wide. `color` adds ANSI
/// colours.
[[nodiscard]] std::string sync_report_to_text(const SyncReport& report, bool color);

}  // namespace lockstep
