// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/calibration_report.h"

#include <algorithm>

namespace lockstep {

bool CalibrationReport::passes() const {
  return std::none_of(advice.begin(), advice.end(),
                      [](const Advice& one) { return one.level == AdviceLevel::fail; });
}

std::string verdict_of(const CalibrationReport& report) {
  if (!report.passes()) return "weak";
  const bool warned = std::any_of(report.advice.begin(), report.advice.end(),
                                  [](const Advice& a) { return a.level == AdviceLevel::warning; });
  return warned ? "good, with advice" : "good";
}

}  // namespace lockstep
