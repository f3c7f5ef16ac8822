// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/solver_options.h"

#include <glog/logging.h>

namespace lockstep {

ceres::Solver::Options quiet_solver_options() {
  [[maybe_unused]] static const int once = FLAGS_minloglevel = google::GLOG_FATAL;
  ceres::Solver::Options options;
  options.logging_type = ceres::SILENT;
  return options;
}

}  // namespace lockstep
