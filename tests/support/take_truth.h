// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

#include "lockstep/geometry/rigid.h"
#include "tests/support/files.h"

namespace lockstep::testing {

/// What truth.json of a simulated take says of its cameras.
class TakeTruth {
 public:
  explicit TakeTruth(const std::filesystem::path& take)
      : json_(nlohmann::json::parse(read_file(take / "truth.json"))),
        take_(nlohmann::json::parse(read_file(take / "take.json"))) {}

  [[nodiscard]] size_t cameras() const { return json_.at("cameras").size(); }
  [[nodiscard]] std::string name(size_t camera) const { return text(camera, "name"); }
  [[nodiscard]] std::string serial(size_t camera) const { return text(camera, "serial"); }
  /// The lenses as they are, in the form of a factory calibration.
  [[nodiscard]] std::string calibration_json(size_t camera) const {
    return json_.at("cameras").at(camera).at("calibration").dump();
  }
  [[nodiscard]] RigidTransform world_from_depth(size_t camera) const {
    return transform(json_.at("cameras").at(camera).at("world_from_depth"));
  }
  [[nodiscard]] double depth_bias_mm(size_t camera) const {
    return json_.at("cameras").at(camera).at("depth_bias_mm").get<double>();
  }
  /// At a tick of the take: its pictures are those of the frame so many periods after the source
  /// began.
  [[nodiscard]] RigidTransform world_from_board(int64_t tick) const {
    const auto& frames = json_.at("world_from_board");
    const auto frame = take_.at("first_common_tick_after_pulse").get<int64_t>() + tick;
    return transform(frames.at(static_cast<size_t>(frame) % frames.size()));
  }

 private:
  [[nodiscard]] std::string text(size_t camera, const char* key) const {
    return json_.at("cameras").at(camera).at(key).get<std::string>();
  }
  static RigidTransform transform(const nlohmann::json& from) {
    RigidTransform to;
    for (size_t i = 0; i < 9; ++i)
      to.rotation(static_cast<int>(i / 3), static_cast<int>(i % 3)) =
          from.at("rotation").at(i / 3).at(i % 3).get<double>();
    for (size_t i = 0; i < 3; ++i)
      to.translation[static_cast<int>(i)] = from.at("translation_m").at(i).get<double>();
    return to;
  }

  nlohmann::json json_;
  nlohmann::json take_;
};

}  // namespace lockstep::testing
