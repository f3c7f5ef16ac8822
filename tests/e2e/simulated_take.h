// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/e2e/program.h"
#include "tests/support/files.h"

namespace lockstep::testing {

/// The rig of the first example (left gives the pulses; middle and right follow), without pictures
/// so that a minute of it takes a fraction of a second. `world` holds more keys of its world, such
/// as "stamp_jitter_us = 5".
std::string timing_rig(const std::string& world = "");

/// `text` with the first `from` replaced; fails the running test when there is none.
std::string replaced(std::string text, const std::string& from, const std::string& to);

/// A sentence without the line breaks that the columns gave it.
std::string one_line(const std::string& text);

/// Simulates `seconds` of the rig file into the new folder `take`; `more` are further arguments.
Finished simulate(const std::filesystem::path& rig, const std::filesystem::path& take,
                  double seconds, const std::vector<std::string>& more = {});

/// A JSON file of a take, such as "verify.json".
nlohmann::json json_in(const std::filesystem::path& take, const std::string& file);

/// The element of a report's list whose `name` is this; null when there is none.
nlohmann::json named(const nlohmann::json& list, const std::string& name);

/// The finding of this rule (on this device, unless empty); null when there is none.
nlohmann::json finding_of(const nlohmann::json& report, const std::string& rule,
                          const std::string& device = "");

}  // namespace lockstep::testing
