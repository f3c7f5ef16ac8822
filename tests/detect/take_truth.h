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
      : json_(nlohmann::json::parse(read_file(take / "truth.json"))) {}

  [[nodiscard]] RigidTransform world_from_depth(size_t camera) const {
    return transform(json_.at("cameras").at(camera).at("world_from_depth"));
  }
  [[nodiscard]] double depth_bias_mm(size_t camera) const {
    return json_.at("cameras").at(camera).at("depth_bias_mm").get<double>();
  }

 private:
  static RigidTransform transform(const nlohmann::json& from) {
    RigidTransform to;
    for (size_t i = 0; i < 9; ++i)
      to.rotation(static_cast<int>(i / 3), static_cast<int>(i % 3)) =
          from.at("rotation").at(i).get<double>();
    for (size_t i = 0; i < 3; ++i)
      to.translation[static_cast<int>(i)] = from.at("translation_m").at(i).get<double>();
    return to;
  }

  nlohmann::json json_;
};

}  // namespace lockstep::testing
