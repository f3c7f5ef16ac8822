// SPDX-License-Identifier: MIT
#include "lockstep/session/ledger.h"

#include <gmock/gmock.h>

#include "lockstep/time/tick.h"

namespace lockstep {
namespace {

using ::testing::ElementsAre;

/// The books of two cameras, "a" and "b", whose clocks began together.
class LedgerOfTwo : public ::testing::Test {
 protected:
  LedgerOfTwo() {
    for (const char* name : {"a", "b"}) {
      PlannedCamera camera;
      camera.name = name;
      plan_.cameras.push_back(camera);
      manifest_.cameras.push_back({.name = name});
    }
    ledger_.emplace(plan_);
  }

  void write(size_t camera, int64_t first, int64_t last) {
    for (int64_t tick = first; tick <= last; ++tick)
      ledger_->wrote(camera, tick, DeviceTime(since_zero(tick)));
  }

  void drop(size_t camera, int64_t first, int64_t last) {
    for (int64_t tick = first; tick <= last; ++tick) ledger_->dropped(camera, tick);
  }

  static Nanos since_zero(int64_t tick) { return rig_time(Tick{tick}, 30).time_since_epoch(); }

  /// "a 3+2": camera, first tick and count of every hole.
  std::vector<std::string> holes() {
    ledger_->fill(LiveMonitor({{"a"}, {"b"}}, plan_.frame_rate, 0), manifest_);
    std::vector<std::string> all;
    for (const TakeHole& hole : manifest_.holes) {
      all.push_back(hole.camera + " " + std::to_string(hole.first_tick) + "+" +
                    std::to_string(hole.count));
    }
    return all;
  }

  Plan plan_;
  std::optional<Ledger> ledger_;
  TakeManifest manifest_;
};

TEST_F(LedgerOfTwo, EndsTheCommonRangeWithWhatIsInTheFiles) {
  write(0, 0, 29);
  drop(1, 0, 1);
  write(1, 2, 9);
  drop(1, 10, 12);
  write(1, 13, 19);
  drop(1, 20, 29);
  EXPECT_THAT(holes(), ElementsAre("b 8+3"));
  EXPECT_EQ(manifest_.first_common_tick_after_pulse, 2);
  EXPECT_EQ(manifest_.common_ticks, 18);
  EXPECT_EQ(manifest_.cameras[1].dropped, 15u);
}

TEST_F(LedgerOfTwo, EndsItBeforeWhatWasRefusedAndWhatNeverCameBeforeThat) {
  write(0, 0, 29);
  write(1, 0, 9);
  write(1, 15, 16);
  ledger_->refused(1, 15, "refused: an empty picture");
  ledger_->refused(1, 16, "refused: an empty picture");
  EXPECT_TRUE(holes().empty());
  EXPECT_EQ(manifest_.common_ticks, 10);
}

TEST_F(LedgerOfTwo, KeepsWhatACameraDroppedBeforeItWasLost) {
  write(0, 0, 29);
  write(1, 0, 9);
  drop(1, 10, 12);
  ledger_->ended(1, {EndOfCamera::lost, "unplugged"});
  EXPECT_THAT(holes(), ElementsAre("b 10+3", "b 13+17"));
  EXPECT_EQ(manifest_.common_ticks, 30);
}

}  // namespace
}  // namespace lockstep
