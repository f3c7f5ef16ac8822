// SPDX-License-Identifier: MIT
#include "lockstep/rig/findings.h"

#include <fmt/core.h>

#include <algorithm>

namespace lockstep {

std::string Findings::place(SourceLine where) const {
  const std::string file = rig_.path.empty() ? "rig" : rig_.path;
  return where.line > 0 ? fmt::format("{}:{}", file, where.line) : file;
}

void Findings::add(Severity severity, std::string rule, SourceLine where, std::string message,
                   std::string mend) {
  found_.push_back({severity, std::move(rule), place(where), std::move(message), std::move(mend)});
}

std::vector<PlanFinding> Findings::take() {
  std::stable_sort(found_.begin(), found_.end(), [](const PlanFinding& a, const PlanFinding& b) {
    return a.severity > b.severity;
  });
  return std::move(found_);
}

}  // namespace lockstep
