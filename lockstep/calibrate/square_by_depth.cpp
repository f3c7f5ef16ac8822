// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/square_by_depth.h"

#include <algorithm>
#include <cmath>

#include "lockstep/calibrate/plane_pose.h"
#include "lockstep/time/line_fit.h"

namespace lockstep {
namespace {

// The vendor gives 11 mm and 0.1 % of the distance for the systematic error of depth (docs/
// sensor-facts.md). An offset is taken for such a normal number, the rest for what a view is off by
// together: however many views there are, they tell no more than kMostViews of a camera.
constexpr double kOffsetM = 0.008;
constexpr double kViewM = 0.0025;
constexpr double kScale = 0.001;
constexpr double kFocalLength = 0.0005;
constexpr double kMostViews = 12;
constexpr double kOutlierSigmas = 5;

/// Where a view has the board, by its image and by depth: the mean of its corners, metres.
struct ViewOfDepth {
  size_t camera = 0;
  double by_image_m = 0, by_depth_m = 0;
};

std::vector<ViewOfDepth> views_of_depth(const std::vector<CameraToSolve>& cameras,
                                        const Board& board, const std::vector<BoardView>& views) {
  std::vector<ViewOfDepth> found;
  for (const BoardView& view : views) {
    if (view.sensor != BoardSensor::infrared) continue;
    const auto camera = static_cast<size_t>(view.camera);
    const auto pose = plane_pose(cameras[camera].depth, board, view.corners);
    if (!pose) continue;
    ViewOfDepth of_view{camera, 0, 0};
    size_t corners = 0;
    for (const SeenCorner& corner : view.corners) {
      if (!corner.depth_m) continue;
      of_view.by_image_m += (pose->camera_from_board * board.corner(corner.id)).z();
      of_view.by_depth_m += *corner.depth_m;
      ++corners;
    }
    if (corners < kLeastCornersOfAView) continue;
    of_view.by_image_m /= static_cast<double>(corners);
    of_view.by_depth_m /= static_cast<double>(corners);
    found.push_back(of_view);
  }
  return found;
}

struct Line {
  SquareByDepth square;
  std::vector<double> offset_m;  ///< by camera
};

/// by_depth = ratio * by_image + offset of the camera, the offsets held to nothing.
Line fit(size_t cameras, const std::vector<ViewOfDepth>& views) {
  struct Sums {
    double n = 0, z = 0, d = 0, zz = 0, zd = 0;
  };
  std::vector<Sums> of(cameras);
  for (const ViewOfDepth& view : views) {
    Sums& sums = of[view.camera];
    ++sums.n;
    sums.z += view.by_image_m;
    sums.d += view.by_depth_m;
    sums.zz += view.by_image_m * view.by_image_m;
    sums.zd += view.by_image_m * view.by_depth_m;
  }
  double told = 0, told_ratio = 0;
  for (const Sums& sums : of) {
    if (sums.n == 0) continue;
    const double weight = std::min(1.0, kMostViews / sums.n) / (kViewM * kViewM);
    const double held = weight * sums.n + 1 / (kOffsetM * kOffsetM);
    told += weight * (sums.zz - weight * sums.z * sums.z / held);
    told_ratio += weight * (sums.zd - weight * sums.z * sums.d / held);
  }
  Line line;
  line.offset_m.assign(cameras, 0);
  if (told <= 0) return line;
  line.square.ratio = told_ratio / told;
  line.square.sigma = std::sqrt(1 / told + kScale * kScale + kFocalLength * kFocalLength);
  for (size_t i = 0; i < cameras; ++i) {
    if (of[i].n > 0) line.offset_m[i] = (of[i].d - line.square.ratio * of[i].z) / of[i].n;
  }
  return line;
}

}  // namespace

SquareByDepth square_by_depth(const std::vector<CameraToSolve>& cameras, const Board& board,
                              const std::vector<BoardView>& views) {
  std::vector<ViewOfDepth> kept = views_of_depth(cameras, board, views);
  Line line = fit(cameras.size(), kept);
  // A board half hidden, or whose pose was taken for its mirror image, is off by decimetres.
  for (int pass = 0; pass < 3 && !kept.empty(); ++pass) {
    const auto off_m = [&](const ViewOfDepth& view) {
      return std::abs(view.by_depth_m - line.square.ratio * view.by_image_m -
                      line.offset_m[view.camera]);
    };
    std::vector<double> off;
    for (const ViewOfDepth& view : kept) off.push_back(off_m(view));
    const double most = kOutlierSigmas * std::max(kViewM, kSigmaFromMad * median(off));
    std::erase_if(kept, [&](const ViewOfDepth& view) { return off_m(view) > most; });
    line = fit(cameras.size(), kept);
  }
  return line.square;
}

}  // namespace lockstep
