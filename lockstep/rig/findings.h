// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "lockstep/rig/plan.h"

namespace lockstep {

/// Gathers the findings of every rule, with the place in the rig file that each is about.
class Findings {
 public:
  explicit Findings(const Rig& rig) : rig_(rig) {}

  void add(Severity severity, std::string rule, SourceLine where, std::string message,
           std::string mend);
  void error(std::string rule, SourceLine where, std::string message, std::string mend) {
    add(Severity::error, std::move(rule), where, std::move(message), std::move(mend));
  }
  void warning(std::string rule, SourceLine where, std::string message, std::string mend) {
    add(Severity::warning, std::move(rule), where, std::move(message), std::move(mend));
  }
  void note(std::string rule, SourceLine where, std::string message, std::string mend) {
    add(Severity::note, std::move(rule), where, std::move(message), std::move(mend));
  }

  /// "rig.toml:12", or the file alone for something that has no line.
  [[nodiscard]] std::string place(SourceLine where) const;
  /// Errors first, else in the order they were found.
  [[nodiscard]] std::vector<PlanFinding> take();

 private:
  const Rig& rig_;
  std::vector<PlanFinding> found_;
};

}  // namespace lockstep
