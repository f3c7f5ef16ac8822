// SPDX-License-Identifier: MIT
#include "lockstep/rig/findings.h"

#include <fmt/core.h>

#include <algorithm>

#include "lockstep/base/text.h"

namespace lockstep {

std::string Findings::place(SourceLine where) const {
  const std::string file = rig_.path.empty() ? "rig" : rig_.path;
  return where.line > 0 ? fmt::format("{}:{}", file, where.line) : file;
}

void Findings::add(Severity severity, std::string rule, SourceLine where, std::string message,
                   std::string mend) {
  found_.push_back(
      {{severity, std::move(rule), place(where), std::move(message), std::move(mend)}, {}});
}

void Findings::about(Severity severity, std::string_view rule, const RigCamera& camera,
                     std::string_view setting, std::string_view text, std::string_view mend) {
  const std::string where = place(camera.where_said(setting));
  const auto same = std::find_if(found_.begin(), found_.end(), [&](const Found& found) {
    return !found.cameras.empty() && found.finding.severity == severity &&
           found.finding.rule == rule && found.finding.where == where &&
           found.finding.message == text;
  });
  if (same != found_.end()) {
    same->cameras.push_back(camera.name);
  } else {
    found_.push_back({{severity, std::string(rule), where, std::string(text), std::string(mend)},
                      {camera.name}});
  }
}

size_t Findings::errors() const {
  return static_cast<size_t>(std::count_if(found_.begin(), found_.end(), [](const Found& found) {
    return found.finding.severity == Severity::error;
  }));
}

std::vector<PlanFinding> Findings::take() {
  std::vector<PlanFinding> all;
  for (Found& found : found_) {
    if (!found.cameras.empty())
      found.finding.message = listing(found.cameras) + ": " + found.finding.message;
    all.push_back(std::move(found.finding));
  }
  found_.clear();
  std::stable_sort(all.begin(), all.end(), [](const PlanFinding& a, const PlanFinding& b) {
    return a.severity > b.severity;
  });
  return all;
}

}  // namespace lockstep
