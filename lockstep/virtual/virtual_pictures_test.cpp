// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <numeric>
#include <thread>

#include "lockstep/codec/jpeg.h"
#include "lockstep/virtual/depth_noise.h"
#include "lockstep/virtual/picture_file.h"
#include "lockstep/virtual/picture_store.h"
#include "lockstep/virtual/rendered_pictures.h"
#include "tests/support/files.h"
#include "tests/support/virtual_rigs.h"

namespace lockstep {
namespace {

using testing::chain_rig;
using testing::Driver;
using ::testing::HasSubstr;
using testing::TempFolder;

/// A world that is soon rendered: three pictures, small depth.
Rig small_rig() {
  Rig rig = chain_rig(1);
  rig.world->timing_only = false;
  rig.world->period_s = 0.1;
  rig.cameras[0].config.depth_mode = DepthMode::nfov_2x2binned;
  return rig;
}

VirtualRigOptions options_in(const TempFolder& folder, int threads = 0) {
  VirtualRigOptions options;
  options.pace = VirtualRigOptions::Pace::as_fast_as_possible;
  options.cache_folder = folder.path();
  options.render_threads = threads;
  return options;
}

std::vector<CapturePtr> half_a_second(const Rig& rig, const VirtualRigOptions& options) {
  Driver driver(rig, options);
  driver.start_all();
  driver.pass(std::chrono::milliseconds(700));
  EXPECT_GE(driver.captures[0].size(), 5U);
  return driver.captures[0];
}

std::vector<std::byte> bytes_of(const Image& image) {
  const auto bytes = image.bytes.get();
  return {bytes.begin(), bytes.end()};
}

TEST(VirtualPictures, AreTheSameBitForBitAtAnyThreadCountAndFromTheCache) {
  const TempFolder one, two;
  const auto first = half_a_second(small_rig(), options_in(one, 1));
  const auto many = half_a_second(small_rig(), options_in(two, 2));
  const auto cached = half_a_second(small_rig(), options_in(one, 1));
  ASSERT_EQ(first.size(), many.size());
  for (size_t i = 0; i < first.size(); ++i) {
    for (const auto& other : {many, cached}) {
      EXPECT_EQ(bytes_of(*first[i]->color), bytes_of(*other[i]->color));
      EXPECT_EQ(bytes_of(*first[i]->depth), bytes_of(*other[i]->depth));
      EXPECT_EQ(bytes_of(*first[i]->ir), bytes_of(*other[i]->ir));
    }
  }
}

TEST(VirtualPictures, ColourIsAPictureOfItsSizeAndDepthHasFreshNoise) {
  const TempFolder folder;
  const auto captures = half_a_second(small_rig(), options_in(folder));
  const auto picture = decode_jpeg(captures[0]->color->bytes.get());
  ASSERT_TRUE(picture.ok());
  EXPECT_EQ(picture->width_px, 1280);
  EXPECT_EQ(picture->height_px, 720);
  // Three pictures make a period: colour repeats, depth never does.
  EXPECT_EQ(bytes_of(*captures[0]->color), bytes_of(*captures[3]->color));
  EXPECT_NE(bytes_of(*captures[0]->color), bytes_of(*captures[1]->color));
  EXPECT_NE(bytes_of(*captures[0]->depth), bytes_of(*captures[3]->depth));
}

TEST(VirtualPictures, AReaderThatSleepsGetsThoseOfTheCapturesThatAreLeft) {
  const TempFolder folder;
  const auto all = half_a_second(small_rig(), options_in(folder));
  Driver sleeper(small_rig(), options_in(folder));
  sleeper.start_all();
  SessionClock& clock = sleeper.source->clock();
  clock.sleep_until(clock.now() + std::chrono::milliseconds(700));
  sleeper.read(0);
  const auto& left = sleeper.captures[0];
  ASSERT_GE(left.size(), 5U);
  EXPECT_GT(left[0]->dropped_before, 0U);
  size_t met = 0;
  for (const CapturePtr& capture : left) {
    for (const CapturePtr& other : all) {
      if (other->color->stamp != capture->color->stamp) continue;
      ++met;
      EXPECT_EQ(bytes_of(*capture->color), bytes_of(*other->color));
      EXPECT_EQ(bytes_of(*capture->depth), bytes_of(*other->depth));
      EXPECT_EQ(bytes_of(*capture->ir), bytes_of(*other->ir));
      EXPECT_EQ(capture->ir->stamp, other->ir->stamp);
      EXPECT_EQ(capture->color->arrival, other->color->arrival);
    }
  }
  EXPECT_EQ(met, left.size());
}

TEST(VirtualPictures, DepthIsARoomSeenByAKinect) {
  const TempFolder folder;
  Rig rig = small_rig();
  rig.cameras[0].config.color_resolution = ColorResolution::off;
  const auto captures = half_a_second(rig, options_in(folder));
  const Image& depth = *captures[0]->depth;
  const auto samples = depth.samples();
  ASSERT_EQ(samples.size(), size_t{320} * 288);
  const auto valid =
      std::count_if(samples.begin(), samples.end(), [](uint16_t mm) { return mm != 0; });
  const double share = static_cast<double>(valid) / static_cast<double>(samples.size());
  EXPECT_GT(share, 0.65);
  EXPECT_LT(share, 0.90);
  EXPECT_EQ(samples.front(), 0) << "the hexagon leaves the corners dark";
  for (const uint16_t mm : samples) {
    if (mm == 0) continue;
    EXPECT_GT(mm, 490);
    EXPECT_LT(mm, 5480);
  }
  // The person stands two metres away in the middle.
  EXPECT_NEAR(samples[size_t{150} * 320 + 166], 1900, 250);
}

TEST(VirtualPictures, ADamagedCacheFileIsMadeAgain) {
  const TempFolder folder;
  Rig rig = small_rig();
  rig.cameras[0].config.color_resolution = ColorResolution::off;
  const auto first = half_a_second(rig, options_in(folder));
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    std::string content = testing::read_file(entry.path());
    content[content.size() / 2] = static_cast<char>(content[content.size() / 2] ^ 1);
    testing::write_file(entry.path(), content);
  }
  const auto again = half_a_second(rig, options_in(folder));
  EXPECT_EQ(bytes_of(*first[0]->depth), bytes_of(*again[0]->depth));
}

TEST(VirtualPictures, AFileOfTheCacheThatHoldsSomethingElseIsMadeAgain) {
  const TempFolder folder;
  Rig rig = small_rig();
  rig.cameras[0].config.color_resolution = ColorResolution::off;
  const auto first = half_a_second(rig, options_in(folder));
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    std::string content = testing::read_file(entry.path());
    // Whole by its checksum, and for this world by its key, but of no pictures.
    uint64_t no_blobs = 0;
    std::memcpy(content.data() + 40, &no_blobs, sizeof(no_blobs));
    PictureFile::seal(content);
    EXPECT_TRUE(PictureFile::in_memory(content).ok());
    testing::write_file(entry.path(), content);
  }
  const auto again = half_a_second(rig, options_in(folder));
  EXPECT_EQ(bytes_of(*first[0]->depth), bytes_of(*again[0]->depth));
}

/// What render_depth makes: a rectangle and two planes of samples.
std::vector<std::byte> patch_blob(int x, int y, int width, int height, size_t samples,
                                  uint16_t value = 100) {
  std::vector<std::byte> blob(16 + 4 * samples);
  const int32_t place[4] = {x, y, width, height};
  std::memcpy(blob.data(), place, sizeof(place));
  for (size_t i = 0; i < 2 * samples; ++i) std::memcpy(blob.data() + 16 + 2 * i, &value, 2);
  return blob;
}

TEST(RenderedPictures, ArePlayedOnlyWhenEveryPatchLiesWithin) {
  constexpr auto kMode = DepthMode::nfov_2x2binned;
  const auto still = patch_blob(0, 0, 320, 288, 320 * 288);
  const auto holds = [&](const PictureFile::Blobs& blobs, int frames) {
    const auto file = PictureFile::in_memory(PictureFile::encode("key", blobs));
    EXPECT_TRUE(file.ok());
    return holds_depth(**file, kMode, frames);
  };
  EXPECT_TRUE(holds({still, patch_blob(310, 280, 10, 8, 80)}, 1));
  EXPECT_TRUE(holds({still, patch_blob(0, 0, 0, 0, 0)}, 1));
  EXPECT_FALSE(holds({}, 1));
  EXPECT_FALSE(holds({still}, 1));
  EXPECT_FALSE(holds({still}, 0));
  EXPECT_FALSE(holds({still, patch_blob(0, 0, 0, 0, 0)}, 2));
  EXPECT_FALSE(holds({patch_blob(0, 0, 320, 287, 320 * 287), patch_blob(0, 0, 0, 0, 0)}, 1));
  EXPECT_FALSE(holds({still, patch_blob(311, 280, 10, 8, 80)}, 1));
  EXPECT_FALSE(holds({still, patch_blob(310, 281, 10, 8, 80)}, 1));
  EXPECT_FALSE(holds({still, patch_blob(-1, 0, 10, 8, 80)}, 1));
  EXPECT_FALSE(holds({still, patch_blob(INT32_MAX, 0, INT32_MAX, 1, 80)}, 1));
  EXPECT_FALSE(holds({still, patch_blob(0, 0, -10, -8, 80)}, 1));
  EXPECT_FALSE(holds({still, patch_blob(0, 0, 10, 8, 79)}, 1));
  EXPECT_FALSE(holds({still, patch_blob(0, 0, 10, 8, 80, 65535)}, 1)) << "brighter than can be";
  EXPECT_FALSE(holds({still, std::vector<std::byte>(15)}, 1));
  EXPECT_FALSE(holds({still, std::vector<std::byte>(17)}, 1));
}

TEST(VirtualPictures, WithoutAPlaceForTheCacheThePicturesAreStillThere) {
  const TempFolder folder;
  testing::write_file(folder / "taken", "a file where the folder should be");
  VirtualRigOptions options = options_in(folder);
  options.cache_folder = folder / "taken";
  Rig rig = small_rig();
  rig.cameras[0].config.color_resolution = ColorResolution::off;
  EXPECT_TRUE(half_a_second(rig, options)[0]->depth.has_value());
}

TEST(VirtualPictures, ASceneThatDoesNotExistIsSaid) {
  const TempFolder folder;
  Rig rig = small_rig();
  rig.world->scene = "moon";
  const auto source = *VirtualRig::create(rig, testing::plan_as_declared(rig), options_in(folder));
  const auto prepared = source->prepare({});
  ASSERT_FALSE(prepared.ok());
  EXPECT_EQ(prepared.error().code, Errc::unusable_input);
  EXPECT_THAT(prepared.error().message, HasSubstr("moon"));
}

TEST(VirtualPictures, RenderingStopsWhenItsProgressSaysSo) {
  const TempFolder folder;
  const Rig rig = small_rig();
  const auto source = *VirtualRig::create(rig, testing::plan_as_declared(rig), options_in(folder));
  int asked = 0;
  const auto stopped = source->prepare([&](double) { return ++asked < 1; });
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().code, Errc::cancelled);
  EXPECT_EQ(asked, 1) << "nothing more is rendered";
  EXPECT_TRUE(source->prepare([](double) { return true; }).ok()) << "and it can be asked again";
}

/// The limit is for tests that fail.
bool wait_for(const std::atomic<bool>& there) {
  for (int i = 0; i < 20'000 && !there; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return there;
}

TEST(VirtualPictures, WhoWaitsForThoseOfAnotherRendersWhatWasStoppedOrLeaves) {
  const TempFolder folder;
  const Rig rig = small_rig();
  const auto source = *VirtualRig::create(rig, testing::plan_as_declared(rig), options_in(folder));
  std::atomic<bool> renders{false}, waits{false};
  std::thread first([&] {
    const auto stopped = source->prepare([&](double) {
      renders = true;
      EXPECT_TRUE(wait_for(waits)) << "nobody else was asked";
      return false;
    });
    EXPECT_FALSE(stopped.ok());
  });
  EXPECT_TRUE(wait_for(renders));
  const auto left = source->prepare([](double) { return false; });
  ASSERT_FALSE(left.ok());
  EXPECT_EQ(left.error().code, Errc::cancelled);
  const auto made = source->prepare([&](double) {
    waits = true;
    return true;
  });
  EXPECT_TRUE(made.ok());
  first.join();
}

TEST(VirtualPictures, OfModesThatNobodyPlaysAnyMoreAreNotHeld) {
  const TempFolder folder;
  const Rig rig = small_rig();
  PictureStore store(rig, options_in(folder));
  CameraConfig config = rig.cameras[0].config;
  config.color_resolution = ColorResolution::off;
  for (const DepthMode mode : {DepthMode::nfov_2x2binned, DepthMode::nfov_unbinned,
                               DepthMode::wfov_2x2binned, DepthMode::passive_ir}) {
    config.depth_mode = mode;
    ASSERT_TRUE(store.get(0, config).ok());
  }
  const std::string maps = testing::read_file("/proc/self/maps");
  size_t mapped = 0;
  for (size_t at = 0; (at = maps.find(folder.path().string(), at)) != std::string::npos; ++at)
    ++mapped;
  EXPECT_EQ(mapped, 1U) << maps;
}

TEST(DepthNoise, HasTheModesDeviationAndNoBias) {
  for (const double z_m : {0.8, 1.5, 3.0}) {
    const DepthNoise noise = depth_noise(DepthMode::nfov_unbinned);
    const DepthNoiseKernel kernel(noise, 4);  // large against the rounding to millimetres
    const std::vector<uint16_t> depth(20'000, static_cast<uint16_t>(z_m * 1000 * kDepthUnitsPerMm));
    const std::vector<uint16_t> ir(depth.size(), 500);
    std::vector<uint16_t> depth_out(depth.size()), ir_out(depth.size());
    add_noise(kernel, 7, depth, ir, depth_out, ir_out);
    double sum = 0, squares = 0;
    for (const uint16_t mm : depth_out) {
      sum += mm - z_m * 1000;
      squares += (mm - z_m * 1000) * (mm - z_m * 1000);
    }
    const auto count = static_cast<double>(depth.size());
    const double expected = 4 * (noise.constant_mm + noise.quadratic_mm_per_m2 * z_m * z_m);
    EXPECT_NEAR(sum / count, 0, 0.15) << z_m;
    EXPECT_NEAR(std::sqrt(squares / count), expected, 0.06 * expected) << z_m;
  }
}

TEST(DepthNoise, StaysWithinItsNumbersHoweverMuchIsAskedFor) {
  std::vector<uint16_t> depth(1000), ir(1000, kBrightestIr), depth_out(1000), ir_out(1000);
  for (size_t i = 0; i < depth.size(); ++i) depth[i] = static_cast<uint16_t>(i * 65);
  for (const auto mode : {DepthMode::nfov_unbinned, DepthMode::wfov_unbinned}) {
    const DepthNoiseKernel kernel(depth_noise(mode), 1000);
    add_noise(kernel, 3, depth, ir, depth_out, ir_out);  // the sanitizers watch
    EXPECT_GT(depth_out[999], 0);
  }
}

TEST(DepthNoise, DarkAndMissingPixelsGiveNoDepth) {
  const std::vector<uint16_t> depth(1000, 0), bright(1000, 500), dark(1000, 0);
  const std::vector<uint16_t> wall(1000, 16'000);
  std::vector<uint16_t> depth_out(1000), ir_out(1000);
  const DepthNoiseKernel kernel(depth_noise(DepthMode::nfov_unbinned), 1);
  add_noise(kernel, 1, depth, bright, depth_out, ir_out);
  EXPECT_EQ(std::accumulate(depth_out.begin(), depth_out.end(), 0), 0);
  add_noise(kernel, 1, wall, dark, depth_out, ir_out);
  EXPECT_LT(std::count_if(depth_out.begin(), depth_out.end(), [](uint16_t mm) { return mm != 0; }),
            5);
}

TEST(PictureFile, OpensForItsKeyOnlyAndOnlyWhole) {
  const TempFolder folder;
  const PictureFile::Blobs blobs = {
      std::vector<std::byte>(100, std::byte{1}), {}, std::vector<std::byte>(1, std::byte{2})};
  const std::string content = PictureFile::encode("key", blobs);
  testing::write_file(folder / "a.world", content);
  const auto file = PictureFile::open(folder / "a.world", "key");
  ASSERT_TRUE(file.ok());
  ASSERT_EQ((*file)->size(), 3U);
  EXPECT_EQ((*file)->blob(0).size(), 100U);
  EXPECT_EQ((*file)->blob(1).size(), 0U);
  EXPECT_EQ((*file)->blob(2)[0], std::byte{2});
  EXPECT_FALSE(PictureFile::open(folder / "a.world", "other").ok());
  for (size_t length = 0; length < content.size(); length += 5) {
    testing::write_file(folder / "cut.world", content.substr(0, length));
    EXPECT_FALSE(PictureFile::open(folder / "cut.world", "key").ok()) << length;
  }
}

TEST(PictureFile, TheOldestGoWhenTheCacheIsFull) {
  const TempFolder folder;
  const auto now = std::filesystem::file_time_type::clock::now();
  for (int i = 0; i < 4; ++i) {
    const auto path = folder / (std::to_string(i) + ".world");
    testing::write_file(path, std::string(1000, 'x'));
    std::filesystem::last_write_time(path, now - std::chrono::hours(i));
  }
  testing::write_file(folder / "other.txt", std::string(1000, 'x'));
  make_room(folder.path(), 1000, 3000);
  EXPECT_TRUE(std::filesystem::exists(folder / "0.world"));
  EXPECT_TRUE(std::filesystem::exists(folder / "1.world"));
  EXPECT_FALSE(std::filesystem::exists(folder / "2.world"));
  EXPECT_FALSE(std::filesystem::exists(folder / "3.world"));
  EXPECT_TRUE(std::filesystem::exists(folder / "other.txt"));
}

/// A process that is killed while it keeps a world leaves what it wrote of it.
TEST(PictureFile, WhatNobodyWillFinishGoesAndWhatIsBeingWrittenCounts) {
  const TempFolder folder;
  const pid_t gone = ::fork();
  if (gone == 0) ::_exit(0);
  ASSERT_EQ(::waitpid(gone, nullptr, 0), gone);
  const auto unfinished = [&](const std::string& name, pid_t pid) {
    const auto path = folder / (name + ".world." + std::to_string(pid) + "-0.tmp");
    testing::write_file(path, std::string(1000, 'x'));
    return path;
  };
  const auto killed = unfinished("killed", gone), written = unfinished("written", ::getpid());
  const auto hung = unfinished("hung", ::getpid());
  const auto hour_ago = std::filesystem::file_time_type::clock::now() - std::chrono::minutes(61);
  std::filesystem::last_write_time(hung, hour_ago);
  testing::write_file(folder / "other.1-0.tmp", "not of the cache");
  testing::write_file(folder / "0.world", std::string(1000, 'x'));
  make_room(folder.path(), 1000, 3000);
  EXPECT_FALSE(std::filesystem::exists(killed));
  EXPECT_FALSE(std::filesystem::exists(hung));
  EXPECT_TRUE(std::filesystem::exists(written));
  EXPECT_TRUE(std::filesystem::exists(folder / "0.world"));
  EXPECT_TRUE(std::filesystem::exists(folder / "other.1-0.tmp"));
  make_room(folder.path(), 1000, 2000);
  EXPECT_TRUE(std::filesystem::exists(written));
  EXPECT_FALSE(std::filesystem::exists(folder / "0.world")) << "what is being written counts";
}

}  // namespace
}  // namespace lockstep
