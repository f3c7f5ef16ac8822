// SPDX-License-Identifier: MIT
#pragma once

namespace lockstep {

/// The text of marker_dictionaries.json, embedded by CMake.
[[nodiscard]] const char* marker_dictionaries_json();

}  // namespace lockstep
