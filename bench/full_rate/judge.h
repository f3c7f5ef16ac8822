// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/full_rate/mode.h"

namespace lockstep::full_rate {

/// What one camera printed.
struct Camera {
  std::vector<int64_t> color_us, depth_us;  ///< stamps by capture; 0: the image is not there
  std::vector<int64_t> late_us;             ///< from the arrival to the program
  int wrong_images = 0;
  double processor_s = 0;
  std::string failure;  ///< what it said instead
};
[[nodiscard]] Camera read_camera(const std::string& printed);

/// How a mode went. Captures are judged after the first ten.
struct Outcome {
  int captures = 0;
  int lost = 0;           ///< frames of either stream that are missing
  double color_us = 0;    ///< colour of the subordinate to that of the master, less its delay: mean
  double worst_us = 0;    ///< and the largest on a single tick
  double depth_us = 0;    ///< depth to colour of one camera: the larger mean
  double late_ms = 0;     ///< the latest capture
  double processors = 0;  ///< that all cameras together keep busy
  std::string problem;    ///< why it falls short; empty when it does not
};
/// `cameras`: the master and then the subordinate, or one alone. `delay_us`: of the subordinate.
[[nodiscard]] Outcome judge(const Mode& mode, const std::vector<Camera>& cameras, double delay_us);

}  // namespace lockstep::full_rate
