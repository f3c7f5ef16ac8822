// SPDX-License-Identifier: MIT
// How well moved cameras are found in rendered depth: published noise, factory calibrations that
// err, a calibration solved from a board. Few seeds in every run, a hundred in the long form.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <random>

#include "lockstep/base/mix_bits.h"
#include "lockstep/calibrate/pose_check.h"
#include "lockstep/calibrate/pose_refinement.h"
#include "lockstep/rig/world_board.h"
#include "lockstep/virtual/picture_store.h"
#include "lockstep/virtual/world_truth.h"
#include "tests/support/poses.h"
#include "tests/support/synthetic_boards.h"
#include "tests/support/virtual_rigs.h"

namespace lockstep {
namespace {

using testing::chain_rig;
using testing::SyntheticErrors;
using testing::SyntheticRig;
using testing::TempFolder;

constexpr DepthMode kMode = DepthMode::nfov_unbinned;
constexpr int kTicks = 10;

int seeds(int usually) {
  return std::getenv("LOCKSTEP_NIGHTLY") != nullptr ? 100 : usually;
}

/// Cameras with the published noise, and factory calibrations that err as those of real ones may.
Rig rig_of(const std::vector<CameraPlace>& places, const char* scene, uint64_t seed) {
  Rig rig = chain_rig(static_cast<int>(places.size()));
  RigWorld& world = *rig.world;
  world.timing_only = false;
  world.period_s = 0.1;
  world.scene = scene;
  world.seed = seed;
  world.factory_error = {0.0003, 0.5, 0.02, 0.3, 5};
  for (size_t i = 0; i < places.size(); ++i) {
    rig.cameras[i].pose = places[i];
    rig.cameras[i].config.depth_mode = kMode;
    rig.cameras[i].config.color_resolution = ColorResolution::off;
  }
  return rig;
}

/// Looking into a corner of the room: floor and two walls.
const CameraPlace kLeft{{-0.6, -0.5, 1.4}, {2.0, -1.6, 0.6}};
const CameraPlace kMiddle{{0.0, 0.3, 1.5}, {2.0, -1.6, 0.6}};
const CameraPlace kRight{{0.5, 0.6, 1.4}, {2.0, -1.6, 0.6}};

CameraToSolve optics(const FactoryCalibration& lenses) {
  return {"", lenses.color_camera(ColorResolution::p1080), lenses.depth_camera(kMode),
          lenses.color_from_depth()};
}

/// The rig as it is calibrated from a board that is shown to all neighbours for 30 ticks.
SolvedRig calibrate(const Rig& rig, std::vector<CameraToSolve>& factory) {
  Rig shown = rig;
  shown.world->board = std::make_shared<WorldBoard>();
  const auto truth = WorldTruth::make(shown);
  SyntheticRig boards(rig.world->seed, SyntheticErrors{});
  for (int i = 0; i < static_cast<int>(rig.cameras.size()); ++i) {
    boards.truth.push_back(
        {optics(truth->lenses(i)), truth->world_from_depth(i), truth->depth_bias_m(i)});
    boards.factory.push_back(optics(truth->blob(i)));
  }
  for (int frame = 0; frame < truth->frames(); ++frame)
    boards.show_at(*truth->world_from_board(frame));
  factory = boards.factory;
  auto solved = solve_rig(boards.factory, boards.board, boards.views);
  EXPECT_TRUE(solved.ok()) << (solved ? "" : solved.error().message);
  return *std::move(solved);
}

SceneDepth seen(PictureStore& store, const Rig& rig, size_t camera) {
  const auto pictures = store.get(static_cast<int>(camera), rig.cameras[camera].config);
  const SizePx size = depth_size(kMode);
  SceneDepthMean mean(size.width, size.height);
  for (uint64_t tick = 0; tick < kTicks; ++tick) {
    FrameInstant frame;
    frame.world_tick = static_cast<int64_t>(tick);
    frame.noise_seed = mix_bits(mix_bits(rig.world->seed, camera), tick);
    mean.add((*pictures)->depth(frame).depth->samples());
  }
  return mean.mean();
}

/// A rig as it was calibrated, seen as it stands now.
class Check {
 public:
  Check(const Rig& rig, const TempFolder& cache) : rig_(rig), solved_(calibrate(rig, factory_)) {
    options_.cache_folder = cache.path();
  }

  /// `now`: the same rig, a camera of which may have been nudged.
  [[nodiscard]] std::vector<SceneCamera> look(const Rig& now) const {
    PictureStore store(now, options_);
    std::vector<SceneCamera> cameras;
    for (size_t i = 0; i < now.cameras.size(); ++i) {
      const SolvedCamera& solved = solved_.cameras[i];
      cameras.push_back({now.cameras[i].name, corrected(factory_[i].depth, solved.depth),
                         solved.rig_from_depth, solved.depth_offset_m, solved.covariance,
                         seen(store, now, i)});
    }
    return cameras;
  }
  [[nodiscard]] PoseCheck run(const Rig& now) const { return *check_poses(look(now)); }
  [[nodiscard]] const Rig& rig() const { return rig_; }

 private:
  const Rig rig_;
  std::vector<CameraToSolve> factory_;
  const SolvedRig solved_;
  VirtualRigOptions options_;
};

/// A direction, evenly spread over the sphere.
std::array<double, 3> any_way(uint64_t seed, double size) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  const Eigen::Vector3d way =
      Eigen::Vector3d(normal(random), normal(random), normal(random)).normalized() * size;
  return {way.x(), way.y(), way.z()};
}

struct Tally {
  int takes = 0;
  int false_alarms = 0, stayed = 0;
  int shifts_found = 0, turns_found = 0;
  int wrong = 0;  ///< cameras that are said to have moved, and did not
};

bool alarm(const CameraMove& move) {
  return move.verdict == MoveVerdict::moved || move.verdict == MoveVerdict::one_of;
}

/// A take in which nobody moved, one after a shift of 5 mm and one after a turn of 0.3 degrees.
Tally tally(const std::vector<CameraPlace>& places, int count) {
  const TempFolder cache;
  Tally tally;
  for (int seed = 1; seed <= count; ++seed) {
    const Check check(rig_of(places, "still-room", static_cast<uint64_t>(seed)), cache);
    const auto still = check.run(check.rig()).cameras;
    ++tally.takes;
    tally.false_alarms += std::any_of(still.begin(), still.end(), alarm) ? 1 : 0;
    tally.stayed += std::all_of(still.begin(), still.end(), [](const CameraMove& move) {
      return move.verdict == MoveVerdict::stayed;
    });
    const size_t who = static_cast<size_t>(seed) % places.size();
    for (const bool turn : {false, true}) {
      Rig now = check.rig();
      auto& nudge = now.cameras[who].nudge;
      (turn ? nudge.turn_deg : nudge.shift_mm) =
          any_way(static_cast<uint64_t>(2 * seed + turn), turn ? 0.3 : 5);
      const auto moves = check.run(now).cameras;
      (turn ? tally.turns_found : tally.shifts_found) += alarm(moves[who]) ? 1 : 0;
      for (size_t i = 0; i < moves.size(); ++i)
        tally.wrong += i != who && moves[i].verdict == MoveVerdict::moved ? 1 : 0;
    }
  }
  std::cout << tally.takes << " takes each: " << tally.false_alarms << " false alarms, "
            << tally.stayed << " said to have stayed, " << tally.shifts_found << " shifts and "
            << tally.turns_found << " turns found, " << tally.wrong << " wrong cameras named\n";
  return tally;
}

TEST(MovedCameras, OfTwoThatShareThreeSurfacesAreFound) {
  const Tally found = tally({kLeft, kRight}, seeds(2));
  EXPECT_EQ(found.false_alarms, 0);
  EXPECT_GE(found.shifts_found * 100, found.takes * 95);
  EXPECT_GE(found.turns_found * 100, found.takes * 95);
  EXPECT_GE(found.stayed * 100, found.takes * 90);
}

TEST(MovedCameras, OfThreeAreNamed) {
  const Tally found = tally({kLeft, kMiddle, kRight}, seeds(1));
  EXPECT_EQ(found.false_alarms, 0);
  EXPECT_EQ(found.wrong, 0);
  EXPECT_GE(found.shifts_found * 100, found.takes * 95);
  EXPECT_GE(found.turns_found * 100, found.takes * 95);
}

// Cameras that face each other share the floor, and otherwise what somebody who sways shows of both
// sides: that must accuse nobody who stayed.
TEST(MovedCameras, SomebodyInTheRoomAccusesNoCameraThatStayed) {
  const TempFolder cache;
  const std::vector<CameraPlace> places{{{0, -2.5, 1.5}, {0, 0, 0.8}},
                                        {{2.5, 0, 1.5}, {0, 0, 0.8}},
                                        {{0, 2.5, 1.5}, {0, 0, 0.8}},
                                        {{-2.5, 0, 1.5}, {0, 0, 0.8}}};
  const auto count = static_cast<uint64_t>(seeds(1));
  for (uint64_t seed = 1; seed <= count; ++seed) {
    Rig rig = rig_of(places, "room", seed);
    rig.world->period_s = 2;
    const Check check(rig, cache);
    for (const CameraMove& move : check.run(rig).cameras) EXPECT_FALSE(alarm(move)) << seed;
    const size_t who = seed % places.size();
    rig.cameras[who].nudge.shift_mm = {12, 0, 0};
    const auto moves = check.run(rig).cameras;
    for (size_t i = 0; i < moves.size(); ++i) {
      if (i == who) continue;
      EXPECT_NE(moves[i].verdict, MoveVerdict::moved) << seed << " camera " << i;
    }
    const bool any = std::any_of(moves.begin(), moves.end(), alarm);
    EXPECT_TRUE(!any || alarm(moves[who])) << seed;
  }
}

TEST(MovedCameras, OnABareFloorNobodyCanTell) {
  const TempFolder cache;
  const int count = seeds(1);
  for (int seed = 1; seed <= count; ++seed) {
    const Check check(rig_of({kLeft, kRight}, "bare-floor", static_cast<uint64_t>(seed)), cache);
    for (const CameraMove& move : check.run(check.rig()).cameras) {
      EXPECT_EQ(move.verdict, MoveVerdict::cannot_tell) << seed;
      EXPECT_EQ(move.open_shifts.size(), 2u);
    }
  }
}

// A calibration that is off by 10 mm and 0.2 degrees, at what the cameras look at, against the
// truth.
TEST(MovedCameras, RefiningMakesARoughCalibrationAGoodOne) {
  const TempFolder cache;
  const int count = seeds(2);
  double board_m = 0, before_m = 0, after_m = 0;
  for (int seed = 1; seed <= count; ++seed) {
    const Check check(rig_of({kLeft, kRight}, "still-room", static_cast<uint64_t>(seed)), cache);
    const auto truth = WorldTruth::make(check.rig());
    const RigidTransform true_pose =
        truth->world_from_depth(0).inverse() * truth->world_from_depth(1);
    const auto error_m = [&](const RigidTransform& pose) {
      const Eigen::Vector3d seen_at(0, 0, 2.5);
      return (pose * seen_at - true_pose * seen_at).norm() / count;
    };
    std::vector<SceneCamera> cameras = check.look(check.rig());
    SceneCamera& rough = cameras[1];
    board_m += error_m(rough.rig_from_depth);
    const auto shift_mm = any_way(static_cast<uint64_t>(2 * seed), 10);
    const auto turn_deg = any_way(static_cast<uint64_t>(2 * seed + 1), 0.2);
    rough.rig_from_depth = testing::moved(rough.rig_from_depth,
                                          Eigen::Map<const Eigen::Vector3d>(shift_mm.data()) / 1000,
                                          Eigen::Map<const Eigen::Vector3d>(turn_deg.data()));
    rough.covariance.diagonal().head<3>().array() += std::pow(0.2 * M_PI / 180, 2) / 3;
    rough.covariance.diagonal().tail<3>().array() += 0.01 * 0.01 / 3;
    before_m += error_m(rough.rig_from_depth);
    const auto refined = refine_poses(cameras);
    ASSERT_TRUE(refined);
    after_m += error_m(refined->cameras[1].rig_from_depth);
  }
  std::cout << "mean error at 2.5 m: " << 1000 * board_m << " mm by the board, " << 1000 * before_m
            << " mm made rough, " << 1000 * after_m << " mm refined\n";
  EXPECT_LT(after_m, before_m / 3);
}

}  // namespace
}  // namespace lockstep
