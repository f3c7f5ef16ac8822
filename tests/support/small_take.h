// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lockstep/recording/reader.h"
#include "lockstep/take/manifest.h"
#include "tests/support/files.h"
#include "tests/support/recording_fixture.h"

namespace lockstep::testing {

/// A take of two cameras on one line, "a" the master and "b" 200 us after it, with files to the
/// stamp.
class SmallTake {
 public:
  static constexpr double kDelayUs = 200;

  SmallTake() {
    manifest_.name = "small";
    manifest_.state = TakeState::complete;
    for (const bool master : {true, false}) {
      PlannedCamera planned;
      planned.name = master ? "a" : "b";
      planned.serial = master ? "000000000001" : "000000000002";
      planned.config = small_header().camera;
      planned.config.wired_sync = master ? WiredSync::master : WiredSync::subordinate;
      planned.color_delay_us = master ? 0 : kDelayUs;
      manifest_.plan.cameras.push_back(planned);
      manifest_.cameras.push_back(
          {.name = planned.name, .serial = planned.serial, .end = {EndOfCamera::length_reached}});
    }
    manifest_.plan.source = "a";
  }

  /// The next part of a camera: a capture on each of `ticks`, of a clock whose tick 0 is at
  /// `zero_us`. `placed`: the manifest knows how that clock stands to the rig's. `dropped`:
  /// captures before that on a tick, as the side track notes.
  void add_part(size_t camera, const std::vector<int64_t>& ticks, int64_t zero_us, bool placed,
                const std::map<int64_t, uint64_t>& dropped = {}) {
    TakeCamera& to = manifest_.cameras[camera];
    const std::string file = part_file_name(to.name, to.parts.size() + 1);
    RecordingHeader header = small_header();
    header.camera = manifest_.plan.cameras[camera].config;
    header.serial = to.serial;
    if (!calibration_json_.empty()) header.calibration_json = calibration_json_;
    auto writer = RecordingWriter::create(folder_ / file, header, {});
    ASSERT_TRUE(writer) << writer.error().message;
    const auto delay_us = static_cast<int64_t>(manifest_.plan.cameras[camera].color_delay_us);
    for (const int64_t tick : ticks) {
      const int64_t stamp_us = zero_us + delay_us + tick * 100'000 / 3;
      Capture capture = capture_at(stamp_us);
      if (const auto before = dropped.find(tick); before != dropped.end())
        capture.dropped_before = before->second;
      ASSERT_TRUE((*writer)->write(capture));
    }
    ASSERT_TRUE((*writer)->finish());
    TakePart& part = to.parts.emplace_back();
    part.file = file;
    if (placed) part.rig_from_device_ns = -zero_us * 1000;
    to.captures += ticks.size();
  }

  /// The factory calibration of parts that are added from now on.
  void set_calibration(std::string json) { calibration_json_ = std::move(json); }

  /// A part as its recorder leaves it that is killed before its first frame.
  void tear_before_first_frame(size_t camera, size_t part) {
    const std::filesystem::path torn = folder_ / manifest_.cameras[camera].parts[part].file;
    const auto frameless = [&] {
      const auto reader = RecordingReader::open(torn);
      return !reader && reader.error().code == Errc::truncated;
    };
    for (auto size = std::filesystem::file_size(torn); !frameless(); size = size * 9 / 10) {
      ASSERT_GT(size, 100u);
      std::filesystem::resize_file(torn, size);
    }
  }

  /// Writes the manifest.
  void save() const { ASSERT_TRUE(write_manifest(folder_.path(), manifest_)); }

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }
  [[nodiscard]] TakeManifest& manifest() { return manifest_; }

 private:
  TempFolder folder_;
  TakeManifest manifest_;
  std::string calibration_json_;
};

/// The whole numbers from `first` to `last`.
inline std::vector<int64_t> ticks(int64_t first, int64_t last) {
  std::vector<int64_t> all;
  for (int64_t tick = first; tick <= last; ++tick) all.push_back(tick);
  return all;
}

}  // namespace lockstep::testing
