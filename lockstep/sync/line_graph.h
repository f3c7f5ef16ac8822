// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lockstep/rig/plan.h"

namespace lockstep {

/// The cables of a plan, looked along from a camera towards the source of its pulses. Keeps the
/// plan; without one (null) no cable is known.
class LineGraph {
 public:
  explicit LineGraph(const Plan* plan) : plan_(plan) {}

  /// The cable that brings a camera or box its pulses; null for the source and where none is known.
  [[nodiscard]] const WiringLine* into(const std::string& node) const;
  /// True when the pulses of `node` come through this cable.
  [[nodiscard]] bool passes(const WiringLine& cable, const std::string& node) const;
  /// Those of `cameras` whose pulses come through this cable.
  [[nodiscard]] std::vector<std::string> behind(const WiringLine& cable,
                                                const std::vector<std::string>& cameras) const;
  /// Where the line to `camera`, which is cut off, broke: the cable into the camera nearest to the
  /// source on its way that is `cut_off` as well (what is behind that one is, too, whatever it
  /// looks like), or into the box before it when most of its outlets lead to `cameras` that
  /// are. Null where no cable is known.
  [[nodiscard]] const WiringLine* broken_at(
      const std::string& camera, const std::vector<std::string>& cameras,
      const std::function<bool(const std::string&)>& cut_off) const;

 private:
  [[nodiscard]] bool most_outlets_cut(const std::string& box,
                                      const std::vector<std::string>& cameras,
                                      const std::function<bool(const std::string&)>& cut_off) const;

  const Plan* plan_;
};

}  // namespace lockstep
