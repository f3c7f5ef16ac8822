// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "lockstep/session/run_session.h"
#include "lockstep/sync/report.h"
#include "lockstep/take/take_lock.h"

namespace lockstep {

/// What came of a take: everything that the last lines and the exit code are made of.
struct TakeResult {
  std::filesystem::path folder;
  SessionOutcome outcome;
  bool folder_gone = false;            ///< moved or removed while it was recorded
  std::optional<SyncReport> report{};  ///< nothing: nothing was recorded, or it cannot be judged
  std::string report_failure{};        ///< why verdict, page or truth could not be made or written

  [[nodiscard]] bool passes() const { return report && report->passes(); }
};

/// Judges the take and writes verdict, verify.json and verify.html into it, under `held`.
void judge_take(TakeResult& result, const TakeLock& held);

/// Verdict with every failure, its likely cause and what to do, or why nothing was recorded.
void print_take(const TakeResult& result);
/// docs/schemas/record.schema.json
void print_take_as_json(const TakeResult& result);

/// The verdict with its failures, the first few of many.
void print_verdict(const SyncReport& report);
/// The failures of a verdict, for programs: docs/schemas/record.schema.json.
[[nodiscard]] nlohmann::json verdict_failures(const std::optional<SyncReport>& report);

/// docs/take.md, "Exit codes", has the table.
[[nodiscard]] int exit_code(const TakeResult& result);

}  // namespace lockstep
