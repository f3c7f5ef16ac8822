// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/solver_log.h"

#include <glog/logging.h>

namespace lockstep {

void silence_solver_log() {
  [[maybe_unused]] static const int once = FLAGS_minloglevel = google::GLOG_FATAL;
}

}  // namespace lockstep
