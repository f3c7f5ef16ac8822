// SPDX-License-Identifier: MIT
#include "lockstep/sync/report.h"

#include <fmt/core.h>

#include <algorithm>

namespace lockstep {

std::string_view clock_of(std::string_view rule) {
  return rule == "clock-restart" ? "its new clock" : "device time";
}

std::string span_text(const TickSpan& span, std::string_view clock) {
  const double from_s = static_cast<double>(span.from_us) * 1e-6;
  if (span.count == 1) return fmt::format("tick {}, {} {:.3f} s", span.first_tick, clock, from_s);
  return fmt::format("ticks {} to {}, {} {:.3f} to {:.3f} s", span.first_tick,
                     span.first_tick + span.count - 1, clock, from_s,
                     static_cast<double>(span.to_us) * 1e-6);
}

int64_t ticks_in(const std::vector<TickSpan>& spans) {
  int64_t sum = 0;
  for (const TickSpan& span : spans) sum += span.count;
  return sum;
}

int SyncReport::count(FindingLevel level) const {
  return static_cast<int>(std::count_if(findings.begin(), findings.end(),
                                        [&](const Finding& f) { return f.level == level; }));
}

bool SyncReport::passes() const {
  return !devices.empty() && count(FindingLevel::fail) == 0;
}

std::string SyncReport::verdict_text() const {
  switch (verdict) {
    case Verdict::in_step: {
      if (witnesses.size() == 1) return fmt::format("in step ({} only)", witnesses.front());
      std::string heard;
      for (const std::string& witness : witnesses) heard += (heard.empty() ? "" : ", ") + witness;
      return fmt::format("in step ({})", heard);
    }
    case Verdict::not_in_step:
      return "NOT in step";
    case Verdict::not_wired:
      return "not wired";
    case Verdict::not_one_take:
      return "NOT one take";
    case Verdict::standalone:
      return "one recording: no sync verdict";
    case Verdict::nothing_to_judge:
      break;
  }
  return common_ticks > 0 ? "too short to judge" : "nothing to judge";
}

const LastGood::Device* LastGood::find(const std::string& camera, const std::string& serial) const {
  const auto at = std::find_if(devices.begin(), devices.end(), [&](const Device& d) {
    return serial.empty() ? d.name == camera : d.serial == serial;
  });
  return at == devices.end() ? nullptr : &*at;
}

}  // namespace lockstep
