// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <vector>

#include "lockstep/sync/alignment.h"
#include "lockstep/sync/report.h"

namespace lockstep {

/// The arrival witness of one device: how the host's clock at its frames runs against the ticks,
/// less the same of the reference. A camera that gets no pulses streams on with perfect stamps of
/// its own crystal; its frames arrive at that crystal's pace.
struct ArrivalDrift {
  RateEstimate rate;   ///< over the ticks on which it strays, else over all
  ArrivalTrace trace;  ///< what it was fitted to
};

/// Latency only ever delays, so the earliest arrival of every short window makes the trace. What
/// jumps at once is latency (a slow USB), not a crystal, and costs resolution only; what bends and
/// goes on with a slope lost the line where it bends, and what bends back found it there. None
/// without host times enough. Where the stamps step, arrivals step with them: `step_tick`.
[[nodiscard]] std::optional<ArrivalDrift> arrival_drift(const Alignment& all, size_t device,
                                                        size_t reference, const Gates& gates,
                                                        std::optional<int64_t> step_tick = {});

}  // namespace lockstep
