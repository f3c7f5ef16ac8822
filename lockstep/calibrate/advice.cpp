// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/advice.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "lockstep/base/text.h"

namespace lockstep {
namespace {

constexpr double kWorstHeldOutMm = 10;
constexpr double kFairHeldOutMm = 4;
constexpr int kFewTicks = 10;
constexpr int kTooFewTicks = 4;
constexpr double kLeastTiltDeg = 20;
constexpr double kLeastSpan = 1.15;  // farthest board over nearest one
constexpr double kLeastCoverage = 0.25;
constexpr double kWorstPoseMm = 10;
constexpr double kWorstPoseDeg = 0.3;
constexpr double kUsualNoisePx = 0.6;
constexpr double kDoubtedSigmas = 3;
constexpr double kMissingShare = 0.05;  // of the images that show another row of the board
// Three cameras that are off by up to 5 mm, each for itself, are so alike once in seventy rigs.
constexpr size_t kFewestAlike = 3;
constexpr double kAlikeM = 0.003;

class Adviser {
 public:
  explicit Adviser(const CalibrationReport& report) : report_(report) {}

  void degenerate() {
    bool parallel = true;
    bool one_distance = true;
    for (const CameraEvidence& camera : report_.cameras) {
      parallel = parallel && camera.most_tilt_deg < kLeastTiltDeg;
      one_distance = one_distance && camera.farthest_m < kLeastSpan * camera.nearest_m;
    }
    if (parallel) {
      say(AdviceLevel::fail, "always-parallel", {},
          fmt::format("the board was never tilted by as much as {:.0f}° between two ticks, which "
                      "leaves open how far it was to the side of each camera",
                      kLeastTiltDeg),
          "tilt it to all sides, by 30° and more");
    }
    if (one_distance) {
      say(parallel ? AdviceLevel::fail : AdviceLevel::warning, "one-distance", {},
          "the board was always at one distance from each camera, which leaves open what focal "
          "lengths and depth are off by",
          "show it near and far, through all of the space that will be used");
    }
  }

  void board_size() {
    const SquareByDepth& square = report_.square_by_depth;
    if (square.ratio == 0 || std::abs(square.ratio - 1) < kDoubtedSigmas * square.sigma) return;
    say(AdviceLevel::fail, "board-size", {},
        fmt::format(
            "by depth a square of the board measures {:.2f} mm, give or take {:.2f} mm, and "
            "the board file says {:.2f} mm: as much as that is off, all distances are",
            report_.board.square_m * square.ratio * 1000,
            report_.board.square_m * square.sigma * 1000, report_.board.square_m * 1000),
        "measure along ten squares with a ruler, and put what one of them has into the board file");
  }

  /// The poses are right all the same: rows are counted from the other side. A corner that is not
  /// there is now and then seen in what is behind the edge of the board.
  void missing_rows() {
    const Board& board = report_.board;
    std::vector<int> rows(static_cast<size_t>(board.corners_y())),
        columns(static_cast<size_t>(board.corners_x()));
    for (size_t id = 0; id < report_.corner_sightings.size(); ++id) {
      rows[id / columns.size()] += report_.corner_sightings[id];
      columns[id % columns.size()] += report_.corner_sightings[id];
    }
    for (const auto& [what, seen] : {std::pair("row", &rows), std::pair("column", &columns)}) {
      const double few = kMissingShare * *std::max_element(seen->begin(), seen->end());
      for (const auto& [end, count] :
           {std::pair("first", seen->front()), std::pair("last", seen->back())}) {
        if (count >= few) continue;
        say(AdviceLevel::note, "corners-hardly-seen", {},
            fmt::format("hardly an image showed the {} {} of the board's corners", end, what),
            fmt::format("count its squares: the board file says {} x {}", board.squares_x,
                        board.squares_y));
      }
    }
  }

  /// A board file that says too few rows leaves out the rest; one marker in many is read wrong.
  void foreign_markers() {
    const MarkerCount& markers = report_.markers;
    if (static_cast<double>(markers.foreign) < kMissingShare * static_cast<double>(markers.own) ||
        markers.foreign == 0)
      return;
    say(AdviceLevel::note, "foreign-markers", {},
        fmt::format("{} were seen that the board does not have, and {} that it has",
                    counted(markers.foreign, "marker"), markers.own),
        fmt::format("count the board's squares: the board file says {} x {}; or take other boards "
                    "out of sight",
                    report_.board.squares_x, report_.board.squares_y));
  }

  /// What cameras are off by differs from one to the next; the size of the board is shared.
  void alike_offsets() {
    const auto& cameras = report_.calibration.cameras;
    if (cameras.size() < kFewestAlike) return;
    double sum_m = 0, distance_m = 0;
    double least_m = cameras.front().depth_offset_m, most_m = least_m;
    for (size_t i = 0; i < cameras.size(); ++i) {
      const double offset_m = cameras[i].depth_offset_m;
      sum_m += offset_m;
      least_m = std::min(least_m, offset_m);
      most_m = std::max(most_m, offset_m);
      distance_m += (report_.cameras[i].nearest_m + report_.cameras[i].farthest_m) / 2;
    }
    const double mean_m = sum_m / static_cast<double>(cameras.size());
    if (std::abs(mean_m) < kAlikeM || most_m - least_m > std::abs(mean_m) / 3) return;
    say(AdviceLevel::note, "alike-depth-offsets", {},
        fmt::format("all cameras measure depth {:.1f} mm too {}: so would they if the squares of "
                    "the board were {:.1f} % {} than its file says, and all distances with them",
                    1000 * std::abs(mean_m), mean_m > 0 ? "far" : "near",
                    100 * std::abs(sum_m) / distance_m, mean_m > 0 ? "larger" : "smaller"),
        "measure along ten squares with a ruler");
  }

  void ticks() {
    for (const PairEvidence& pair : report_.pairs) {
      if (pair.ticks >= kFewTicks || joined_better(pair)) continue;
      say(pair.ticks < kTooFewTicks ? AdviceLevel::fail : AdviceLevel::warning, "few-shared-ticks",
          {name(pair.a), name(pair.b)},
          fmt::format("{} and {} share only {}, and nothing else joins them better", name(pair.a),
                      name(pair.b), counted(pair.ticks, "tick")),
          "show the board between them, to both at once");
    }
  }

  void held_out() {
    if (report_.cameras.size() < 2) return;
    if (report_.held_out.all.corners == 0) {
      say(AdviceLevel::fail, "nothing-held-out", {},
          "too few ticks were shared to keep some from the solve, so that nothing proves these "
          "poses",
          fmt::format("show the board for {} ticks and more to every two neighbours",
                      2 * kFewTicks));
      return;
    }
    for (const PairEvidence& pair : report_.pairs) {
      if (!pair.held_out || pair.held_out->mm < kFairHeldOutMm) continue;
      say(pair.held_out->mm < kWorstHeldOutMm ? AdviceLevel::warning : AdviceLevel::fail,
          "held-out-error", {name(pair.a), name(pair.b)},
          fmt::format("between {} and {} corners that the solve never saw come out {:.1f} mm from "
                      "where they were measured",
                      name(pair.a), name(pair.b), pair.held_out->mm),
          "hold the board still at each place, see that it is flat and measured right, and that no "
          "camera moves");
    }
  }

  void poses() {
    for (const CalibratedCamera& camera : report_.calibration.cameras) {
      const PoseSigma known = known_to(camera.covariance);
      const double mm = 1000 * known.shift_m;
      const double deg = kDegPerRad * known.turn_rad;
      if (mm < kWorstPoseMm && deg < kWorstPoseDeg) continue;
      say(AdviceLevel::fail, "uncertain-pose", {camera.name},
          fmt::format("{} is known to {:.1f} mm and {:.2f}° only", camera.name, mm, deg),
          "show the board to it and its neighbours at more places, tilted, near and far");
    }
  }

  void images() {
    std::vector<std::string> narrow, narrow_cameras;
    for (size_t i = 0; i < report_.cameras.size(); ++i) {
      const CameraEvidence& camera = report_.cameras[i];
      const std::string& of = report_.calibration.cameras[i].name;
      for (const auto& [sensor, evidence] :
           {std::pair("colour", &camera.color), std::pair("infrared", &camera.infrared)}) {
        if (evidence->views == 0) {
          say(AdviceLevel::warning, "sensor-saw-no-board", {of},
              fmt::format("{} never saw the board in {}", of, sensor),
              "light the board for it, or show it nearer");
          continue;
        }
        if (evidence->coverage < kLeastCoverage) {
          narrow.push_back(
              fmt::format("{:.0f} % of {}'s {} image", 100 * evidence->coverage, of, sensor));
          if (narrow_cameras.empty() || narrow_cameras.back() != of) narrow_cameras.push_back(of);
        }
        if (evidence->rms_px > kUsualNoisePx) {
          say(AdviceLevel::warning, "large-residuals", {of},
              fmt::format("in {}'s {} corners are {:.2f} px from where they should be", of, sensor,
                          evidence->rms_px),
              "hold the board still, see that it is flat, and take more light or a shorter "
              "exposure");
        }
      }
    }
    if (narrow.empty()) return;
    say(AdviceLevel::warning, "low-coverage", std::move(narrow_cameras),
        fmt::format("the board was seen in {} only", fmt::join(narrow, ", ")),
        "show it in the corners of the images, too");
  }

  void left_out() {
    const LeftOut& left = report_.left_out;
    const auto note = [&](int count, const char* rule, std::string message, const char* mend) {
      if (count > 0) say(AdviceLevel::note, rule, {}, std::move(message), mend);
    };
    note(left.blurred, "blurred-views",
         fmt::format("{} left out for being blurred", counted(left.blurred, "image")),
         "hold the board still, or expose shorter");
    note(left.alike_ticks, "alike-views",
         fmt::format("{} the board where an earlier one does, and tell nothing new",
                     left.alike_ticks == 1 ? "1 tick shows"
                                           : fmt::format("{} ticks show", left.alike_ticks)),
         "move it on between two ticks");
    note(left.few_corners, "few-corners",
         fmt::format("{} left out for showing fewer than {} corners",
                     counted(left.few_corners, "image"), kLeastCornersOfAView),
         "");
    note(left.contradicting, "contradicting-views",
         fmt::format("{} left out for contradicting all others",
                     counted(left.contradicting, "image")),
         "hold the board still, and show one board at a time");
    note(static_cast<int>(std::min<int64_t>(report_.ticks_out_of_step, 1 << 30)), "out-of-step",
         fmt::format("{} left out for not being in step",
                     counted(report_.ticks_out_of_step, "tick")),
         "");
  }

  std::vector<Advice> take() {
    std::stable_sort(advice_.begin(), advice_.end(),
                     [](const Advice& a, const Advice& b) { return a.level < b.level; });
    return std::move(advice_);
  }

 private:
  [[nodiscard]] const std::string& name(int camera) const {
    return report_.calibration.cameras[static_cast<size_t>(camera)].name;
  }

  /// Whether a way over others, all of whose pairs share enough ticks, joins two cameras.
  [[nodiscard]] bool joined_better(const PairEvidence& weak) const {
    std::vector<bool> reached(report_.cameras.size());
    reached[static_cast<size_t>(weak.a)] = true;
    for (size_t round = 0; round < reached.size(); ++round) {
      for (const PairEvidence& pair : report_.pairs) {
        if (pair.ticks < std::max(kFewTicks, weak.ticks + 1)) continue;
        const auto a = static_cast<size_t>(pair.a);
        const auto b = static_cast<size_t>(pair.b);
        if (reached[a] || reached[b]) reached[a] = reached[b] = true;
      }
    }
    return reached[static_cast<size_t>(weak.b)];
  }

  void say(AdviceLevel level, std::string rule, std::vector<std::string> cameras,
           std::string message, std::string mend) {
    advice_.push_back(
        {level, std::move(rule), std::move(cameras), std::move(message), std::move(mend)});
  }

  const CalibrationReport& report_;
  std::vector<Advice> advice_;
};

}  // namespace

std::vector<Advice> advise(const CalibrationReport& report) {
  Adviser adviser(report);
  adviser.degenerate();
  adviser.board_size();
  adviser.missing_rows();
  adviser.foreign_markers();
  adviser.alike_offsets();
  adviser.ticks();
  adviser.held_out();
  adviser.poses();
  adviser.images();
  adviser.left_out();
  return adviser.take();
}

}  // namespace lockstep
