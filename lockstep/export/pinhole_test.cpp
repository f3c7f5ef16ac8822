// SPDX-License-Identifier: MIT
#include "lockstep/export/pinhole.h"

#include <gtest/gtest.h>

#include <cmath>

#include "lockstep/geometry/calibration.h"
#include "tests/support/files.h"
#include "tests/support/property.h"

namespace lockstep {
namespace {

CameraModel real_lens(ColorResolution resolution) {
  const auto factory = parse_calibration(testing::read_file(testing::factory_calibration_file()));
  EXPECT_TRUE(factory);
  return factory->color_camera(resolution);
}

/// A picture whose red tells the column and whose green tells the row, in steps of 8 pixels.
RgbPicture ramps(const CameraModel& camera) {
  RgbPicture picture(camera.width_px, camera.height_px);
  for (int y = 0; y < camera.height_px; ++y) {
    for (int x = 0; x < camera.width_px; ++x) {
      picture.row(y)[3 * x] = static_cast<uint8_t>(x / 8);
      picture.row(y)[3 * x + 1] = static_cast<uint8_t>(y / 8);
    }
  }
  return picture;
}

TEST(Pinhole, PicturesShowWhatTheLensSeesAlongEachRay) {
  const CameraModel lens = real_lens(ColorResolution::p720);
  const CameraModel pinhole = pinhole_of(lens);
  const RgbPicture straight = Undistortion(lens).picture(ramps(lens));
  testing::expect_property({1000, 100'000}, [&](testing::Dice& dice) {
    const int x = dice.in(0, lens.width_px), y = dice.in(0, lens.height_px);
    const Eigen::Vector3d ray((x - pinhole.cx_px) / pinhole.fx_px,
                              (y - pinhole.cy_px) / pinhole.fy_px, 1);
    const auto seen = project(lens, ray);
    ASSERT_TRUE(seen);
    const uint8_t* color = straight.row(y) + 3 * x;
    const bool inside = seen->x() >= 0 && seen->y() >= 0 && seen->x() <= lens.width_px - 1 &&
                        seen->y() <= lens.height_px - 1;
    // A step of the ramp may lie within a pixel of the place.
    EXPECT_NEAR(color[0], inside ? std::floor(seen->x() / 8) : 0, inside ? 1 : 0) << x << " " << y;
    EXPECT_NEAR(color[1], inside ? std::floor(seen->y() / 8) : 0, inside ? 1 : 0) << x << " " << y;
  });
}

TEST(Pinhole, SamplesAreTheNearestOnes) {
  const CameraModel lens = real_lens(ColorResolution::p720);
  std::vector<uint16_t> rows(static_cast<size_t>(lens.width_px) *
                             static_cast<size_t>(lens.height_px));
  for (size_t i = 0; i < rows.size(); ++i)
    rows[i] = static_cast<uint16_t>(1 + i / static_cast<size_t>(lens.width_px));
  const std::vector<uint16_t> straight = Undistortion(lens).samples(rows);
  const auto middle = static_cast<size_t>(lens.height_px / 2 * lens.width_px + lens.width_px / 2);
  EXPECT_EQ(straight[middle], rows[middle]) << "the middle of a lens stays where it is";
}

}  // namespace
}  // namespace lockstep
