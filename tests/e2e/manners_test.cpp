// SPDX-License-Identifier: MIT
// What every command owes a person: help with examples, sentences, exit codes, no colour in a pipe.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/e2e/program.h"
#include "tests/support/files.h"

namespace lockstep::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Names of the commands, as the completion script (which is made from the commands) has them.
std::vector<std::string> commands() {
  std::istringstream lines(lockstep({"completion", "bash"}).out);
  std::vector<std::string> names;
  for (std::string line; std::getline(lines, line);) {
    const size_t end = line.find(") options=");
    if (end != std::string::npos) names.push_back(line.substr(4, end - 4));
  }
  return names;
}

TEST(Manners, EveryCommandIsThere) {
  EXPECT_THAT(commands(), ::testing::ElementsAre("verify", "info", "plan", "devices", "simulate",
                                                 "record", "recover", "board", "calibrate", "fuse",
                                                 "export", "exec", "completion", "manual"));
}

TEST(Manners, EveryCommandHasHelpWithExamplesWithinTheColumns) {
  for (const std::string& command : commands()) {
    const Finished help = lockstep({command, "--help"});
    EXPECT_EQ(help.status, 0) << command;
    EXPECT_THAT(help.out, HasSubstr("Example")) << command;
    EXPECT_THAT(help.out, HasSubstr("lockstep " + command)) << command;
    EXPECT_THAT(help.err, IsEmpty()) << command;
    if (command != "completion" && command != "manual") {
      EXPECT_THAT(help.out, HasSubstr("Exit codes: 0 ")) << command;
    }
    EXPECT_THAT(help.out, Not(HasSubstr(" TEXT"))) << command << ": say what it is";
    std::istringstream lines(help.out);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
  }
}

TEST(Manners, WrongUseIsExitCode2AndASentence) {
  const Finished nothing = lockstep({});
  EXPECT_EQ(nothing.status, 2);
  EXPECT_THAT(nothing.err, HasSubstr("lockstep --help"));

  const Finished unknown = lockstep({"verfy"});
  EXPECT_EQ(unknown.status, 2);
  EXPECT_THAT(unknown.err, AllOf(HasSubstr("'verfy'"), HasSubstr("verify")));

  const Finished option = lockstep({"completion", "bash", "--colour"});
  EXPECT_EQ(option.status, 2);
  EXPECT_THAT(option.err, HasSubstr("--colour"));
}

TEST(Manners, AFileThatReadsAsOptionsIsToldHowToBeNamed) {
  const Finished dash = lockstep({"verify", "-r.mkv"});
  EXPECT_EQ(dash.status, 2);
  EXPECT_THAT(dash.err, HasSubstr("./-r.mkv"));
  EXPECT_THAT(lockstep({"verify", "--colour"}).err, Not(HasSubstr("./")));
}

TEST(Manners, AFolderThatIsNoTakeIsToldAlikeByInfoAndVerify) {
  const TempFolder folder;
  const Finished info = lockstep({"info", folder.path()});
  EXPECT_EQ(info.status, 2);
  EXPECT_THAT(info.err, HasSubstr("is no take"));
  EXPECT_EQ(info.err, lockstep({"verify", folder.path()}).err);
}

TEST(Manners, NothingInReachIsASentenceThatNamesTheFile) {
  const std::vector<std::vector<std::string>> lines = {
      {"verify", "missing.mkv", "other.mkv"},
      {"info", "missing.mkv"},
      {"plan", "missing.toml"},
      {"simulate", "missing.toml", "-o", "take", "-l", "1"},
      {"record", "missing.toml", "-o", "take"},
      {"board", "missing.toml"},
      {"export", "missing", "--to", "png"},
      {"fuse", "missing", "--cloud", "--to", "a.ply"},
      {"recover", "missing-take"}};
  const TempFolder folder;
  for (const auto& line : lines) {
    const Finished finished = lockstep(line, {}, folder.path());
    EXPECT_EQ(finished.status, 2) << line[0] << ": " << finished.out << finished.err;
    EXPECT_THAT(finished.err, HasSubstr("missing")) << line[0];
    EXPECT_THAT(finished.err, Not(HasSubstr("terminate called"))) << line[0];
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()))
      << "a refused command left something behind";
}

TEST(Manners, NoColourIntoAPipe) {
  const Finished help = lockstep({"--help"}, {"TERM=xterm-256color"});
  EXPECT_THAT(help.out + help.err, Not(HasSubstr("\033[")));
  const Finished plan =
      lockstep({"plan", source_file("examples/rigs/01-chain-of-three-virtual.toml")},
               {"TERM=xterm-256color"});
  EXPECT_THAT(plan.out + plan.err, Not(HasSubstr("\033[")));
}

TEST(Manners, CompletionAndManualKnowTheCommands) {
  const Finished bash = lockstep({"completion", "bash"});
  EXPECT_EQ(bash.status, 0);
  EXPECT_THAT(bash.out,
              AllOf(HasSubstr("complete -o filenames -F _lockstep lockstep"), HasSubstr("verify")));
  // Files only where a file is wanted.
  EXPECT_THAT(bash.out,
              AllOf(HasSubstr("completion) options=\"-h --help\" files=no choices=\"bash zsh\""),
                    HasSubstr("\"simulate -l\"|\"simulate --length\") files=no choices=\"\""),
                    HasSubstr("choices=\"as-declared disciplined free-running\"")));
  EXPECT_THAT(lockstep({"completion", "zsh"}).out,
              AllOf(HasSubstr("#compdef lockstep"), HasSubstr("'devices:"),
                    HasSubstr("in reach\\: serial"), HasSubstr("man'\\''s own format")));
  EXPECT_EQ(lockstep({"completion", "fish"}).status, 2);
  EXPECT_THAT(lockstep({"manual"}).out,
              AllOf(HasSubstr(".TH LOCKSTEP 1"), HasSubstr("lockstep record"),
                    HasSubstr("fails above (default: 100)")));
}

}  // namespace
}  // namespace lockstep::testing
