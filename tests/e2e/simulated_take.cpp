// SPDX-License-Identifier: MIT
#include "tests/e2e/simulated_take.h"

#include <gtest/gtest.h>

#include <sstream>

namespace lockstep::testing {

using nlohmann::json;

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  if (at == std::string::npos) {
    ADD_FAILURE() << "there is no '" << from << "' in\n" << text;
    return text;
  }
  return text.replace(at, from.size(), to);
}

std::string one_line(const std::string& text) {
  std::istringstream words(text);
  std::string line;
  for (std::string word; words >> word;) line += (line.empty() ? "" : " ") + word;
  return line;
}

std::string timing_rig(const std::string& world) {
  const std::string rig = read_file(source_file("examples/rigs/01-chain-of-three-virtual.toml"));
  return replaced(rig, "world = { ",
                  "world = { timing_only = true, " + world + (world.empty() ? "" : ", "));
}

Finished simulate(const std::filesystem::path& rig, const std::filesystem::path& take,
                  double seconds, const std::vector<std::string>& more) {
  std::vector<std::string> words{"simulate", rig, "-o", take, "-l", std::to_string(seconds)};
  words.insert(words.end(), more.begin(), more.end());
  return lockstep(words);
}

json json_in(const std::filesystem::path& take, const std::string& file) {
  const json parsed = json::parse(read_file(take / file), nullptr, false);
  EXPECT_FALSE(parsed.is_discarded()) << take / file;
  return parsed;
}

json named(const json& list, const std::string& name) {
  for (const json& item : list) {
    if (item.at("name") == name) return item;
  }
  return nullptr;
}

json finding_of(const json& report, const std::string& rule, const std::string& device) {
  for (const json& finding : report.at("findings")) {
    if (finding.at("rule") == rule && (device.empty() || finding.at("device") == device))
      return finding;
  }
  return nullptr;
}

}  // namespace lockstep::testing
