// SPDX-License-Identifier: MIT
// `k4arecorder` as people use it at a rig: a terminal for each camera. Cables: 0 -> 1 -> 2.
#include <fmt/core.h>
#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>

#include "tests/e2e/simulated_take.h"
#include "tests/support/installed_rig.h"

namespace lockstep::testing {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

using Words = std::vector<std::string>;

constexpr const char* kSubordinate = "subordinate";
constexpr const char* kMaster = "master";

class Recorder : public ::testing::Test {
 protected:
  Recorder() {
    use_rig([](std::string&) {});
  }

  /// The example with three cameras, changed; without pictures, so that no time goes to them.
  template <typename Change>
  void use_rig(const Change& change) {
    std::string rig = chain_of_three_toml();
    change(rig);
    write_file(folder_ / "rig.toml", rig);
  }

  /// With pictures of a world that repeats itself so often.
  void use_rendered_rig(double period_s) {
    use_rig([period_s](std::string& rig) {
      const std::string flat = "timing_only = true";
      rig.replace(rig.find(flat), flat.size(),
                  fmt::format("scene = \"room\", period_s = {}", period_s));
    });
  }

  [[nodiscard]] std::vector<std::string> environment() const {
    return {"LOCKSTEP_RIG=" + (folder_ / "rig.toml").string(),
            "XDG_RUNTIME_DIR=" + folder_.path().string(),
            "XDG_CACHE_HOME=" + (folder_ / "cache").string()};
  }

  [[nodiscard]] std::unique_ptr<RunningProgram> start(Words words) const {
    if (std::find(words.begin(), words.end(), "-c") == words.end())
      for (const char* word : {"-c", "720p"}) words.emplace_back(word);
    return std::make_unique<RunningProgram>(LOCKSTEP_RECORDER, words, environment(),
                                            folder_.path());
  }

  /// One that has printed `sign`, or ended.
  [[nodiscard]] std::unique_ptr<RunningProgram> start(const Words& words,
                                                      const std::string& sign) const {
    auto program = start(words);
    for (int i = 0; i < 4000 && !has_printed(*program, sign); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_TRUE(has_printed(*program, sign)) << program->out_so_far() << program->err_so_far();
    return program;
  }

  [[nodiscard]] Finished run(const Words& words) const { return start(words)->wait(); }

  /// A subordinate that waits for its master.
  [[nodiscard]] std::unique_ptr<RunningProgram> waiting(const Words& words) const {
    Words all{"--external-sync", kSubordinate, "-e", "8330"};
    all.insert(all.end(), words.begin(), words.end());
    return start(all, "Waiting for signal from master");
  }
  [[nodiscard]] std::unique_ptr<RunningProgram> master(const Words& words) const {
    Words all{"--external-sync", kMaster, "-e", "8330"};
    all.insert(all.end(), words.begin(), words.end());
    return start(all);
  }

  [[nodiscard]] Finished lockstep_here(const Words& words) const {
    return lockstep(words, {}, folder_.path());
  }

  [[nodiscard]] bool is_there(const char* name) const {
    return std::filesystem::exists(folder_ / name);
  }

  TempFolder folder_;

 private:
  static bool has_printed(const RunningProgram& program, const std::string& sign) {
    return program.out_so_far().find(sign) != std::string::npos;
  }
};

TEST_F(Recorder, SaysTheVendorsLinesInTheirOrder) {
  const Finished recorded = run({"-l", "1", "one.mkv"});
  EXPECT_EQ(recorded.status, 0) << recorded.err;
  EXPECT_EQ(recorded.out,
            "Device serial number: virtual-0001\n"
            "Device version: Rel; C: 1.6.110; D: 1.6.79[6109.7]; A: 1.6.14\n"
            "Device started\n"
            "Started recording\n"
            "Stopping recording...\n"
            "Saving recording...\n"
            "Done\n");
  const Finished info = lockstep_here({"info", "one.mkv"});
  EXPECT_THAT(info.out, AllOf(HasSubstr("of a virtual camera"), HasSubstr("STANDALONE"),
                              HasSubstr("colour MJPG_720P, depth NFOV_UNBINNED, 30 fps"),
                              HasSubstr("\nimu: "), HasSubstr("nothing is wrong with it")));
}

// The seed's procedure: subordinates first, then the master.
TEST_F(Recorder, RecordsThreeCamerasInStep) {
  const auto right = waiting({"--device", "2", "--imu", "OFF", "-r", "15", "-l", "2", "sub2.mkv"});
  const auto middle = waiting({"--device", "1", "--imu", "OFF", "-r", "15", "-l", "2", "sub1.mkv"});
  const auto left = master({"--device", "0", "--imu", "OFF", "-r", "15", "-l", "2", "master.mkv"});
  for (const auto* program : {&left, &middle, &right}) {
    const Finished ended = (*program)->wait();
    EXPECT_EQ(ended.status, 0) << ended.err;
    EXPECT_THAT(ended.out, EndsWith("Saving recording...\nDone\n"));
    EXPECT_THAT(ended.err, Not(HasSubstr("missing")));
  }
  const Finished verdict = lockstep_here({"verify", "master.mkv", "sub1.mkv", "sub2.mkv"});
  EXPECT_EQ(verdict.status, 0) << verdict.out;
  EXPECT_THAT(verdict.out, StartsWith("in step (stamps only)"));
}

TEST_F(Recorder, JoinsOthersInATakeThatEndsOnOneFrame) {
  const Words common{"--take", "take", "-r", "15", "-l", "1", "--device-time"};
  const auto with = [&](Words words) {
    words.insert(words.end(), common.begin(), common.end());
    return words;
  };
  const auto right = waiting(with({"--serial", "virtual-0003", "--sync-delay", "320"}));
  const auto middle = waiting(with({"--serial", "virtual-0002", "--sync-delay", "160"}));
  EXPECT_THAT(lockstep_here({"info", "take"}).out, HasSubstr("it is still being recorded"));
  EXPECT_EQ(lockstep_here({"recover", "take"}).status, 3);
  const auto left = master(with({"--serial", "virtual-0001"}));
  int last = 0;
  for (const auto* program : {&left, &middle, &right}) {
    const Finished ended = (*program)->wait();
    EXPECT_EQ(ended.status, 0) << ended.err;
    last += ended.err.find("Is it in step?") != std::string::npos ? 1 : 0;
  }
  EXPECT_EQ(last, 1) << "one of them is the last";
  const Finished verdict = lockstep_here({"verify", "take"});
  EXPECT_EQ(verdict.status, 0) << verdict.out;
  EXPECT_THAT(verdict.out, StartsWith("in step (stamps only)"));
  EXPECT_THAT(verdict.out, Not(HasSubstr("warning")));
  const Finished info = lockstep_here({"info", "take"});
  EXPECT_THAT(info.out, AllOf(HasSubstr("take take: complete, simulated"), HasSubstr("left.mkv"),
                              HasSubstr("middle.mkv"), HasSubstr("length reached")));
  EXPECT_EQ(lockstep_here({"recover", "take"}).status, 0) << "its files are as take.json says";
  EXPECT_FALSE(is_there("take/take.lock"));
  EXPECT_EQ(schema_problems(read_file(folder_ / "take/take.json"), "take"), "");
}

TEST_F(Recorder, SaysWhyATakeIsNotToBeJoined) {
  std::filesystem::create_directory(folder_ / "other");
  write_file(folder_ / "other/notes.txt", "mine");
  const Finished other = run({"--take", "other"});
  EXPECT_EQ(other.status, 1);
  EXPECT_EQ(one_line(other.err),
            "other holds other things than a take: name a folder that is not there yet");
  EXPECT_EQ(run({"--take", "take", "-l", "0"}).status, 0);
  EXPECT_EQ(one_line(run({"--take", "take", "--device", "1"}).err),
            "take is a take that has ended: name a folder that is not there yet");
}

TEST_F(Recorder, EndsWithAWholeFileOnCtrlC) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const auto recorder = start({"one.mkv"}, "Press Ctrl-C to stop recording.\n");
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    recorder->signal(signal);
    const Finished ended = recorder->wait();
    EXPECT_EQ(ended.status, 0) << ended.err;
    EXPECT_THAT(ended.out, EndsWith("Stopping recording...\nSaving recording...\nDone\n"));
    const Finished info = lockstep_here({"info", "one.mkv"});
    EXPECT_EQ(info.status, 0);
    EXPECT_THAT(info.out, HasSubstr("nothing is wrong with it"));
  }
  EXPECT_TRUE(is_there("one.old.mkv")) << "the first was moved aside";
}

TEST_F(Recorder, RecordsToItsEndWhenNobodyReadsItsLinesAnyMore) {
  use_rendered_rig(0.1);  // what it says of that comes after the first line
  const std::string script =
      "{ '" LOCKSTEP_RECORDER "' -c 720p -l 1 one.mkv; echo $? >code; } 2>&1 | head -n 1";
  const Finished piped =
      RunningProgram("/bin/sh", {"-c", script}, environment(), folder_.path()).wait();
  EXPECT_EQ(piped.out, "Device serial number: virtual-0001\n");
  EXPECT_EQ(read_file(folder_ / "code"), "0\n");
  EXPECT_THAT(lockstep_here({"info", "one.mkv"}).out, HasSubstr("nothing is wrong with it"));
}

TEST_F(Recorder, SavesAWholeFileWhenItsTerminalIsClosed) {
  ProgramOnTerminal recorder(LOCKSTEP_RECORDER, {"-c", "720p", "one.mkv"}, environment(),
                             folder_.path());
  ASSERT_TRUE(recorder.shows("\rrecording, ")) << recorder.shown();  // what the end would remove
  recorder.hang_up();
  EXPECT_EQ(recorder.wait(), 0);
  EXPECT_THAT(lockstep_here({"info", "one.mkv"}).out, HasSubstr("nothing is wrong with it"));
}

/// A limit on the size of a file stands for a disk that fills up.
TEST_F(Recorder, CountsWhatIsInTheFileWhereTheDiskTookNoMore) {
  const std::string script = "ulimit -f 30000; exec '" LOCKSTEP_RECORDER "' -c 720p -l 60 one.mkv";
  const Finished full =
      RunningProgram("/bin/sh", {"-c", script}, environment(), folder_.path()).wait();
  EXPECT_EQ(full.status, 1);
  EXPECT_THAT(full.err, HasSubstr("its disk may be full"));
  const Finished info = lockstep_here({"info", "one.mkv", "--json"});
  const auto json = nlohmann::json::parse(info.out, nullptr, false);
  const auto frames = named(json["streams"], "depth")["frames"].get<int>();
  EXPECT_GT(frames, 0);
  EXPECT_THAT(one_line(full.err),
              HasSubstr("one.mkv: " + std::to_string(frames) + " captures over "));
}

TEST_F(Recorder, GivesBackTheNameWhereTheDiskTookNotEvenTheHead) {
  const std::string script = "ulimit -f 8; exec '" LOCKSTEP_RECORDER "' -c 720p -l 1 one.mkv";
  const auto run_without_room = [&] {
    return RunningProgram("/bin/sh", {"-c", script}, environment(), folder_.path()).wait();
  };
  EXPECT_THAT(run_without_room().err, HasSubstr("k4a_record_write_header() returned 1"));
  EXPECT_FALSE(is_there("one.mkv"));
  write_file(folder_ / "one.mkv", "of before");
  const Finished full = run_without_room();
  EXPECT_EQ(full.status, 1);
  EXPECT_THAT(full.err, StartsWith("the one.mkv that was there is one.old.mkv now\n"
                                   "one.old.mkv is one.mkv again\n"
                                   "Runtime error: k4a_record_write_header() returned 1"));
  EXPECT_EQ(read_file(folder_ / "one.mkv"), "of before");
  EXPECT_FALSE(is_there("one.old.mkv"));
}

TEST_F(Recorder, LeavesNoFileWhereNothingCame) {
  for (const Words& where : {Words{"sub.mkv"}, Words{"--take", "take"}}) {
    Words words{"--device", "1"};
    words.insert(words.end(), where.begin(), where.end());
    const auto recorder = waiting(words);
    recorder->signal(SIGINT);
    const Finished ended = recorder->wait();
    EXPECT_EQ(ended.status, 0) << ended.err;
    EXPECT_THAT(ended.err, HasSubstr("nothing was recorded"));
  }
  EXPECT_FALSE(is_there("sub.mkv") || is_there("take/middle.mkv"));
}

// Exposures are not in the vendor's format.
TEST_F(Recorder, AsksForOneExposureWithColourOffToo) {
  const auto start_with = [this](Words words, const std::string& sign) {
    words.insert(words.end(), {"--imu", "OFF", "-r", "15", "-l", "1", "--device-time"});
    return start(words, sign);
  };
  const std::string sub_sign = "Waiting for signal from master";
  const auto right = start_with({"--device", "2", "--external-sync", kSubordinate, "-c", "OFF",
                                 "--sync-delay", "320", "sub2.mkv"},
                                sub_sign);
  const auto middle = start_with({"--device", "1", "--external-sync", kSubordinate, "--sync-delay",
                                  "160", "-e", "8330", "sub1.mkv"},
                                 sub_sign);
  const auto left = start_with({"--external-sync", kMaster, "-e", "8330", "master.mkv"}, "Device");
  EXPECT_EQ(left->wait().err.find("exposure"), std::string::npos);
  EXPECT_EQ(middle->wait().err.find("exposure"), std::string::npos);
  EXPECT_THAT(right->wait().err, AllOf(HasSubstr("warning: the exposure is automatic"),
                                       HasSubstr("colour off"), HasSubstr("-e 8330")));
  const Finished verdict = lockstep_here({"verify", "master.mkv", "sub1.mkv", "sub2.mkv"});
  EXPECT_EQ(verdict.status, 1) << verdict.out;
  EXPECT_THAT(one_line(verdict.out),
              AllOf(HasSubstr("exposures of master and sub2 differ by about 83"),
                    HasSubstr("manual exposure on all cameras")));
}

TEST_F(Recorder, LeavesARenderingThatTakesLongOnCtrlC) {
  use_rendered_rig(30);
  for (const int signal : {SIGINT, SIGTERM}) {
    const auto recorder = start({"one.mkv"}, "Device version");
    while (recorder->err_so_far().find("rendering") == std::string::npos)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    recorder->signal(signal);
    const Finished ended = recorder->wait();
    EXPECT_EQ(ended.status, 0) << ended.err;
    EXPECT_THAT(ended.err, HasSubstr("nothing was recorded"));
    EXPECT_THAT(ended.out, Not(HasSubstr("Device started")));
  }
  EXPECT_FALSE(is_there("one.mkv") || is_there("cache/lockstep"));
}

/// Wherever it comes: the cameras may run by then, and the IMU not yet.
TEST_F(Recorder, LeavesAStartOnCtrlC) {
  for (int i = 0; i < 24; ++i) {
    const auto recorder = start({"one.mkv"}, "Device version");
    std::this_thread::sleep_for(std::chrono::microseconds(i % 8 * 500));
    recorder->signal(SIGINT);
    const Finished ended = recorder->wait();
    ASSERT_EQ(ended.status, 0) << ended.err;
    ASSERT_THAT(ended.err, Not(HasSubstr("Runtime error")));
  }
}

// Stamps alone cannot show it: the clocks are whole frames apart.
TEST_F(Recorder, TellsASubordinateThatItsMasterWasFirst) {
  const auto left = master({"--device", "0", "-l", "4", "--take", "take"});
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  const Finished right =
      run({"--device", "1", "--external-sync", "sub", "-e", "8330", "-l", "1", "--take", "take"});
  EXPECT_EQ(right.status, 0);
  EXPECT_THAT(right.err, HasSubstr("not started by one pulse"));
  EXPECT_EQ(left->wait().status, 0);
  EXPECT_THAT(lockstep_here({"verify", "take"}).out, HasSubstr("UNPROVED"));
  EXPECT_THAT(lockstep_here({"info", "take"}).out, HasSubstr("the clock of middle began"));
}

TEST_F(Recorder, NamesTheDeviceThatItCannotHave) {
  const Finished none = RunningProgram(LOCKSTEP_RECORDER, {"a.mkv"}).wait();
  EXPECT_EQ(none.status, 1);
  EXPECT_EQ(none.err, "No devices connected.\n");
  EXPECT_EQ(RunningProgram(LOCKSTEP_RECORDER, {"--list"}).wait().out, "No devices connected.\n");
  EXPECT_THAT(run({"--list"}).out,
              HasSubstr("Index:1\tSerial:virtual-0002\tColor:1.6.110\tDepth:1.6.79\n"));
  const Finished wrong = run({"--device", "3", "a.mkv"});
  EXPECT_EQ(wrong.status, 1);
  EXPECT_THAT(wrong.err, HasSubstr("there is no device 3"));
  const Finished unknown = run({"--serial", "000123450112", "a.mkv"});
  EXPECT_EQ(unknown.status, 1);
  EXPECT_THAT(unknown.err, HasSubstr("serial number 000123450112"));
  const auto other = waiting({"--device", "1", "b.mkv"});
  const Finished busy = run({"--device", "1", "a.mkv"});
  EXPECT_EQ(busy.status, 1);
  EXPECT_THAT(busy.err, AllOf(StartsWith("Runtime error: k4a_device_open() returned 1: "),
                              HasSubstr("middle")));
  const Finished busy_too = run({"--serial", "virtual-0002", "a.mkv"});
  EXPECT_EQ(busy_too.status, 1);
  EXPECT_THAT(one_line(busy_too.err), HasSubstr("middle (virtual-0002) is open already"));
  EXPECT_THAT(run({"--list"}).out, HasSubstr("Index:1\tin use"));
  EXPECT_FALSE(is_there("a.mkv"));
}

/// The serial is what a file says, and goes to a terminal.
TEST_F(Recorder, ListsNothingThatDrivesTheTerminal) {
  ASSERT_EQ(run({"-l", "0", "one.mkv"}).status, 0);
  std::string file = read_file(folder_ / "one.mkv");
  const std::string serial = "virtual-0001";
  const size_t tag = file.find(serial, file.find("K4A_DEVICE_SERIAL_NUMBER"));
  ASSERT_NE(tag, std::string::npos);
  file.replace(tag, serial.size(), "virt\033[2J\n001");
  write_file(folder_ / "forged.mkv", file);
  const auto list_of = [this](const char* name) {
    return RunningProgram(
               LOCKSTEP_RECORDER, {"--list"},
               {std::string("LOCKSTEP_RIG=") + name, "XDG_RUNTIME_DIR=" + folder_.path().string()},
               folder_.path())
        .wait()
        .out;
  };
  EXPECT_THAT(list_of("forged.mkv"), StartsWith("Index:0\tSerial:virt?[2J?001\tColor:1.6.110"));
  EXPECT_THAT(list_of("no\033[2J such.toml"),
              StartsWith("No devices connected. LOCKSTEP_RIG=no?[2J such.toml: "));
}

TEST_F(Recorder, SaysWhyACameraDoesNotStart) {
  const Finished plug = master({"--device", "1", "a.mkv"})->wait();
  EXPECT_EQ(plug.status, 1);
  EXPECT_THAT(plug.err, StartsWith("Runtime error: k4a_device_start_cameras() returned 1: "));
  const Finished no_cable = run({"--external-sync", "sub", "-e", "8330", "a.mkv"});
  EXPECT_EQ(no_cable.status, 1);
  EXPECT_THAT(one_line(no_cable.err),
              StartsWith("Runtime error: k4a_device_start_cameras() returned 1: virtual-0001: a "
                         "subordinate needs a cable in Sync In"));
  const Finished delay = run({"--depth-delay", "50000", "a.mkv"});
  EXPECT_EQ(delay.status, 1);
  EXPECT_THAT(delay.err, StartsWith("Runtime error: k4a_device_start_cameras() returned 1: "));
}

TEST_F(Recorder, RefusesATargetBeforeItTouchesTheCamera) {
  std::filesystem::create_directory(folder_ / "folder");
  for (const char* target : {"no/such/folder/a.mkv", "folder", "/proc/a.mkv", "/dev/null"}) {
    const Finished refused = run({target});
    EXPECT_EQ(refused.status, 1) << target;
    EXPECT_THAT(refused.err, StartsWith("cannot create the recording ")) << target;
    EXPECT_EQ(refused.out, "") << target;
  }
}

/// Also while the first capture is awaited, and where a file of that name is to be moved aside.
TEST_F(Recorder, LeavesAFileToTheRecorderThatHasIt) {
  write_file(folder_ / "old.mkv", "of before");
  for (const char* name : {"new.mkv", "old.mkv"}) {
    const auto first = waiting({"--device", "1", name});
    const Finished second = run({"--device", "0", "-l", "1", name});
    EXPECT_EQ(second.status, 1) << name;
    EXPECT_THAT(second.err, HasSubstr("another recorder has that name"));
    EXPECT_EQ(second.out, "");
    first->signal(SIGINT);
    EXPECT_EQ(first->wait().status, 0);
  }
  EXPECT_FALSE(is_there("new.mkv"));
  EXPECT_EQ(read_file(folder_ / "old.mkv"), "of before");
  const auto first = start({"old.mkv"}, "Press Ctrl-C");
  const Finished second = run({"--device", "1", "-l", "1", "old.mkv"});
  EXPECT_EQ(second.status, 1);
  EXPECT_THAT(second.err, HasSubstr("another recorder has that name"));
  first->signal(SIGINT);
  EXPECT_EQ(first->wait().status, 0);
  EXPECT_EQ(read_file(folder_ / "old.old.mkv"), "of before");
  EXPECT_THAT(lockstep_here({"info", "old.mkv"}).out,
              AllOf(HasSubstr("virtual-0001"), HasSubstr("nothing is wrong with it")));
  EXPECT_FALSE(is_there("old.old2.mkv"));
}

TEST_F(Recorder, ShowsItsOptionsWhereNoFileIsNamed) {
  const Finished usage = run({});
  EXPECT_EQ(usage.status, 0);
  EXPECT_THAT(usage.out, HasSubstr("output.mkv"));
  EXPECT_EQ(run({"--help"}).out, usage.out);
  const Finished unknown = run({"--no-such-option", "a.mkv"});
  EXPECT_EQ(unknown.status, 1);
  EXPECT_EQ(unknown.err, "--no-such-option: there is no such option\n");
}

TEST_F(Recorder, HasACompletionAndAManualThatKnowItsOptions) {
  const auto recorder = [](const std::vector<std::string>& words) {
    return RunningProgram(LOCKSTEP_RECORDER, words).wait();
  };
  const Finished bash = recorder({"--completion", "bash"});
  EXPECT_EQ(bash.status, 0);
  EXPECT_THAT(bash.out, AllOf(HasSubstr("complete -o filenames -F _k4arecorder k4arecorder"),
                              HasSubstr("\"--sync-delay\") files=no choices=\"\""),
                              HasSubstr("\"-r\"|\"--rate\") files=no choices=\"5 15 30\"")));
  // What a shell makes of it.
  const std::string ask = bash.out +
                          "COMP_WORDS=(k4arecorder --external-sync S); COMP_CWORD=2; _k4arecorder; "
                          "echo ${COMPREPLY[@]}; COMP_WORDS=(k4arecorder --tak); COMP_CWORD=1; "
                          "_k4arecorder; echo ${COMPREPLY[@]}";
  EXPECT_EQ(RunningProgram("/bin/bash", {"-c", ask}).wait().out,
            "Standalone Subordinate Sub\n--take\n");
  EXPECT_THAT(
      recorder({"--completion", "zsh"}).out,
      AllOf(StartsWith("#compdef k4arecorder\n"),
            HasSubstr("[ \"$funcstack[1]\" = \"_k4arecorder\" ]; then\n  _k4arecorder \"$@\"")));
  const Finished fish = recorder({"--completion", "fish"});
  EXPECT_EQ(fish.status, 1);
  EXPECT_THAT(fish.err, HasSubstr("--completion: there is no 'fish': choose one of bash, zsh"));
  EXPECT_THAT(recorder({"--manual"}).out,
              AllOf(HasSubstr(".TH K4ARECORDER 1"), HasSubstr("\\-\\-external\\-sync"),
                    HasSubstr("Exit codes:")));
}

}  // namespace
}  // namespace lockstep::testing
