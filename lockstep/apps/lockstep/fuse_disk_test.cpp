// SPDX-License-Identifier: MIT
#include "lockstep/apps/lockstep/fuse_disk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// The free space is stated, never made.
TEST(FuseDisk, IsNearlyFullWhereARecordingWouldBeCut) {
  Plan plan;
  plan.cameras.resize(2);
  const auto reserve = static_cast<uint64_t>(2e9 + DiskRule::kCutS * planned_bytes_per_s(plan));
  std::optional<uint64_t> free = reserve + 1'000'000;
  std::filesystem::path asked;
  const FuseDisk disk("out/scene.ply", plan, 2, [&](const std::filesystem::path& path) {
    asked = path;
    return free;
  });
  EXPECT_TRUE(disk.check());
  EXPECT_EQ(asked, "out/scene.ply");
  free = reserve - 1'000'000;
  const auto full = disk.check();
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, Errc::no_space);
  EXPECT_THAT(full.error().message,
              AllOf(HasSubstr("out/scene.ply: the disk is nearly full"),
                    HasSubstr("2 GB stay free (keep_free_gb of the rig file)")));
  free.reset();
  EXPECT_TRUE(disk.check()) << "not known";
}

}  // namespace
}  // namespace lockstep
