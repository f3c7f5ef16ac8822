// SPDX-License-Identifier: MIT
#include "lockstep/apps/k4arecorder/remarks.h"

#include <gmock/gmock.h>

namespace lockstep {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

/// Remarks of a recorder that was given five captures.
std::string at_end_of_disk(const Result<FileContent>& content) {
  RecorderOptions options;
  options.config.camera_fps = K4A_FRAMES_PER_SECOND_30;
  Remarks remarks(options);
  for (int64_t i = 0; i < 5; ++i) remarks.on_capture(200'000 + i * 33'333);
  return remarks.at_end_of_disk("a.mkv", content);
}

TEST(Remarks, OfAFullDiskCountWhatIsInTheFile) {
  EXPECT_EQ(at_end_of_disk(FileContent{.captures = 3, .seconds = 0.1, .whole = true}),
            "a.mkv: 3 captures over 0.1 s are in it, of 5 captures that came");
}

TEST(Remarks, NameRecoverWhereTheFileNeedsIt) {
  EXPECT_THAT(at_end_of_disk(FileContent{.captures = 3, .seconds = 0.1}),
              HasSubstr("`lockstep recover a.mkv`"));
  EXPECT_THAT(at_end_of_disk(Error{Errc::truncated, "no frame in it"}),
              AllOf(HasSubstr("none of the 5 captures"), EndsWith("no frame in it"),
                    Not(HasSubstr("recover"))));
}

TEST(Remarks, ACaptureWithoutAnImageIsRecordedAndCountsNoTick) {
  RecorderOptions options;
  options.config.camera_fps = K4A_FRAMES_PER_SECOND_30;
  Remarks remarks(options);
  for (const int64_t tick : {6, 7}) remarks.on_capture(tick * 100'000 / 3);
  remarks.on_capture(std::nullopt);
  remarks.on_capture(8 * 100'000 / 3);
  EXPECT_EQ(remarks.at_end("a.mkv", 2'000'000), "a.mkv: 4 captures over 0.1 s, 2.0 MB");
}

TEST(Remarks, TellsOnceThatTheClockJumpedBack) {
  const RecorderOptions options;
  Remarks remarks(options);
  EXPECT_EQ(remarks.on_capture(500'000), "");
  EXPECT_EQ(remarks.on_capture(533'333), "");
  EXPECT_THAT(remarks.on_capture(200'000), ::testing::HasSubstr("clock jumped back"));
  EXPECT_EQ(remarks.on_capture(100'000), "") << "said";
}

}  // namespace
}  // namespace lockstep
