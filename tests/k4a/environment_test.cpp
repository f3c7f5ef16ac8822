// SPDX-License-Identifier: MIT
// What the environment tells the libraries, each in a process of its own, which reads it once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/files.h"
#include "tests/support/installed_rig.h"
#include "tests/support/program.h"

namespace lockstep::testing {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

// What the program fails in, and what an opened device is told with.
constexpr const char* kDeviceError = "k4a_device_open()";
constexpr const char* kRecordError = "k4a_playback_open()";
constexpr const char* kVersions = "virtual-0001, firmware: colour 1.6.110, depth 1.6.79";

class K4aEnvironment : public ::testing::Test {
 protected:
  K4aEnvironment() { write_file(folder_ / "rig.toml", chain_of_three_toml()); }

  Finished run(std::vector<std::string> environment) const {
    environment.push_back("LOCKSTEP_RIG=" + (folder_ / "rig.toml").string());
    environment.push_back("XDG_RUNTIME_DIR=" + folder_.path().string());
    Finished finished =
        RunningProgram(LOCKSTEP_TALKER_PROGRAM, {}, environment, folder_.path()).wait();
    EXPECT_EQ(finished.status, 0) << finished.out;
    return finished;
  }
  [[nodiscard]] std::string file(const char* name) const {
    const bool there = std::filesystem::exists(folder_ / name);
    return there ? read_file(folder_ / name) : "";
  }

  TempFolder folder_;
};

TEST_F(K4aEnvironment, SaysNothingAndErrorsGoToStdout) {
  const std::string out = run({}).out;
  EXPECT_THAT(out, AllOf(HasSubstr(kDeviceError), HasSubstr(kRecordError)));
  EXPECT_THAT(out,
              ContainsRegex("\\[20[0-9][0-9]-[0-9][0-9]-[0-9][0-9] [0-9:]+\\.[0-9][0-9][0-9]\\] "
                            "\\[error\\] \\[t=[0-9]+\\] [^ ]+ \\([0-9]+\\): k4a_device_open"));
  EXPECT_THAT(out, Not(HasSubstr("[info]")));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "k4a.log"));
}

TEST_F(K4aEnvironment, K4A_LOG_LEVEL_IsTheFirstLetter) {
  for (const char* level : {"i", "Info", "TRACE"}) {
    const std::string out = run({std::string("K4A_LOG_LEVEL=") + level}).out;
    EXPECT_THAT(out, AllOf(HasSubstr(kVersions), HasSubstr("SDK 1.4."), HasSubstr("[info]")));
  }
  for (const char* level : {"w", "E", "x", ""}) {
    const std::string out = run({std::string("K4A_LOG_LEVEL=") + level}).out;
    EXPECT_THAT(out, AllOf(HasSubstr(kDeviceError), Not(HasSubstr(kVersions)))) << level;
  }
  EXPECT_EQ(run({"K4A_LOG_LEVEL=critical"}).out, "");
}

TEST_F(K4aEnvironment, K4A_ENABLE_LOG_TO_STDOUT_IsOffWithZero) {
  EXPECT_EQ(run({"K4A_ENABLE_LOG_TO_STDOUT=0"}).out, "");
  for (const char* value : {"1", "", "no"}) {
    EXPECT_THAT(run({std::string("K4A_ENABLE_LOG_TO_STDOUT=") + value}).out,
                HasSubstr(kDeviceError));
  }
}

TEST_F(K4aEnvironment, K4A_ENABLE_LOG_TO_A_FILE_NamesAFile) {
  EXPECT_THAT(run({"K4A_ENABLE_LOG_TO_A_FILE=own.log"}).out,
              AllOf(HasSubstr(kRecordError), Not(HasSubstr(kDeviceError))))
      << "the other library has a file of its own";
  EXPECT_THAT(file("own.log"), AllOf(HasSubstr("[critical]"), HasSubstr("session"),
                                     HasSubstr(kVersions), HasSubstr(kDeviceError)));
  run({"K4A_ENABLE_LOG_TO_A_FILE=1"});
  EXPECT_THAT(file("k4a.log"), HasSubstr(kDeviceError));
}

TEST_F(K4aEnvironment, K4A_ENABLE_LOG_TO_A_FILE_IsOffWithZeroOrNothing) {
  for (const char* value : {"0", ""}) {
    EXPECT_THAT(run({std::string("K4A_ENABLE_LOG_TO_A_FILE=") + value}).out,
                HasSubstr(kDeviceError));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "k4a.log"));
  }
}

TEST_F(K4aEnvironment, AFileThatCannotBeWrittenIsSaidAndStdoutUsed) {
  const std::string out = run({"K4A_ENABLE_LOG_TO_A_FILE=no/such/folder/own.log"}).out;
  EXPECT_THAT(out, AllOf(HasSubstr("cannot be written"), HasSubstr(kDeviceError)));
}

TEST_F(K4aEnvironment, K4A_RECORD_ENABLE_LOG_TO_A_FILE_IsOfTheRecordLibrary) {
  const std::string out = run({"K4A_RECORD_ENABLE_LOG_TO_A_FILE=record.log"}).out;
  EXPECT_THAT(out, AllOf(HasSubstr(kDeviceError), Not(HasSubstr(kRecordError))));
  EXPECT_THAT(file("record.log"), AllOf(HasSubstr(kRecordError), Not(HasSubstr(kDeviceError))));
}

TEST_F(K4aEnvironment, K4A_DISABLE_SYNCHRONIZATION_GivesEachImageAlone) {
  EXPECT_THAT(run({"K4A_DISABLE_SYNCHRONIZATION=1"}).err,
              AllOf(HasSubstr("colour"), HasSubstr("depth"), Not(HasSubstr("pair"))));
  for (const char* value : {"0", ""}) {
    EXPECT_THAT(run({std::string("K4A_DISABLE_SYNCHRONIZATION=") + value}).err, HasSubstr("pair"));
  }
}

TEST_F(K4aEnvironment, K4A_ENABLE_TS_LOGGING_TellsTheTimesOfImages) {
  const std::string level = "K4A_LOG_LEVEL=i";
  EXPECT_THAT(run({level, "K4A_ENABLE_TS_LOGGING=1"}).out,
              AllOf(HasSubstr("[info]"), HasSubstr("arrived: colour at "), HasSubstr("linked:")));
  EXPECT_THAT(run({level, "K4A_ENABLE_TS_LOGGING=0"}).out, Not(HasSubstr("arrived:")));
}

}  // namespace
}  // namespace lockstep::testing
