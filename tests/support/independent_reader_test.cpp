// SPDX-License-Identifier: MIT
#include "tests/support/independent_reader.h"

#include <gmock/gmock.h>

#include "tests/support/files.h"

// What the independent reader makes of a file that is known to be right.

namespace lockstep::testing {

TEST(IndependentReader, ReadsTheRealRecording) {
  const auto walk = walk_independently(read_file(data_file("real-recording/recording.mkv")));
  EXPECT_EQ(walk.error, "");
  EXPECT_EQ(walk.doc_type, "matroska");
  EXPECT_THAT(walk.track_names, ::testing::ElementsAre("COLOR", "DEPTH", "IR", "IMU"));
  EXPECT_EQ(walk.tags.at("K4A_DEVICE_SERIAL_NUMBER"), "001514394512");
  EXPECT_EQ(walk.clusters, 2U);
  EXPECT_TRUE(walk.has_cues);
  EXPECT_EQ(walk.duration, 463945);
  EXPECT_THAT(walk.block_times.at(1), ::testing::ElementsAre(463945));
  EXPECT_THAT(walk.block_times.at(4), ::testing::ElementsAre(0));
}

}  // namespace lockstep::testing
