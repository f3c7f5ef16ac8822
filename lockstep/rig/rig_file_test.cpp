// SPDX-License-Identifier: MIT
#include "lockstep/rig/rig_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "tests/support/files.h"

namespace lockstep {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::TestWithParam;
using ::testing::ValuesIn;

const std::filesystem::path kExamples = lockstep::testing::source_file("examples/rigs");

TEST(RigFile, DemoIsTheFirstExampleByteForByte) {
  EXPECT_EQ(demo_rig_toml(),
            lockstep::testing::read_file(kExamples / "01-chain-of-three-virtual.toml"));
}

TEST(RigFile, EveryExampleCanBeRead) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kExamples)) {
    if (entry.path().extension() != ".toml") continue;
    ++count;
    const auto rig = read_rig_file(entry.path());
    EXPECT_TRUE(rig) << rig.error().message;
  }
  EXPECT_GE(count, 1);
}

TEST(RigFile, DefaultsMergeUnderEachCamera) {
  const auto rig = parse_rig(R"(
rig = { name = "pair", frame_rate = 15, source = "a" }
all_cameras = { exposure_us = 8330, gain = 10, powerline_hz = 50, depth_mode = "WFOV_UNBINNED", host = "pc-1" }
camera = [
  { name = "a", serial = "000000000001" },
  { name = "b", serial = "000000000002", gain = 20, subordinate_delay_us = 334, color_mode = "OFF", exposure_us = "auto" } ]
cable = [ { from = "a.out", to = "b.in", length_m = 2.5 } ])",
                             "pair.toml");
  ASSERT_TRUE(rig) << rig.error().message;
  EXPECT_FALSE(rig->is_virtual());
  const RigCamera& a = rig->cameras[0];
  const RigCamera& b = rig->cameras[1];
  EXPECT_EQ(a.config.gain, 10);
  EXPECT_EQ(b.config.gain, 20);
  EXPECT_EQ(a.config.exposure, Micros(8330));
  EXPECT_EQ(b.config.exposure, std::nullopt);
  EXPECT_EQ(b.config.depth_mode, DepthMode::wfov_unbinned);
  EXPECT_EQ(b.config.frame_rate, FrameRate::fps15);
  EXPECT_FALSE(a.has_subordinate_delay);
  EXPECT_TRUE(b.has_subordinate_delay);
  EXPECT_FALSE(b.config.color_on());
  EXPECT_EQ(b.host, "pc-1");
  EXPECT_EQ(b.where.line, 6);
  EXPECT_EQ(rig->cables[0].length_m, 2.5);
}

TEST(RigFile, VirtualSerialsImplyAWorld) {
  const auto rig = parse_rig("camera = [ { name = \"a\", serial = \"virtual-0001\" } ]", "x");
  ASSERT_TRUE(rig);
  EXPECT_TRUE(rig->is_virtual());
  EXPECT_EQ(rig->cameras[0].config.powerline, Powerline::hz60);
}

TEST(RigFile, FaultsOfTheWorldAreRead) {
  const auto rig = parse_rig(R"(
camera = [ { name = "a", serial = "virtual-0001" } ]
world = { seed = 7, stamp_meaning = "start-of-frame", clock = "free-running", q = -0.5, faults = [
  { camera = "a", kind = "lose-tick", at_s = 1.5, count = 2 } ] })",
                             "x");
  ASSERT_TRUE(rig) << rig.error().message;
  EXPECT_EQ(rig->world->seed, 7u);
  EXPECT_EQ(rig->world->stamp_meaning, StampMeaning::start_of_frame);
  EXPECT_EQ(rig->world->clock, ClockModel::free_running);
  ASSERT_EQ(rig->world->faults.size(), 1u);
  EXPECT_EQ(rig->world->faults[0].kind, FaultKind::lose_tick);
  EXPECT_EQ(rig->world->faults[0].count, 2);
}

struct Bad {
  const char* name;
  const char* toml;
  const char* message;  ///< part of the error, with its line
};

#define CAMERA(fields) "camera = [ { name = \"a\", serial = \"virtual-0001\"" fields " } ]\n"
#define TWO                                                                           \
  "camera = [ { name = \"a\", serial = \"virtual-0001\" }, { name = \"b\", serial = " \
  "\"virtual-0002\" } ]\n"

const Bad kBad[] = {
    {"ColorModeMisspelt",
     "camera = [ { name = \"a\", serial = \"virtual-0001\", color_mode = "
     "\"BGRA_2106P\" } ]",
     "BGRA_2160P"},
    {"Syntax", "rig = {", "x.toml:1: this is not TOML"},
    {"OpenQuote", "rig = { name = \"a }\n" CAMERA(""), "is a quote or bracket left open"},
    {"TableTwice", "rig = { name = \"a\" }\nrig = { name = \"b\" }\n",
     "x.toml:2: 'rig' is there twice"},
    {"Empty", "", "the rig has no camera"},
    {"EmptyList", "\ncamera = []", "x.toml:2: the rig has no camera"},
    {"UnknownTable", CAMERA("") "wurld = { }",
     "x.toml:2: unknown key 'wurld' in the rig file: did you mean 'world'?"},
    {"UnknownKey", CAMERA(", deph_mode = \"OFF\""),
     "unknown key 'deph_mode' in camera 'a': did you mean 'depth_mode'?"},
    {"UnknownValue", CAMERA(", family = \"kinect-azure\""),
     "it is one of 'azure-kinect', 'femto-bolt' or 'femto-mega'"},
    {"UnknownColor", CAMERA(", color_mode = \"MJPG_1080\""), "did you mean 'MJPG_1080P'?"},
    {"UnknownDepth", CAMERA(", depth_mode = \"NFOV\""), "no camera has the depth mode 'NFOV'"},
    {"WrongType", CAMERA(", gain = \"high\""), "'gain' of camera 'a' must be a number"},
    {"OutOfRange", CAMERA(", gain = 256"), "must be from 0 to 255"},
    {"NotANumber", CAMERA(", settle_s = nan"), "must be from 0 to 600"},
    {"NoSuchRate", "rig = { frame_rate = 29 }\n" CAMERA(""), "x.toml:1: no camera runs at 29 fps"},
    {"NegativeRate", "rig = { frame_rate = -30 }\n" CAMERA(""),
     "no camera runs at -30 fps: take 5, 15 or 30"},
    {"CameraRate", CAMERA(", frame_rate = 2000"), "no camera runs at 2000 fps: take 5, 15 or 30"},
    {"FractionalRate", "rig = { frame_rate = 29.97 }\n" CAMERA(""), "no camera runs at 29.97 fps"},
    {"WrongUnit", CAMERA(", subordinate_delay_us = 2"), "did you mean 2000 us (2 ms)?"},
    {"WrongUnitNegative", CAMERA(", depth_delay_us = -11"), "delays are in microseconds"},
    {"NoName", "camera = [ { serial = \"virtual-0001\" } ]", "a camera without a name"},
    {"EmptyName", "camera = [ { name = \"\", serial = \"virtual-0001\" } ]",
     "a camera with an empty name"},
    {"NoSerial", "camera = [ { name = \"a\" } ]", "camera 'a' has no serial"},
    {"ShortSerial", "camera = [ { name = \"a\", serial = \"1234\" } ]", "has 4 characters"},
    {"SameName",
     "camera = [ { name = \"a\", serial = \"virtual-0001\" },\n { name = \"a\", serial = "
     "\"virtual-0002\" } ]",
     "x.toml:2: the name 'a' is already taken in line 1"},
    {"SameSerial",
     "camera = [ { name = \"a\", serial = \"virtual-0001\" },\n { name = \"b\", serial = "
     "\"virtual-0001\" } ]",
     "x.toml:2: camera 'b' has the serial 'virtual-0001' of camera 'a' in line 1"},
    {"SameNameInAnotherCase",
     "camera = [ { name = \"Left\", serial = \"virtual-0001\" },\n { name = \"left\", serial = "
     "\"virtual-0002\" } ]",
     "x.toml:2: the camera names 'Left' (line 1) and 'left' differ only by case"},
    {"NameWithSlash", "camera = [ { name = \"../a\", serial = \"virtual-0001\" } ]",
     "is not fit for a file"},
    {"Mixed",
     "camera = [ { name = \"a\", serial = \"virtual-0001\" },\n { name = \"b\", serial = "
     "\"000000000001\", powerline_hz = 50 } ]",
     "'a' is virtual and camera 'b' is real"},
    {"WorldOfReal",
     "camera = [ { name = \"b\", serial = \"000000000001\", powerline_hz = 50 } ]\nworld = { }",
     "the rig has a world"},
    {"NoPowerline", "camera = [ { name = \"b\", serial = \"000000000001\" } ]",
     "no powerline_hz for 'b'"},
    {"OddPowerline", CAMERA(", powerline_hz = 400"), "mains are 50 or 60 Hz"},
    {"SourceOfNobody", "rig = { source = \"lefft\" }\n" CAMERA(""),
     "x.toml:1: 'source' of rig names 'lefft'"},
    {"CableToNobody", TWO "cable = [ { from = \"a.out\", to = \"bb.in\" } ]",
     "x.toml:2: 'to' of a cable names 'bb', and there is no such camera or box: did you mean 'b'?"},
    {"CableBackwards", TWO "cable = [ { from = \"a.in\", to = \"b.in\" } ]",
     "a cable starts at an output"},
    {"CableIntoOutput", TWO "cable = [ { from = \"a.out\", to = \"b.out\" } ]",
     "a cable ends at an input"},
    {"NoSuchPort", TWO "cable = [ { from = \"a.outt\", to = \"b.in\" } ]",
     "camera 'a' has no port 'outt': did you mean 'out'?"},
    {"NoPort", TWO "cable = [ { from = \"a\", to = \"b.in\" } ]",
     "write the camera or box and its port"},
    {"CableIntoGenerator",
     CAMERA("") "box = [ { name = \"g\", kind = \"generator\" } ]\ncable = [ { from = \"a.out\", "
                "to = \"g.in\" } ]",
     "the generator 'g' has no input"},
    {"BoxWithoutKind", CAMERA("") "box = [ { name = \"g\" } ]", "box 'g' has no kind"},
    {"NeverOverlapNobody", TWO "lasers = { never_overlap = [ [\"a\", \"c\"] ] }",
     "'never_overlap' names 'c'"},
    {"NeverOverlapFlat", TWO "lasers = { never_overlap = [ \"a\", \"b\" ] }",
     "names two cameras or more"},
    {"FaultOfNobody", CAMERA("") "world = { faults = [ { camera = \"z\", kind = \"restart\" } ] }",
     "a fault names 'z'"},
    {"FaultUnknown", CAMERA("") "world = { faults = [ { camera = \"a\", kind = \"lose-tik\" } ] }",
     "did you mean 'lose-tick'?"},
    {"WorldOfAnHour", CAMERA("") "world = { period_s = 3600 }", "108000 of each sensor"},
    {"WorldBoardTooLong",
     CAMERA("") "world = { board_ticks = 901, board = { kind = \"charuco\", squares = \"9x7\", "
                "square_mm = 80, marker_mm = 60, dictionary = \"DICT_5X5_250\" } }",
     "'board_ticks' of world is 901"},
    {"WorldBoardWithAPeriod",
     CAMERA("") "world = { period_s = 1, board = { kind = \"charuco\", squares = \"9x7\", "
                "square_mm = 80, marker_mm = 60, dictionary = \"DICT_5X5_250\" } }",
     "one with a 'board' lasts as long as that is shown"},
    {"WorldTicksWithoutABoard", CAMERA("") "world = { board_ticks = 30 }", "there is no 'board'"},
    {"WorldBoardWithoutSize", CAMERA("") "world = { board = { kind = \"charuco\" } }",
     "the board has no 'square_mm'"},
    {"WorldBoardTooLongForItsPairs",
     "camera = [ { name = \"a\", serial = \"virtual-0001\" }, { name = \"b\", serial = "
     "\"virtual-0002\" }, { name = \"c\", serial = \"virtual-0003\" } ]\nworld = { board_ticks = "
     "500, board = { kind = \"charuco\", squares = \"9x7\", square_mm = 80, marker_mm = 60, "
     "dictionary = \"DICT_5X5_250\" } }",
     "shown for 1000 frames in all"},
    {"OtherSchema", "schema = 2\n" CAMERA(""), "this rig file has schema 2"},
    {"ArrayInsteadOfTable", "rig = []\n" CAMERA(""), "'rig' of the rig file must be a table"},
    {"TextInsteadOfCameras", "camera = \"a\"", "'camera' of the rig file must be a list of tables"},
};

class BadRig : public TestWithParam<Bad> {};

TEST_P(BadRig, IsRefusedWithASentence) {
  const auto rig = parse_rig(GetParam().toml, "x.toml");
  ASSERT_FALSE(rig);
  EXPECT_EQ(rig.error().code, Errc::unusable_input);
  EXPECT_THAT(rig.error().message, HasSubstr(GetParam().message));
  EXPECT_THAT(rig.error().message, Not(HasSubstr("x.toml:0")));
}

INSTANTIATE_TEST_SUITE_P(Rows, BadRig, ValuesIn(kBad),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(RigFile, SaysEverythingThatIsWrongInOneGo) {
  const auto rig =
      parse_rig("rig = { frame_rate = 29 }\nwurld = 1\n" CAMERA(", gain = 256"), "x.toml");
  ASSERT_FALSE(rig);
  std::vector<std::string> lines;
  std::istringstream text(rig.error().message);
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  EXPECT_THAT(lines, ElementsAre(HasSubstr("x.toml:1: "), HasSubstr("x.toml:2: "),
                                 HasSubstr("x.toml:3: ")));
}

// A slip in one place must not be reported again wherever it shows.
TEST(RigFile, OneCauseIsOneError) {
  const std::string cables =
      "cable = [ { from = \"a.out\", to = \"b.in\" } ]\nrig = { source = \"a\" }\n"
      "lasers = { never_overlap = [ [\"a\", \"b\"] ] }\n";
  const std::string bad[] = {
      "camera = [ { nme = \"a\", serial = \"virtual-0001\" }, { name = \"b\", serial = "
      "\"virtual-0002\" } ]\n" +
          cables,
      "camera = [ { name = \"a\", serial = \"virtual-0001\" }, { serial = \"virtual-0002\" } ]\n" +
          cables,
      "camera = [ { name = \"a\", serial = \"virtual-0001\" }, { name = \"a\", serial = "
      "\"virtual-0002\" } ]\n" +
          cables,
      "camera = [ { name = \"a\", serial = \"vitual-0001\" }, { name = \"b\", serial = "
      "\"virtual-0002\" } ]\n" +
          cables,
      "camera = \"a\"\n" + cables,
      "camra = [ { name = \"a\", serial = \"virtual-0001\" } ]\n",
      TWO "cable = [ { from = \"b.in\", to = \"a.out\" } ]\n",
      TWO "cable = [ { form = \"a.out\", to = \"b.in\" } ]\n",
  };
  for (const std::string& toml : bad) {
    const auto rig = parse_rig(toml, "x.toml");
    ASSERT_FALSE(rig) << toml;
    EXPECT_THAT(rig.error().message, Not(HasSubstr("\n"))) << toml;
  }
}

TEST(RigFile, AFolderIsNoRigFile) {
  const auto rig = read_rig_file(kExamples);
  ASSERT_FALSE(rig);
  EXPECT_EQ(rig.error().code, Errc::unusable_input);
  EXPECT_THAT(rig.error().message, HasSubstr("is a folder"));
}

TEST(RigFile, AMissingFileIsNamed) {
  const auto rig = read_rig_file("/nowhere/rig.toml");
  ASSERT_FALSE(rig);
  EXPECT_EQ(rig.error().code, Errc::not_found);
  EXPECT_THAT(rig.error().message, HasSubstr("/nowhere/rig.toml"));
}

}  // namespace
}  // namespace lockstep
