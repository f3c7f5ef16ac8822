// SPDX-License-Identifier: MIT
#include "tests/support/format_judges.h"

namespace lockstep::testing {

std::string judges_missing() {
  std::error_code ignored;
  if (!std::filesystem::exists(source_file("tests/formats/node_modules/.package-lock.json"),
                               ignored)) {
    return "the programs that judge exported files are not installed: `tools/packages install "
           "tests` gets them from npm";
  }
  return "";
}

Finished judge(const std::string& script, const std::vector<std::string>& arguments) {
  std::vector<std::string> words{"node", source_file("tests/formats") / script};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return RunningProgram("/usr/bin/env", words).wait();
}

}  // namespace lockstep::testing
