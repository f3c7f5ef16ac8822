// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
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
  /// A finding about one setting of one camera, at the line that said the setting. What several
  /// cameras have from one line, such as a key of all_cameras, becomes one finding that names them
  /// all: "'a' and 'b': <text>".
  void about(Severity severity, std::string_view rule, const RigCamera& camera,
             std::string_view setting, std::string_view text, std::string_view mend);

  /// "rig.toml:12", or the file alone for something that has no line.
  [[nodiscard]] std::string place(SourceLine where) const;
  [[nodiscard]] size_t errors() const;
  /// Errors first, else in the order they were found.
  [[nodiscard]] std::vector<PlanFinding> take();

 private:
  /// A finding and, when it is about cameras, their names, which take() puts before its message.
  struct Found {
    PlanFinding finding;
    std::vector<std::string> cameras;
  };

  const Rig& rig_;
  std::vector<Found> found_;
};

}  // namespace lockstep
