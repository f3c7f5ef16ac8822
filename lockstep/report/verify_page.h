// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "lockstep/base/result.h"

namespace lockstep {

/// Self-contained HTML page of a sync report, drawn from its JSON (verify.json). unusable_input
/// when the text is not such JSON. Works for a take of ten cameras and an hour: the JSON is
/// decimated.
[[nodiscard]] Result<std::string> verify_page_html(std::string_view verify_json);

}  // namespace lockstep
