// SPDX-License-Identifier: MIT
#include "lockstep/geometry/opencv_lens.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(OpenCvLens, EightNumbersInItsOrder) {
  CameraModel lens;
  lens.k = {1, 2, 3, 4, 5, 6};
  lens.p1 = 7;
  lens.p2 = 8;
  EXPECT_EQ(opencv_distortion(lens), (std::array<double, 8>{1, 2, 7, 8, 3, 4, 5, 6}));
  lens.lens = LensModel::rational_6kt;
  EXPECT_FALSE(opencv_distortion(lens)) << "its cross terms have no factor two";
  lens.lens = LensModel::brown_conrady;
  lens.center_of_distortion.x() = 0.01;
  EXPECT_FALSE(opencv_distortion(lens));
}

}  // namespace
}  // namespace lockstep
