// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "lockstep/frame/capture.h"

namespace lockstep {

/// So many ticks wait for a camera that is late, so that memory is bounded by them.
inline constexpr size_t kMostTicksWaiting = 10;

/// Puts captures of several cameras together by tick while they come, as SetReader does with those
/// of a take: tick 0 is the first that all cameras have, and the last is the last that no camera
/// ended before. Does not judge whether they are in step. Pure.
class SetGatherer {
 public:
  explicit SetGatherer(size_t cameras) : cameras_(cameras) {}

  /// A capture of `camera` at `tick` on the count of the rig (MonitorStep::tick), in the order in
  /// which the camera delivers. Returns the sets that are complete by it, oldest first. Of two
  /// captures at one tick the first counts.
  std::vector<CaptureSet> add(size_t camera, int64_t tick, CapturePtr capture);
  /// The camera delivers no more: lost (device_lost), and the others go on without it, or ended
  /// with them (after_end). Returns what waited for it alone.
  std::vector<CaptureSet> end(size_t camera, HoleCause cause);

 private:
  struct Camera {
    std::optional<int64_t> first{}, newest{};  ///< ticks that came
    std::optional<HoleCause> ended{};
  };

  std::vector<CaptureSet> take_complete();
  void begin_if_all_came();
  [[nodiscard]] bool is_complete(int64_t tick) const;
  [[nodiscard]] HoleCause cause(const Camera& camera, int64_t tick) const;

  std::vector<Camera> cameras_;
  std::map<int64_t, CaptureSet> waiting_;  ///< by the rig's count
  std::optional<int64_t> zero_;            ///< tick 0 of the sets, on the rig's count
  std::optional<int64_t> last_;            ///< no set is of a later tick
  std::optional<int64_t> given_;           ///< newest that was returned
};

}  // namespace lockstep
