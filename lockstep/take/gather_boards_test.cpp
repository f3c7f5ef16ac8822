// SPDX-License-Identifier: MIT
#include "lockstep/take/gather_boards.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/small_take.h"

namespace lockstep {
namespace {

using ::testing::HasSubstr;
using testing::SmallTake;
using testing::ticks;

std::string refusal_of(const SmallTake& take) {
  take.save();
  const auto gathered = gather_boards(take.folder(), Board{});
  EXPECT_FALSE(gathered);
  if (gathered) return {};
  EXPECT_EQ(gathered.error().code, Errc::unusable_input);
  return gathered.error().message;
}

TEST(GatherBoards, RefusesCamerasThatNoSerialNumberTellsApart) {
  SmallTake take;
  take.set_calibration(testing::read_file(testing::factory_calibration_file()));
  take.add_part(0, ticks(0, 5), 100'000, true);
  take.add_part(1, ticks(0, 5), 100'000, true);
  take.manifest().cameras[1].serial = take.manifest().cameras[0].serial;
  EXPECT_THAT(refusal_of(take), HasSubstr("'a' and 'b' both have the serial number 000000000001"));
  take.manifest().cameras[1].serial = "";
  EXPECT_THAT(refusal_of(take), HasSubstr("'b' was recorded without a serial number"));
}

}  // namespace
}  // namespace lockstep
