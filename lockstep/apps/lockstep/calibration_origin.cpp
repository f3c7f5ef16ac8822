// SPDX-License-Identifier: MIT
#include "lockstep/apps/lockstep/calibration_origin.h"

#include <fmt/core.h>

#include <charconv>
#include <utility>
#include <vector>

#include "lockstep/calibrate/rig_origin.h"
#include "lockstep/recording/reader.h"
#include "lockstep/take/gather_floor.h"
#include "lockstep/take/gather_gravity.h"
#include "lockstep/take/set_reader.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

Result<RigidTransform> by_gravity(const fs::path& folder, const RigCalibration& calibration) {
  const auto take = SetReader::open(folder);
  if (!take) return take.error();
  const auto up = gather_gravity(**take, calibration);
  if (!up) return up.error();
  if (!*up) return no_inertial_samples();
  const RigidTransform& first = calibration.cameras.front().rig_from_depth;
  return upright_from_rig(first, **up, first.translation);
}

/// By the headers of the recordings, which are read at once.
Result<void> has_inertial_samples(const SetReader& take) {
  for (size_t i = 0; i < take.manifest().cameras.size(); ++i) {
    const auto reader = RecordingReader::open(take.first_file(i));
    if (!reader) return reader.error();
    if ((*reader)->info().header.has_imu) return {};
  }
  return no_inertial_samples();
}

Result<RigidTransform> on_floor(const fs::path& folder, const RigCalibration& calibration) {
  const auto take = SetReader::open(folder);
  if (!take) return take.error();
  const auto floor = gather_floor(**take, calibration);
  if (!floor) return floor.error();
  if (!*floor) {
    return Error{Errc::unusable_input,
                 "no floor was found: see that the cameras see some of it and stand upright, or "
                 "fix the rig to something else (--origin gravity)"};
  }
  const RigidTransform& first = calibration.cameras.front().rig_from_depth;
  return upright_from_rig(first, (*floor)->up, (*floor)->below(first.translation));
}

Result<RigidTransform> by_board(const OriginWish& wish,
                                const std::map<int64_t, RigidTransform>& rig_from_board) {
  const auto found = wish.tick ? rig_from_board.find(*wish.tick) : rig_from_board.begin();
  if (found == rig_from_board.end()) {
    return Error{Errc::unusable_input,
                 fmt::format("the solve did not use the board at tick {}: leave the tick out for "
                             "the first that it used, {}",
                             wish.tick.value_or(0),
                             rig_from_board.empty() ? 0 : rig_from_board.begin()->first)};
  }
  return board_from_rig(found->second);
}

}  // namespace

Result<OriginWish> origin_from(const std::string& text) {
  constexpr std::string_view kBoardAt = "board:";
  for (const RigOrigin origin :
       {RigOrigin::camera, RigOrigin::gravity, RigOrigin::floor, RigOrigin::board}) {
    if (text == to_string(origin)) return OriginWish{origin, {}};
  }
  int64_t tick = 0;
  if (text.starts_with(kBoardAt)) {
    const char* const end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data() + kBoardAt.size(), end, tick);
    if (error == std::errc{} && at == end && tick >= 0) return OriginWish{RigOrigin::board, tick};
  }
  return Error{Errc::invalid_argument,
               fmt::format("'{}' fixes no rig: --origin takes camera, gravity, floor, board or "
                           "board:TICK",
                           text)};
}

Error no_inertial_samples() {
  return {Errc::unusable_input,
          "there are no inertial samples to say where up is: record with imu = true, or fix the "
          "rig to something "
          "else (--origin floor)"};
}

Result<void> check_origin(const fs::path& take_folder, const OriginWish& wish) {
  if (!wish.tick && wish.origin != RigOrigin::gravity) return {};
  const auto take = SetReader::open(take_folder);
  if (!take) return take.error();
  if (!wish.tick) return has_inertial_samples(**take);
  const int64_t ticks = (*take)->tick_count();
  if (*wish.tick < ticks) return {};
  return Error{Errc::invalid_argument,
               fmt::format("--origin board:{}: the ticks of {} go from 0 to {}", *wish.tick,
                           take_folder.string(), ticks - 1)};
}

Result<void> move_origin(const fs::path& take_folder, const OriginWish& wish,
                         const std::map<int64_t, RigidTransform>& rig_from_board,
                         RigCalibration& calibration) {
  Result<RigidTransform> new_from_rig = RigidTransform{};
  switch (wish.origin) {
    case RigOrigin::camera:
      return {};
    case RigOrigin::gravity:
      new_from_rig = by_gravity(take_folder, calibration);
      break;
    case RigOrigin::floor:
      new_from_rig = on_floor(take_folder, calibration);
      break;
    case RigOrigin::board:
      new_from_rig = by_board(wish, rig_from_board);
      break;
  }
  if (!new_from_rig) return new_from_rig.error();
  set_origin(calibration, wish.origin, *new_from_rig);
  return {};
}

}  // namespace lockstep
