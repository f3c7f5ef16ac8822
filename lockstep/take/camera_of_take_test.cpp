// SPDX-License-Identifier: MIT
#include "lockstep/take/camera_of_take.h"

#include <gtest/gtest.h>

#include "tests/support/small_take.h"

namespace lockstep {
namespace {

using testing::SmallTake;
using testing::ticks;

TEST(CameraOfTake, IsReadFromTheFirstPartThatHasFrames) {
  SmallTake take;
  take.set_calibration(testing::read_file(testing::factory_calibration_file()));
  take.add_part(0, ticks(0, 5), 100'000, true);
  take.add_part(1, ticks(0, 1), 100'000, true);
  take.add_part(1, ticks(2, 5), 100'000, true);
  take.tear_before_first_frame(1, 0);
  take.save();
  const auto reader = SetReader::open(take.folder());
  ASSERT_TRUE(reader) << reader.error().message;
  EXPECT_EQ((*reader)->first_file(1), take.folder() / "b.part2.mkv");
  const auto camera = camera_of_take(**reader, 1);
  ASSERT_TRUE(camera) << camera.error().message;
  EXPECT_EQ(camera->name, "b");
  EXPECT_EQ(camera->depth.width_px, 320);
}

}  // namespace
}  // namespace lockstep
