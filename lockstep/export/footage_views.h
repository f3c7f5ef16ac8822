// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/export/footage.h"
#include "lockstep/fuse/fusion_camera.h"
#include "lockstep/geometry/rig_calibration.h"

namespace lockstep {

/// What of a footage is wanted, as the command line says it.
struct FootageChoice {
  std::vector<std::string> cameras;   ///< by name; empty: all
  std::filesystem::path calibration;  ///< empty: calibration.json of the take, where it has one
  std::optional<int64_t> first_tick{}, last_tick{};
  bool all_ticks = false;  ///< also those on which a camera is missing or not in step
};

/// The cameras that are wanted of a footage, and where they are.
struct FootageViews {
  std::vector<size_t> chosen;         ///< numbers in Footage::cameras()
  std::vector<FusionCamera> cameras;  ///< in the same order
  /// Nothing: no calibration of the rig was there. Then each camera's geometry is its factory's and
  /// its frame its own.
  std::optional<RigCalibration> calibration;
  std::filesystem::path calibration_file;
};

/// What is done about a recording whose factory calibration is missing or cannot be used.
enum class UnknownLenses { refuse, leave_out };

/// Errors: invalid_argument for a camera that the footage does not have; not_found and
/// unusable_input for a calibration that is not there, is none, or is of another rig; and, unless
/// they are left out of the geometry, unusable_input and unsupported for lenses that are not known.
Result<FootageViews> choose_views(const Footage& footage, const FootageChoice& choice,
                                  UnknownLenses unknown);

/// Where several cameras are must be known: unusable_input, with what to do, where it is not.
Result<void> need_rig(const Footage& footage, const FootageViews& views);

/// What is fused is depth: unusable_input where a chosen camera recorded none, but for the one
/// called `except`.
Result<void> need_depth(const Footage& footage, const FootageViews& views,
                        std::string_view except = {});

/// The sets of the chosen ticks in order, each with the slots of the chosen cameras. Unless all are
/// wanted, a tick is left out on which a chosen camera has no capture or is not in step.
class TickWalk {
 public:
  /// Errors: invalid_argument for ticks that the footage does not have. Borrows `footage`.
  static Result<TickWalk> begin(Footage& footage, const FootageViews& views,
                                const FootageChoice& choice);

  /// Nothing after the last, and once `goes_on` says no: it is told, before each tick is read, how
  /// many of all are walked, those that are left out, too. Errors: those of the footage.
  Result<std::optional<CaptureSet>> next(
      const std::function<bool(int64_t walked, int64_t ticks)>& goes_on);
  [[nodiscard]] bool stopped() const { return stopped_; }
  [[nodiscard]] Tick first() const { return Tick{first_}; }
  [[nodiscard]] int64_t ticks() const { return last_ - first_ + 1; }  ///< chosen
  [[nodiscard]] int64_t walked() const { return next_ - first_; }     ///< of them, so far
  [[nodiscard]] int64_t left_out() const { return left_out_; }
  [[nodiscard]] int64_t taken() const { return taken_; }  ///< sets that came out

 private:
  TickWalk(Footage& footage, const FootageViews& views, bool all_ticks, int64_t first, int64_t last)
      : footage_(&footage),
        chosen_(views.chosen),
        all_ticks_(all_ticks),
        first_(first),
        last_(last),
        next_(first) {}

  Footage* footage_;
  std::vector<size_t> chosen_;
  bool all_ticks_;
  int64_t first_, last_, next_;
  int64_t left_out_ = 0, taken_ = 0;
  bool stopped_ = false;
};

}  // namespace lockstep
