// SPDX-License-Identifier: MIT
// A program written for the vendor's library: built with what `cmake --install` puts down, as its
// author would build it, and run on a virtual rig.
#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <regex>
#include <thread>

#include "tests/e2e/program.h"
#include "tests/e2e/rendered_take.h"
#include "tests/e2e/simulated_take.h"
#include "tests/support/installed_rig.h"
#include "tests/support/png_picture.h"

namespace lockstep::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

const fs::path& installed() {
  static const TempFolder prefix;
  static const Finished done =
      RunningProgram("/usr/bin/cmake", {"--install", LOCKSTEP_BUILD_FOLDER, "--component", "k4a",
                                        "--prefix", prefix.path().string()})
          .wait();
  EXPECT_EQ(done.status, 0) << done.err;
  return prefix.path();
}

/// What a shell makes of `script`, in `folder`.
Finished shell(const std::string& script, const fs::path& folder) {
  return RunningProgram("/bin/sh", {"-ec", script},
                        {"PKG_CONFIG_PATH=" + (installed() / "lib/lockstep/pkgconfig").string()},
                        folder)
      .wait();
}

/// Programs built with a sanitizer's runtime need it throughout.
std::string sanitized() {
  const std::string sanitizers = LOCKSTEP_BUILD_SANITIZERS;
  if (sanitizers.empty()) return "";
  return "-fsanitize=" + sanitizers +
         " -fsanitize-link-c++-runtime -lstdc++ -Wno-unused-command-line-argument";
}

/// Builds an example by its own CMake project into `folder`.
bool build_example(const std::string& name, const fs::path& folder) {
  const std::string flags = "-Wall -Wextra -Wpedantic -Werror " + sanitized();
  const Finished finished =
      shell("cmake -S '" + source_file("examples/" + name).string() +
                "' -B . -DCMAKE_PREFIX_PATH='" + (installed() / "lib/lockstep").string() +
                "' -DCMAKE_C_COMPILER=" LOCKSTEP_BUILD_C_COMPILER
                " -DCMAKE_CXX_COMPILER=" LOCKSTEP_BUILD_CXX_COMPILER " -DCMAKE_C_FLAGS='" +
                flags + "' -DCMAKE_CXX_FLAGS='" + flags + "' && cmake --build .",
            folder);
  EXPECT_EQ(finished.status, 0) << finished.out << finished.err;
  return finished.status == 0;
}

class ExistingPrograms : public ::testing::Test {
 protected:
  static constexpr const char* kC = "two_cameras_c";
  static constexpr const char* kCpp = "two_cameras_cpp";

  /// The example in both languages, built once by its own CMake project.
  static const fs::path& built() {
    static const TempFolder folder;
    static const bool done = build_example("two_cameras", folder.path());
    EXPECT_TRUE(done);
    return folder.path();
  }

  ExistingPrograms() {
    // Soon rendered.
    write_file(folder_ / "rig.toml", chain_of_three_toml("scene = \"room\", period_s = 0.2"));
  }

  [[nodiscard]] std::vector<std::string> words(const char* program, const std::string& what) const {
    std::vector<std::string> all = {"exec", (folder_ / "rig.toml").string(), "--",
                                    (built() / program).string(), folder_.path().string()};
    if (!what.empty()) all.push_back(what);
    return all;
  }
  [[nodiscard]] std::vector<std::string> environment() const {
    return {"XDG_RUNTIME_DIR=" + folder_.path().string()};
  }
  [[nodiscard]] Finished run(const char* program, const std::string& what = "") const {
    return lockstep(words(program, what), environment());
  }
  [[nodiscard]] std::unique_ptr<RunningProgram> begin(const char* program,
                                                      const std::string& camera) const {
    return std::make_unique<RunningProgram>(lockstep_program(), words(program, camera),
                                            environment());
  }

  /// A subordinate ends with the pulses, so what it saw of them depends on how fast it is: with a
  /// sanitizer in every process, frames of 30 in a second are dropped as on any slow PC.
  static constexpr bool kIsSanitized = sizeof(LOCKSTEP_BUILD_SANITIZERS) > 1;

  /// Pairs there were, and how far from where they should be, from the last line.
  static void expect_pairs(const Finished& played, int at_least) {
    std::smatch match;
    ASSERT_TRUE(std::regex_search(played.out, match,
                                  std::regex("recorded: (\\d+) pairs, at most (\\d+) us")))
        << played.out << played.err;
    EXPECT_GE(std::stoi(match[1]), at_least);
    EXPECT_LE(std::stoi(match[2]), 100);
  }

  TempFolder folder_;
};

TEST_F(ExistingPrograms, FindWhatIsInstalledInFoldersOfOurOwn) {
  std::vector<std::string> top;
  for (const char* folder : {"lib", "include"}) {
    for (const auto& entry : fs::directory_iterator(installed() / folder))
      top.push_back(fs::relative(entry.path(), installed()).string());
  }
  EXPECT_THAT(top, UnorderedElementsAre("lib/lockstep", "include/lockstep"));
  const Finished told =
      shell("pkg-config --modversion k4a k4arecord; pkg-config --cflags --libs k4arecord",
            folder_.path());
  EXPECT_THAT(told.out, HasSubstr("1.4.1\n1.4.1\n")) << told.err;
  EXPECT_THAT(told.out, HasSubstr("-lk4arecord -lk4a"));
}

TEST_F(ExistingPrograms, AreBuiltWithPkgConfig) {
  const Finished c =
      shell(LOCKSTEP_BUILD_C_COMPILER " -std=c11 -Wall -Wextra -Wpedantic -Werror " + sanitized() +
                " '" + source_file("examples/two_cameras/two_cameras.c").string() +
                "' -o c $(pkg-config --cflags --libs k4arecord)",
            folder_.path());
  EXPECT_EQ(c.status, 0) << c.err;
  const Finished cpp =
      shell(LOCKSTEP_BUILD_CXX_COMPILER " -std=c++17 -Wall -Wextra -Wpedantic -Werror " +
                sanitized() + " '" + source_file("examples/two_cameras/two_cameras.cpp").string() +
                "' -o cpp $(pkg-config --cflags --libs k4arecord)",
            folder_.path());
  EXPECT_EQ(cpp.status, 0) << cpp.err;
  // Without a rig there is no camera; that is said, not crashed over.
  const Finished alone = shell("LD_LIBRARY_PATH='" + (installed() / "lib/lockstep").string() +
                                   "' ./c . 2>&1 || echo status $?",
                               folder_.path());
  EXPECT_THAT(alone.out, HasSubstr("two cameras are needed, 0 are there"));
  EXPECT_THAT(alone.out, HasSubstr("status 1"));
}

TEST_F(ExistingPrograms, RunAsOneProcess) {
  for (const char* program : {kC, kCpp}) {
    const Finished finished = run(program);
    EXPECT_EQ(finished.status, 0) << program << ": " << finished.out << finished.err;
    EXPECT_THAT(finished.out, HasSubstr("camera 0: virtual-0001, master"));
    EXPECT_THAT(finished.out, HasSubstr("camera 1: virtual-0002, subordinate"));
    EXPECT_THAT(finished.out, HasSubstr("pair 40: "));
    expect_pairs(finished, 60);
  }
}

TEST_F(ExistingPrograms, RunAsTwoProcesses) {
  for (const char* program : {kC, kCpp}) {
    const auto subordinate = begin(program, "1");
    for (int i = 0; i < 2000 && subordinate->out_so_far().find("started") == std::string::npos; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    const auto master = begin(program, "0");
    for (RunningProgram* camera : {master.get(), subordinate.get()}) {
      const Finished finished = camera->wait();
      EXPECT_EQ(finished.status, 0) << program << ": " << finished.out << finished.err;
      const int captures = kIsSanitized && camera != master.get() ? 1 : 41;
      EXPECT_THAT(finished.out, HasSubstr("capture " + std::to_string(captures)));
    }
    const Finished played = run(program, "play");
    EXPECT_EQ(played.status, 0) << played.out << played.err;
    expect_pairs(played, kIsSanitized ? 1 : 50);
  }
}

class GreenScreen : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(build_example("green_screen", folder_.path()));
    write_file(folder_ / "rig.toml", chain_of_three_toml("scene = \"room\", period_s = 0.1"));
    const Finished made = simulate(folder_ / "rig.toml", take(), 0.2);
    ASSERT_EQ(made.status, 0) << made.out << made.err;
    write_true_calibration(take());
    fs::create_directory(folder_ / "out");
  }

  [[nodiscard]] fs::path take() const { return folder_ / "take"; }
  /// Plays the take, with the calibration in that file.
  [[nodiscard]] Finished run(const fs::path& calibration) const {
    return lockstep({"exec", take().string(), "--", (folder_ / "green_screen").string(),
                     calibration.string(), (folder_ / "out").string(), "2"},
                    {"XDG_RUNTIME_DIR=" + folder_.path().string()});
  }

  /// Which pixels of a picture are not those of the other one.
  [[nodiscard]] size_t differing(const std::string& a, const std::string& b) const {
    const auto one = read_png<uint8_t>(folder_ / "out" / a);
    const auto other = read_png<uint8_t>(folder_ / "out" / b);
    EXPECT_EQ(one.samples.size(), size_t{3} * 1280 * 720);
    size_t count = 0;
    for (size_t i = 0; i < one.samples.size(); i += 3)
      count += !std::equal(&one.samples[i], &one.samples[i] + 3, &other.samples[i]);
    return count;
  }

  TempFolder folder_;
};

TEST_F(GreenScreen, ReplacesWhatIsFarAlsoWhereOnlyOtherCamerasSeeIt) {
  const Finished finished = run(take() / "calibration.json");
  ASSERT_EQ(finished.status, 0) << finished.out << finished.err;
  std::smatch match;
  ASSERT_TRUE(std::regex_search(finished.out, match,
                                std::regex("frame 1: no depth at ([0-9.]+) % of the picture, "
                                           "others fill ([0-9.]+) %")))
      << finished.out;
  EXPECT_GT(std::stod(match[2]), 10);
  EXPECT_LT(std::stod(match[2]), std::stod(match[1]));
  // The background is one picture: where the main camera alone sees it nothing changes with help.
  const auto helped = read_png<uint8_t>(folder_ / "out" / "frame-001.png");
  const auto alone = read_png<uint8_t>(folder_ / "out" / "alone-001.png");
  const auto background = [](const auto& picture, size_t i) {
    const double down = static_cast<double>(i / 1280) / 720;
    const uint8_t* const rgb = &picture.samples[3 * i];
    return rgb[0] == static_cast<uint8_t>(40 - 20 * down) &&
           rgb[1] == static_cast<uint8_t>(110 - 70 * down) &&
           rgb[2] == static_cast<uint8_t>(170 - 90 * down);
  };
  size_t in_both = 0, only_alone = 0, only_helped = 0;
  for (size_t i = 0; i < size_t{1280} * 720; ++i) {
    const bool a = background(alone, i), b = background(helped, i);
    in_both += a && b;
    only_alone += a && !b;
    only_helped += b && !a;
  }
  EXPECT_GT(in_both, size_t{1280} * 720 / 4);
  EXPECT_GT(only_helped, size_t{1280} * 720 / 50);
  EXPECT_LT(only_alone, only_helped / 10);
  EXPECT_GT(differing("frame-000.png", "frame-001.png"), 1000u) << "the person moves";
}

TEST_F(GreenScreen, ACalibrationOfAnotherRigIsRefused) {
  std::string other = read_file(take() / "calibration.json");
  other.replace(other.find("virtual-0002"), 12, "virtual-9999");
  write_file(folder_ / "other.json", other);
  const Finished finished = run(folder_ / "other.json");
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.err, HasSubstr("the calibration does not know camera virtual-0002"));
}

}  // namespace
}  // namespace lockstep::testing
