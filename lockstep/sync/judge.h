// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/sync/evidence.h"
#include "lockstep/sync/report.h"

namespace lockstep {

/// Judges a set of recordings by their stamps and what was noted beside them. Pure and
/// deterministic; the order of the devices changes nothing but the order of the report. Never
/// fails: what is wrong with the set is in the report. `last_good` may be null.
[[nodiscard]] SyncReport judge(const Evidence& evidence, const Gates& gates,
                               const LastGood* last_good);

}  // namespace lockstep
