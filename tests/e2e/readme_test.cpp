// SPDX-License-Identifier: MIT
// What the README shows is what the program prints.
#include <gmock/gmock.h>

#include <sstream>

#include "tests/e2e/program.h"
#include "tests/support/files.h"

namespace lockstep::testing {
namespace {

using ::testing::HasSubstr;

/// The lines that the README shows below a command, up to the end of its block.
std::vector<std::string> shown_below(const std::string& command) {
  std::istringstream lines(read_file(source_file("README.md")));
  std::vector<std::string> shown;
  bool below = false;
  for (std::string line; std::getline(lines, line);) {
    if (below && line == "```") break;
    if (below && line != "...") shown.push_back(line);
    below = below || line == "$ lockstep " + command;
  }
  return shown;
}

std::vector<std::string> words_of(const std::string& command) {
  std::istringstream text(command);
  std::vector<std::string> words;
  for (std::string word; text >> word;) words.push_back(word);
  return words;
}

TEST(Readme, ShowsWhatIsPrinted) {
  for (const std::string command : {"verify tests/data/vendor-written/two-cameras-master.mkv "
                                    "tests/data/vendor-written/two-cameras-sub.mkv",
                                    "plan examples/rigs/01-chain-of-three-virtual.toml"}) {
    const Finished run = lockstep(words_of(command), {}, source_file("README.md").parent_path());
    EXPECT_EQ(run.status, 0) << run.err;
    const auto shown = shown_below(command);
    EXPECT_GT(shown.size(), 8u) << command;
    for (const std::string& line : shown) EXPECT_THAT(run.out, HasSubstr(line + "\n"));
  }
}

}  // namespace
}  // namespace lockstep::testing
