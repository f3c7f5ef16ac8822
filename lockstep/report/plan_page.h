// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "lockstep/base/result.h"

namespace lockstep {

/// The plan as one self-contained page, drawn from its JSON (docs/schemas/plan.schema.json): cable
/// graph, laser timeline, cameras, load, wiring sheet, findings. JSON that is no plan is an Error.
Result<std::string> plan_page_html(std::string_view plan_json);

}  // namespace lockstep
