// SPDX-License-Identifier: MIT
#include "lockstep/fuse/depth_fill.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "lockstep/fuse/clean_depth.h"
#include "lockstep/transform/transformation.h"
#include "tests/support/fusion_rig.h"

namespace lockstep {
namespace {

using testing::any_pose;
using testing::Dice;
using testing::expect_property;
using Rig = testing::FusionRig;
using testing::pixels;

FilledView filled(const std::vector<FusionCamera>& cameras, const std::vector<FusionImages>& images,
                  size_t target, FillOptions options = {},
                  const Kernels& kernels = best_kernels()) {
  FilledView view;
  auto fill = DepthFill::make(cameras, target, options, kernels);
  EXPECT_TRUE(fill.ok());
  EXPECT_TRUE(fill->fill(images, view).ok());
  return view;
}

TEST(DepthFill, OneCameraAloneIsItsOwnTransformation) {
  expect_property({3, 40}, [](Dice& dice) {
    const Rig rig(dice, 1);
    const FilledView view = filled(rig.cameras, rig.images(), 0);
    CleanDepth clean;
    const DepthCleaner cleaner(rig.cameras[0], best_kernels());
    cleaner.clean(rig.images()[0], clean);
    std::vector<uint16_t> smooth;
    cleaner.smooth(clean, smooth);
    std::vector<uint16_t> own(pixels(*rig.cameras[0].geometry.color));
    RC_ASSERT(Transformation(rig.cameras[0].geometry).depth_to_color(smooth, own).ok());
    const bool same = view.depth_mm == own;
    RC_ASSERT(same);
    for (size_t i = 0; i < own.size(); ++i) {
      RC_ASSERT(view.camera[i] == (own[i] == 0 ? kNoCamera : 0));
      RC_ASSERT((view.confidence[i] == 0) == (own[i] == 0));
    }
  });
}

TEST(DepthFill, AloneInItsOwnDepthViewNothingChanges) {
  Dice dice(5);
  const Rig rig(dice, 1);
  const FilledView view = filled(rig.cameras, rig.images(), 0, {FillOptions::View::depth, 2});
  CleanDepth clean;
  DepthCleaner(rig.cameras[0], best_kernels()).clean(rig.images()[0], clean);
  EXPECT_TRUE(view.depth_mm == clean.depth_mm);
  EXPECT_TRUE(view.confidence == clean.confidence);
}

TEST(DepthFill, TheOrderOfTheCamerasDoesNotMatterNorDoThreads) {
  expect_property({3, 40}, [](Dice& dice) {
    Rig rig(dice, 3);
    const FilledView before = filled(rig.cameras, rig.images(), 0, {.threads = 1});
    rig.swap(1, 2);
    const FilledView after = filled(rig.cameras, rig.images(), 0, {.threads = 3});
    const bool same = before.depth_mm == after.depth_mm && before.confidence == after.confidence;
    RC_ASSERT(same);
  });
}

TEST(DepthFill, AMotionOfTheWholeRigChangesNothing) {
  expect_property({3, 40}, [](Dice& dice) {
    Rig rig(dice, 3);
    const FilledView before = filled(rig.cameras, rig.images(), 1);
    const RigidTransform motion = any_pose(dice, 5, 3);
    for (FusionCamera& camera : rig.cameras) camera.rig_from_depth = motion * camera.rig_from_depth;
    const FilledView after = filled(rig.cameras, rig.images(), 1);
    size_t different = 0;
    for (size_t i = 0; i < before.depth_mm.size(); ++i)
      different += std::abs(before.depth_mm[i] - after.depth_mm[i]) > 1;
    RC_ASSERT(different <= before.depth_mm.size() / 1000);
  });
}

TEST(DepthFill, WithoutDepthEverythingIsAHole) {
  Dice dice(1);
  const Rig rig(dice, 2);
  const FilledView view = filled(rig.cameras, {FusionImages{}, FusionImages{}}, 0);
  const auto none = [](auto value) { return value == 0; };
  EXPECT_TRUE(std::all_of(view.depth_mm.begin(), view.depth_mm.end(), none));
  EXPECT_TRUE(std::all_of(view.confidence.begin(), view.confidence.end(), none));
  EXPECT_TRUE(std::all_of(view.camera.begin(), view.camera.end(),
                          [](uint8_t camera) { return camera == kNoCamera; }));
}

/// Two cameras that stand in the same place.
struct Twins {
  std::vector<FusionCamera> cameras = std::vector<FusionCamera>(2);
  std::vector<uint16_t> own, other;

  Twins() {
    const FactoryCalibration calibration = *parse_calibration(testing::kCheckCalibration);
    for (FusionCamera& camera : cameras)
      camera.geometry = geometry_of(calibration, DepthMode::nfov_2x2binned, ColorResolution::p720);
    own.assign(pixels(*cameras[0].geometry.depth), 2000);
    other = own;
  }
  /// Sets the middle of an image.
  static void put(std::vector<uint16_t>& image, uint16_t depth_mm) {
    for (size_t y = 100; y < 200; ++y)
      std::fill_n(image.begin() + static_cast<ptrdiff_t>(y * 320 + 120), 80, depth_mm);
  }
  [[nodiscard]] FilledView fill() const {
    return filled(cameras, {{.depth_mm = own}, {.depth_mm = other}}, 0);
  }
  /// What the view has where the middle of the patch shows.
  [[nodiscard]] static size_t middle() { return 360 * 1280 + 640; }
};

TEST(DepthFill, WhatTheOwnCameraDidNotSeeComesFromTheOther) {
  Twins twins;
  Twins::put(twins.own, 0);
  Twins::put(twins.other, 1200);
  const FilledView view = twins.fill();
  EXPECT_NEAR(view.depth_mm[Twins::middle()], 1200, 20);
  EXPECT_EQ(view.camera[Twins::middle()], 1);
  EXPECT_EQ(view.camera[100 * 1280 + 640], 0);
}

TEST(DepthFill, WhatACameraSawThroughIsNotThere) {
  Twins twins;
  Twins::put(twins.other, 1200);
  const FilledView view = twins.fill();
  EXPECT_NEAR(view.depth_mm[Twins::middle()], 2010, 15);
  EXPECT_EQ(view.camera[Twins::middle()], 0);
}

/// Two cameras in one place, of which the own sees nothing in the middle and the other something
/// that stands before a wall. Of the pixels all around it, which lie on the wall, cleaning leaves
/// none.
struct Edge : Twins {
  explicit Edge(uint16_t around) {
    const auto fill = [](std::vector<uint16_t>& image, int beyond, uint16_t depth_mm) {
      for (int y = 100 - beyond; y < 200 + beyond; ++y)
        std::fill_n(image.begin() + y * 320 + 120 - beyond, 80 + 2 * beyond, depth_mm);
    };
    fill(own, 20, 0);
    fill(other, 1, around);
    for (const int corner : {99 * 320 + 119, 99 * 320 + 200, 200 * 320 + 119, 200 * 320 + 200})
      other[static_cast<size_t>(corner)] = 2000;
    fill(other, 0, 1200);
  }
  /// The view of the depth camera, whose pixels are those of the edge.
  [[nodiscard]] FilledView fill() const {
    return filled(cameras, {{.depth_mm = own}, {.depth_mm = other}}, 0,
                  {FillOptions::View::depth, 2});
  }
  [[nodiscard]] std::vector<uint16_t> clean() const {
    CleanDepth clean;
    DepthCleaner(cameras[1], best_kernels()).clean({.depth_mm = other}, clean);
    return clean.depth_mm;
  }
};

TEST(DepthFill, CleaningCostsNoPixelThatTheCameraDidRead) {
  const Edge agrees(2000), disagrees(1600), unread(0);
  // The same surfaces are left of all three.
  ASSERT_TRUE(agrees.clean() == disagrees.clean());
  ASSERT_TRUE(agrees.clean() == unread.clean());
  EXPECT_EQ(agrees.clean()[150 * 320 + 119], 0);
  const FilledView with = agrees.fill(), without = disagrees.fill();
  EXPECT_TRUE(without.depth_mm == unread.fill().depth_mm);
  size_t back = 0;
  for (size_t i = 0; i < with.depth_mm.size(); ++i) {
    if (with.depth_mm[i] == without.depth_mm[i]) continue;
    ++back;
    EXPECT_EQ(without.depth_mm[i], 0) << i;
    EXPECT_EQ(with.depth_mm[i], 2000) << i;
    EXPECT_EQ(with.camera[i], 1) << i;
    EXPECT_GE(with.confidence[i], 1) << i;
  }
  // A surface is drawn up to its last pixels on the right and below, but for those themselves:
  // there growth makes up for that.
  EXPECT_GT(back, 170U) << "of 80 + 100 pixels";
}

TEST(DepthFill, EveryBuildOfTheKernelsSaysTheSame) {
  Dice dice(3);
  const Rig rig(dice, 3);
  const FilledView best = filled(rig.cameras, rig.images(), 0);
  for (const Kernels* kernels : usable_kernels()) {
    const FilledView other = filled(rig.cameras, rig.images(), 0, {}, *kernels);
    size_t different = 0;
    for (size_t i = 0; i < best.depth_mm.size(); ++i)
      different += std::abs(best.depth_mm[i] - other.depth_mm[i]) > 1;
    EXPECT_LE(different, best.depth_mm.size() / 1000) << kernels->name;
  }
}

TEST(DepthFill, AColorCameraAloneIsFilledByTheOthers) {
  const Twins twins;
  auto cameras = twins.cameras;
  cameras[0].geometry.depth.reset();
  auto fill = DepthFill::make(cameras, 0);
  ASSERT_TRUE(fill) << fill.error().message;
  FilledView view;
  std::vector<FusionImages> images(2);
  images[1].depth_mm = twins.own;
  ASSERT_TRUE(fill->fill(images, view).ok());
  const auto others = std::count(view.camera.begin(), view.camera.end(), 1);
  EXPECT_GT(others, static_cast<int64_t>(view.camera.size()) / 4);
  EXPECT_EQ(std::count(view.camera.begin(), view.camera.end(), 0), 0);
  images[0].depth_mm = twins.own;
  EXPECT_FALSE(fill->fill(images, view).ok()) << "depth of no camera";
}

TEST(DepthFill, RefusesWhatItCannotFill) {
  const Twins twins;
  EXPECT_FALSE(DepthFill::make({}, 0).ok());
  EXPECT_FALSE(DepthFill::make(twins.cameras, 2).ok());
  auto without = twins.cameras;
  without[0].geometry.color.reset();
  EXPECT_EQ(DepthFill::make(without, 0).error().message,
            "the colour of camera 0, which is to be filled, is off, or its lens cannot be computed "
            "with");
  EXPECT_TRUE(DepthFill::make(without, 1).ok());
  EXPECT_TRUE(DepthFill::make(without, 0, {FillOptions::View::depth, 1}).ok());
  without[1].geometry.depth.reset();
  without[1].name = "right";
  EXPECT_EQ(DepthFill::make(without, 0, {FillOptions::View::depth, 1}).error().message,
            "the depth of camera 1 ('right') is off, or its lens cannot be computed with");
  auto fill = DepthFill::make(twins.cameras, 0);
  FilledView view;
  EXPECT_FALSE(fill->fill(std::vector<FusionImages>(1), view).ok());
  const std::vector<FusionImages> cut{{.depth_mm = twins.own},
                                      {.depth_mm = std::span(twins.own).first(9)}};
  EXPECT_EQ(fill->fill(cut, view).error().message,
            "an image of camera 1 has another size than its lens");
}

}  // namespace
}  // namespace lockstep
