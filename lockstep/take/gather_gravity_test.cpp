// SPDX-License-Identifier: MIT
#include "lockstep/take/gather_gravity.h"

#include <gtest/gtest.h>

#include "tests/support/small_take.h"

namespace lockstep {
namespace {

using testing::SmallTake;
using testing::ticks;

TEST(GatherGravity, IsNotKnownWhereNoCameraRecordedInertialSamples) {
  SmallTake take;
  take.set_calibration(testing::read_file(testing::factory_calibration_file()));
  take.add_part(0, ticks(0, 2), 100'000, true);
  take.add_part(1, ticks(0, 2), 100'000, true);
  take.save();
  const auto reader = SetReader::open(take.folder());
  ASSERT_TRUE(reader) << reader.error().message;
  RigCalibration calibration;
  calibration.cameras.resize(2);
  const auto up = gather_gravity(**reader, calibration);
  ASSERT_TRUE(up) << up.error().message;
  EXPECT_FALSE(up->has_value());
}

}  // namespace
}  // namespace lockstep
