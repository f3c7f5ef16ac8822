// SPDX-License-Identifier: MIT
#include "lockstep/apps/common/watched_job.h"

namespace lockstep {

std::function<bool(int64_t, int64_t)> WatchedJob::progress() {
  // From several threads, one at a time: the line belongs to none of them.
  return [this](int64_t done, int64_t all) {
    if (!bar_ && !quiet_) bar_.emplace(what_, static_cast<uint64_t>(all));
    if (bar_) bar_->update(static_cast<uint64_t>(done));
    return !interrupt_.requested();
  };
}

}  // namespace lockstep
