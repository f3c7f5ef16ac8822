// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace lockstep::testing {

/// Where and how `json` breaks `schema`, or "" when it does not. Knows what our schemas use: type,
/// const, enum, properties, required, additionalProperties, items, anyOf and $ref into the same
/// file; any other keyword that judges is itself reported, so that a schema is never half checked.
std::string schema_violation(std::string_view json, std::string_view schema);

}  // namespace lockstep::testing
