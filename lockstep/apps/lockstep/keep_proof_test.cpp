// SPDX-License-Identifier: MIT
#include "lockstep/apps/lockstep/keep_proof.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/small_take.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing::read_file;
using testing::SmallTake;

class KeepProof : public ::testing::Test {
 protected:
  KeepProof() {
    for (const size_t camera : {size_t{0}, size_t{1}})
      take_.add_part(camera, testing::ticks(0, 60), 1'000'000, true);
    take_.save();
  }
  [[nodiscard]] VerifiedTake verified() const {
    auto verified = verify_take(take_.folder(), {});
    EXPECT_TRUE(verified) << verified.error().message;
    return *std::move(verified);
  }
  [[nodiscard]] bool has_reports() const {
    return fs::exists(take_.folder() / kVerifyJsonFile) ||
           fs::exists(take_.folder() / kVerifyPageFile);
  }

  SmallTake take_;
};

TEST_F(KeepProof, WritesReportPageAndVerdict) {
  const VerifiedTake proof = verified();
  ASSERT_TRUE(keep_proof(take_.folder(), proof));
  EXPECT_EQ(read_file(take_.folder() / kVerifyJsonFile), proof.json);
  EXPECT_THAT(read_file(take_.folder() / kVerifyPageFile), HasSubstr("<svg"));
  EXPECT_EQ(read_manifest(take_.folder())->verdict, proof.report.verdict_text());
}

TEST_F(KeepProof, WritesNothingWhileAnotherWrites) {
  const VerifiedTake proof = verified();
  const auto other = TakeLock::take(take_.folder(), TakeWork::recovering);
  ASSERT_TRUE(other);
  const auto kept = keep_proof(take_.folder(), proof);
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().code, Errc::busy);
  EXPECT_FALSE(has_reports());
  EXPECT_EQ(read_manifest(take_.folder())->verdict, "");
}

TEST_F(KeepProof, WritesNothingIntoWhatNobodyFinished) {
  take_.manifest().state = TakeState::recording;
  take_.save();
  const auto kept = keep_proof(take_.folder(), verified());
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().code, Errc::bad_state);
  EXPECT_THAT(kept.error().message, HasSubstr("lockstep recover " + take_.folder().string()));
  EXPECT_FALSE(has_reports());
}

}  // namespace
}  // namespace lockstep
