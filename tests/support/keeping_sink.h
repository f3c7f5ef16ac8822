// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "lockstep/session/set_sink.h"

namespace lockstep::testing {

/// Keeps all that a session hands on. To be read once the session is over.
class KeepingSink : public SetSink {
 public:
  Result<void> begin(const std::vector<RecordingHeader>& cameras) override {
    headers = cameras;
    if (refusal) return *refusal;
    return {};
  }
  void add(CaptureSet set) override { sets.push_back(std::move(set)); }

  std::optional<Error> refusal;  ///< what begin() answers
  std::vector<RecordingHeader> headers;
  std::vector<CaptureSet> sets;
};

}  // namespace lockstep::testing
