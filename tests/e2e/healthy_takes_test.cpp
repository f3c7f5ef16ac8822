// SPDX-License-Identifier: MIT
// Healthy simulated takes of a minute, through session, recorder, reader and judge: all pass, and
// what is measured is the truth that the simulator writes beside them.
#include <gmock/gmock.h>

#include <cmath>
#include <cstdlib>

#include "tests/e2e/simulated_take.h"

namespace lockstep::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr double kSeconds = 60;

struct World {
  std::string name;
  std::string keys;         // of the rig file's world
  double offset_within_us;  // of the colour offset to the truth
};
void PrintTo(const World& world, std::ostream* out) {
  *out << world.keys;
}

class HealthyTakes : public ::testing::TestWithParam<World> {
 protected:
  static int seeds() { return std::getenv("LOCKSTEP_NIGHTLY") != nullptr ? 100 : 2; }

  /// Largest distances of the report from the truth, over the cameras.
  void compare(const json& report, const json& truth) {
    for (const json& camera : truth.at("cameras")) {
      const json device = named(report.at("devices"), camera.at("name"));
      ASSERT_FALSE(device.is_null()) << camera.at("name");
      SCOPED_TRACE(camera.at("name").get<std::string>());
      const double depth_us = device.at("depth").at("offset_us").get<double>() +
                              device.at("expected_depth_us").get<double>();
      EXPECT_NEAR(depth_us, camera.at("depth_minus_color_us").get<double>(), 2);
      if (device.at("reference")) continue;
      const double color_us = device.at("color").at("offset_us").get<double>() +
                              device.at("expected_color_us").get<double>();
      EXPECT_NEAR(color_us, camera.at("color_offset_us").get<double>(),
                  GetParam().offset_within_us);
      ASSERT_TRUE(device.at("rate").at("judged"));
      EXPECT_NEAR(device.at("rate").at("ppm").get<double>(), camera.at("rate_ppm").get<double>(),
                  1);
      EXPECT_EQ(device.at("color").at("resolution_us"), 0);
    }
  }
};

/// One clock map of a camera, whoever tells it.
void compare_clock_maps(const json& report, const json& manifest) {
  for (const json& camera : manifest.at("cameras")) {
    SCOPED_TRACE(camera.at("name").get<std::string>());
    const json kept = camera.at("parts").at(0).at("clock_map");
    const json told = named(report.at("devices"), camera.at("name")).at("clock_map");
    for (const char* key : {"at_rig_ns", "from_ns", "to_ns"}) EXPECT_EQ(kept.at(key), told.at(key));
    for (const char* key : {"offset_us", "rate_ppm", "residual_rms_us"})
      EXPECT_NEAR(kept.at(key).get<double>(), told.at(key).get<double>(), 1e-3) << key;
  }
}

TEST_P(HealthyTakes, PassAndTellTheTruth) {
  const TempFolder folder;
  write_file(folder / "rig.toml", timing_rig(GetParam().keys));
  for (int seed = 1; seed <= seeds(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const fs::path take = folder / "take";
    const Finished run =
        simulate(folder / "rig.toml", take, kSeconds, {"--seed", std::to_string(seed)});
    EXPECT_EQ(run.status, 0) << run.out << run.err;
    const json report = json_in(take, "verify.json");
    EXPECT_EQ(report.at("verdict_text"), "in step (stamps, arrival)");
    EXPECT_EQ(report.at("common_ticks"), kSeconds * 30);
    EXPECT_THAT(report.at("findings"), ::testing::IsEmpty());
    compare(report, json_in(take, "truth.json"));
    compare_clock_maps(report, json_in(take, "take.json"));
    fs::remove_all(take);
  }
}

// A free clock's offset is read where the first pulse zeroed it, outside of the take: known worse.
INSTANTIATE_TEST_SUITE_P(
    Worlds, HealthyTakes,
    ::testing::Values(World{"Jitter5", "stamp_jitter_us = 5", 2},
                      World{"Jitter8", "stamp_jitter_us = 8", 2},
                      World{"Jitter15", "stamp_jitter_us = 15", 2},
                      World{"StartOfFrameJitter5",
                            "stamp_jitter_us = 5, stamp_meaning = \"start-of-frame\"", 2},
                      World{"StartOfFrameJitter8", "stamp_meaning = \"start-of-frame\"", 2},
                      World{"StartOfFrameJitter15",
                            "stamp_jitter_us = 15, stamp_meaning = \"start-of-frame\"", 2},
                      World{"PulseEndsExposure", "q = -0.5", 2},
                      World{"FreeClocks", "clock = \"free-running\"", 4}),
    [](const auto& world) { return world.param.name; });

// Nothing dithers the register of 11.1 us then, so the mean of many stamps is no finer than it.
TEST(HealthyTake, StatesItsResolutionWhereJitterIsBelowHalfARegisterStep) {
  const TempFolder folder;
  for (const char* jitter : {"0", "2"}) {
    SCOPED_TRACE(jitter);
    write_file(folder / "rig.toml", timing_rig(std::string("stamp_jitter_us = ") + jitter));
    const fs::path take = folder / (std::string("take-") + jitter);
    ASSERT_EQ(simulate(folder / "rig.toml", take, 20).status, 0);
    const json report = json_in(take, "verify.json");
    for (const char* name : {"middle", "right"}) {
      const json color = named(report.at("devices"), name).at("color");
      EXPECT_NEAR(color.at("resolution_us").get<double>(), 5.56, 0.01);
      EXPECT_LT(std::abs(color.at("offset_us").get<double>()), 5.56);
    }
    EXPECT_THAT(lockstep({"verify", take}).out, ::testing::HasSubstr("±6"));
  }
}

}  // namespace
}  // namespace lockstep::testing
