// SPDX-License-Identifier: MIT
// Loose recordings, and takes that are not whole: what does not belong together, and what cannot be
// used, is said in a sentence with the exit code of a person's expectation.
#include <gmock/gmock.h>

#include "tests/e2e/simulated_take.h"

namespace lockstep::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

/// One healthy take of ten seconds, shared: nobody writes into it.
class VerifyFiles : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TempFolder;
    write_file(rig(), timing_rig());
    ASSERT_EQ(simulate(rig(), take(), 10).status, 0);
  }
  static void TearDownTestSuite() {
    delete folder_;
    folder_ = nullptr;
  }

  static fs::path rig() { return *folder_ / "rig.toml"; }
  static fs::path take() { return *folder_ / "take"; }
  static fs::path file(const std::string& camera) { return take() / (camera + ".mkv"); }
  /// Simulates a changed rig and returns its take.
  static fs::path other(const TempFolder& folder, const std::string& toml) {
    write_file(folder / "other.toml", toml);
    EXPECT_EQ(simulate(folder / "other.toml", folder / "other", 10).status, 0);
    return folder / "other";
  }
  static Finished verify(std::vector<std::string> words) {
    words.insert(words.begin(), "verify");
    return lockstep(words);
  }

  static TempFolder* folder_;
};
TempFolder* VerifyFiles::folder_ = nullptr;

TEST_F(VerifyFiles, OfOneTakeAreInStepInAnyOrder) {
  const Finished forth = verify({file("left"), file("middle"), file("right")});
  EXPECT_EQ(forth.status, 0) << forth.out << forth.err;
  EXPECT_THAT(forth.out, HasSubstr("gates: the defaults"));
  EXPECT_EQ(verify({file("right"), file("left"), file("middle")}).status, 0);
}

TEST_F(VerifyFiles, GivenTwiceAreWrongUse) {
  const Finished twice = verify({file("left"), take() / "." / "left.mkv"});
  EXPECT_EQ(twice.status, 2);
  EXPECT_THAT(twice.err, HasSubstr("is given twice"));
  EXPECT_EQ(verify({take(), file("left")}).status, 2);
}

TEST_F(VerifyFiles, OfOneCameraDoNotBelongTogether) {
  const TempFolder folder;
  fs::copy_file(file("right"), folder / "copy.mkv");
  const Finished copy = verify({file("left"), file("right"), folder / "copy.mkv"});
  EXPECT_EQ(copy.status, 1);
  EXPECT_THAT(copy.out, AllOf(HasSubstr("NOT one take"), HasSubstr("right.mkv and copy.mkv are of"),
                              HasSubstr("serial virtual-0003")));
}

TEST_F(VerifyFiles, OfTwoRigsHaveTwoMasters) {
  const TempFolder folder;
  std::string toml = timing_rig();
  for (const char* serial : {"virtual-0001", "virtual-0002", "virtual-0003"})
    toml = replaced(toml, serial, std::string("virtual-1") + (serial + 9));
  const fs::path second = other(folder, toml);
  const Finished masters = verify({file("left"), file("right"), second / "left.mkv"});
  EXPECT_EQ(masters.status, 1);
  EXPECT_THAT(masters.out, AllOf(HasSubstr("both master"), HasSubstr("one source")));
}

TEST_F(VerifyFiles, OfTwoRatesDoNotBelongTogether) {
  const TempFolder folder;
  const fs::path second =
      other(folder, replaced(timing_rig(), "frame_rate = 30", "frame_rate = 15"));
  const Finished rates = verify({file("left"), second / "middle.mkv"});
  EXPECT_EQ(rates.status, 1);
  EXPECT_THAT(rates.out, AllOf(HasSubstr("15 frames per second"), HasSubstr("has 30")));
}

TEST_F(VerifyFiles, OfAnotherYearDoNotBelongTogether) {
  const Finished years = verify({file("left"), data_file("real-recording/recording.mkv")});
  EXPECT_EQ(years.status, 1);
  EXPECT_THAT(years.out, AllOf(HasSubstr("was recorded"), HasSubstr("days after recording.mkv"),
                               HasSubstr("virtual camera and one is not")));
}

TEST_F(VerifyFiles, AreMatchedToARigByTheirSerials) {
  const TempFolder folder;
  fs::copy_file(file("left"), folder / "one.mkv");
  fs::copy_file(file("middle"), folder / "two.mkv");
  fs::copy_file(file("right"), folder / "left.mkv");  // the serial counts, not the name
  const std::vector<std::string> files{folder / "one.mkv", folder / "two.mkv", folder / "left.mkv"};
  const Finished named = verify({files[0], files[1], files[2], "--rig", rig()});
  EXPECT_EQ(named.status, 0) << named.out;
  EXPECT_THAT(named.out, AllOf(HasSubstr("right   sub"), HasSubstr("rig\n\"three-in-a-chain\"")));

  const Finished missing = verify({files[0], files[1], "--rig", rig()});
  EXPECT_EQ(missing.status, 1);
  EXPECT_THAT(missing.out, HasSubstr("no recording of right (serial virtual-0003)"));

  write_file(folder / "replaced.toml", replaced(timing_rig(), "virtual-0002", "virtual-0009"));
  const Finished replaced_one =
      verify({files[0], files[1], files[2], "--rig", folder / "replaced.toml"});
  EXPECT_EQ(replaced_one.status, 1);
  EXPECT_THAT(replaced_one.out,
              AllOf(HasSubstr("two.mkv (serial virtual-0002) is of no camera of rig"),
                    HasSubstr("no recording of middle (serial virtual-0009)")));
}

TEST_F(VerifyFiles, OfAnotherRigAreToldInOneSentence) {
  const TempFolder folder;
  std::string toml = timing_rig();
  for (const char* serial : {"virtual-0001", "virtual-0002", "virtual-0003"})
    toml = replaced(toml, serial, std::string("virtual-1") + (serial + 9));
  write_file(folder / "other.toml", toml);
  const Finished none = verify(
      {"--json", file("left"), file("middle"), file("right"), "--rig", folder / "other.toml"});
  EXPECT_EQ(none.status, 1);
  const json report = json::parse(none.out);
  ASSERT_EQ(report.at("findings").size(), 1U) << report.at("findings");
  EXPECT_THAT(report.at("findings")[0].at("message").get<std::string>(),
              HasSubstr("None of these recordings is of rig"));
}

TEST_F(VerifyFiles, AreJudgedAgainstTheDelaysOfTheRigFile) {
  const TempFolder folder;
  write_file(folder / "rig.toml",
             replaced(timing_rig(), "serial = \"virtual-0003\"",
                      "serial = \"virtual-0003\", subordinate_delay_us = 484"));
  const Finished planned =
      verify({"--json", file("left"), file("middle"), file("right"), "--rig", folder / "rig.toml"});
  EXPECT_EQ(planned.status, 1);
  const json report = json::parse(planned.out);
  EXPECT_NEAR(finding_of(report, "color-offset", "right").at("value").get<double>(), -150, 8);
  EXPECT_THAT(finding_of(report, "not-as-planned", "right").at("message").get<std::string>(),
              HasSubstr("484 us"));
}

TEST_F(VerifyFiles, SayWhatFamilyTheyAreTakenFor) {
  const std::string master = data_file("vendor-written/two-cameras-master.mkv"),
                    sub = data_file("vendor-written/two-cameras-sub.mkv");
  EXPECT_THAT(verify({master, sub}).out, HasSubstr("family of all: azure-kinect, assumed"));
  EXPECT_THAT(verify({master, sub, "--family", "femto-bolt"}).out,
              HasSubstr("family of all: femto-bolt, by --family"));
  EXPECT_EQ(verify({master, sub, "--family", "kinect"}).status, 2);
  EXPECT_THAT(verify({file("left"), file("right")}).out, ::testing::Not(HasSubstr("family")));
}

TEST_F(VerifyFiles, ThatAreTornAreJudgedAsFarAsTheyGo) {
  const TempFolder folder;
  const std::string whole = read_file(file("middle"));
  write_file(folder / "middle.mkv", whole.substr(0, whole.size() * 3 / 4));
  const Finished torn = verify({file("left"), folder / "middle.mkv", file("right")});
  EXPECT_EQ(torn.status, 0) << torn.out;
  EXPECT_THAT(torn.out, AllOf(HasSubstr("warning middle: middle.mkv: the file ends at byte"),
                              HasSubstr("only the range common to all is judged")));
}

TEST_F(VerifyFiles, OfAKilledRecorderAreReadWithTheOthers) {
  const Finished killed =
      verify({data_file("vendor-written/killed.mkv"), file("left"), file("middle")});
  EXPECT_EQ(killed.status, 1);
  EXPECT_THAT(killed.out, AllOf(HasSubstr("the recorder died"), HasSubstr("NOT one take")));
}

TEST_F(VerifyFiles, WithoutAnythingInThemCannotBeUsed) {
  const TempFolder folder;
  write_file(folder / "empty.mkv", "");
  write_file(folder / "text.mkv", "this is no recording");
  const std::string whole = read_file(file("middle"));
  write_file(folder / "head.mkv", whole.substr(0, whole.find("\x1F\x43\xB6\x75")));  // no cluster
  for (const char* name : {"empty.mkv", "text.mkv", "head.mkv", "absent.mkv"}) {
    const Finished bad = verify({file("left"), folder / name});
    EXPECT_EQ(bad.status, 2) << name << bad.out;
    EXPECT_THAT(bad.err, HasSubstr(name));
    EXPECT_EQ(bad.out, "");
  }
}

TEST_F(VerifyFiles, OfATakeThatVanishedAreMissed) {
  const TempFolder folder;
  fs::copy(take(), folder / "take");
  fs::remove(folder / "take" / "right.mkv");
  const Finished missed = verify({folder / "take"});
  EXPECT_EQ(missed.status, 1);
  EXPECT_THAT(one_line(missed.out),
              HasSubstr("right.mkv is missing: the take has it as the recording of right"));
  for (const char* name : {"left.mkv", "middle.mkv"}) fs::remove(folder / "take" / name);
  const Finished none = verify({folder / "take"});
  EXPECT_EQ(none.status, 2);
  EXPECT_THAT(none.err, HasSubstr("holds none of its recordings"));
}

TEST_F(VerifyFiles, OfATakeInAnyStateAreJudged) {
  const TempFolder folder;
  fs::copy(take(), folder / "take");
  const std::string manifest = read_file(folder / "take" / "take.json");
  const auto state = [&](const std::string& name) {
    write_file(folder / "take" / "take.json",
               replaced(manifest, "\"complete\"", "\"" + name + "\""));
    return verify({folder / "take"});
  };
  const Finished recording = state("recording");
  EXPECT_EQ(recording.status, 0);
  EXPECT_THAT(recording.out, HasSubstr("lockstep recover"));
  const Finished incomplete = state("incomplete");
  EXPECT_EQ(incomplete.status, 0);
  EXPECT_THAT(incomplete.out, HasSubstr("The take is incomplete"));
  write_file(folder / "take" / "take.json", "{");
  EXPECT_EQ(verify({folder / "take"}).status, 2);
}

/// Names come from outside; a terminal obeys what it gets.
TEST_F(VerifyFiles, WithControlCharactersInTheirNamesPrintNone) {
  const TempFolder folder;
  const fs::path odd = folder / "mid\x1b[2Jdle.mkv";
  fs::copy_file(file("middle"), odd);
  const Finished good = verify({file("left"), odd});
  EXPECT_EQ(good.status, 0) << good.err;
  const Finished info = lockstep({"info", odd});
  write_file(folder / "bro\x1b[2Jken.mkv", "no recording");
  const Finished bad = verify({file("left"), folder / "bro\x1b[2Jken.mkv"});
  EXPECT_EQ(bad.status, 2);
  for (const Finished& finished : {good, info, bad}) {
    EXPECT_THAT(finished.out + finished.err, ::testing::Not(HasSubstr("\x1b[2J")));
    EXPECT_THAT(finished.out + finished.err, HasSubstr("?[2J"));
  }
}

TEST_F(VerifyFiles, OfADamagedTakeSayWhatIsWrongInOurWords) {
  const TempFolder folder;
  fs::create_directories(folder / "torn");
  for (const char* text : {"{\"schema\": 1, \"kind\": \"lockstep-take\"}", "{\"schema\": 1,", "[]",
                           "{\"schema\": \"one\", \"kind\": \"lockstep-take\"}"}) {
    write_file(folder / "torn" / "take.json", text);
    for (const char* command : {"verify", "info"}) {
      const Finished finished = lockstep({command, folder / "torn"});
      EXPECT_EQ(finished.status, 2) << text;
      EXPECT_THAT(finished.err,
                  AllOf(HasSubstr("take.json"), ::testing::Not(HasSubstr("json.exception"))))
          << text;
    }
  }
}

// What a take keeps is its proof by the usual gates; a look by others must not replace it.
TEST_F(VerifyFiles, OfATakeByOtherGatesAreJudgedButNotKept) {
  const TempFolder folder;
  fs::copy(take(), folder / "take", fs::copy_options::recursive);
  const auto kept = [&] {
    return read_file(folder / "take" / "verify.json") + read_file(folder / "take" / "verify.html") +
           read_file(folder / "take" / "take.json");
  };
  const std::string before = kept();
  const std::vector<std::vector<std::string>> other_looks = {
      {folder / "take", "--color-offset-fail-us", "5000"},
      {folder / "take", "--clock", "free-running"},
      {folder / "take", "--rig", rig()},
      {folder / "take", "--against", take()}};
  for (const auto& words : other_looks) {
    const Finished looked = verify(words);
    EXPECT_EQ(looked.status, 0) << looked.out << looked.err;
    EXPECT_THAT(looked.out, HasSubstr("not kept in the take")) << words[1];
    EXPECT_EQ(kept(), before) << words[1];
  }
  const fs::path page = folder / "look.html";
  EXPECT_THAT(verify({folder / "take", "--clock", "free-running", "--html", page}).out,
              HasSubstr("page: " + page.string()));
  EXPECT_TRUE(fs::exists(page));
  EXPECT_THAT(verify({folder / "take"}).out, ::testing::Not(HasSubstr("not kept")));
}

TEST_F(VerifyFiles, AreNotComparedWithATakeOfOtherCameras) {
  const Finished other = verify({take(), "--against", data_file("golden/two-cameras.verify.json")});
  EXPECT_EQ(other.status, 2) << other.out;
  EXPECT_THAT(other.err, HasSubstr("so nothing can be compared"));
}

}  // namespace
}  // namespace lockstep::testing
