// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/view_selection.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "lockstep/time/line_fit.h"

namespace lockstep {
namespace {

// An edge that is wider than this, and than twice what the camera's others are, is blurred.
constexpr double kWidestSharpEdgePx = 3.0;
constexpr double kTimesOthers = 2.0;
// Views whose corners lie this close on average are of a board that was not moved.
constexpr double kAlikePx = 1.0;

using ByTick = std::map<int64_t, std::vector<const BoardView*>>;
using SensorOfCamera = std::pair<int, BoardSensor>;

std::map<SensorOfCamera, double> widest_sharp_edges(const std::vector<BoardSighting>& sightings) {
  std::map<SensorOfCamera, std::vector<double>> widths;
  for (const BoardSighting& seen : sightings)
    widths[{seen.view.camera, seen.view.sensor}].push_back(seen.edge_width_px);
  std::map<SensorOfCamera, double> widest;
  for (auto& [camera, all] : widths) widest[camera] = widest_sharp_edge_px(std::move(all));
  return widest;
}

/// How far apart the corners are that two images show.
struct CornersApart {
  double sum_px = 0;
  int common = 0;

  void add(const std::vector<SeenCorner>& a, const std::vector<SeenCorner>& b) {
    auto other = b.begin();
    for (const SeenCorner& corner : a) {
      while (other != b.end() && other->id < corner.id) ++other;
      if (other == b.end()) break;
      if (other->id != corner.id) continue;
      sum_px += (corner.pixel - other->pixel).norm();
      ++common;
    }
  }
  [[nodiscard]] bool alike() const { return common > 0 && sum_px / common < kAlikePx; }
};

/// Whether two ticks show the board at one place to the same cameras.
bool alike(const std::vector<const BoardView*>& a, const std::vector<const BoardView*>& b) {
  if (a.size() != b.size()) return false;
  CornersApart apart;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i]->camera != b[i]->camera || a[i]->sensor != b[i]->sensor) return false;
    apart.add(a[i]->corners, b[i]->corners);
  }
  return apart.alike();
}

std::vector<BoardView> sharp_views(const std::vector<BoardSighting>& sightings, LeftOut& left_out) {
  const auto widest = widest_sharp_edges(sightings);
  std::vector<BoardView> views;
  for (const BoardSighting& seen : sightings) {
    if (seen.view.corners.empty()) continue;
    if (seen.view.corners.size() < kLeastCornersOfAView) {
      ++left_out.few_corners;
      continue;
    }
    if (seen.edge_width_px > widest.at({seen.view.camera, seen.view.sensor})) {
      ++left_out.blurred;
      continue;
    }
    views.push_back(seen.view);
  }
  std::stable_sort(views.begin(), views.end(), [](const BoardView& a, const BoardView& b) {
    return std::tuple(a.tick, a.camera, a.sensor) < std::tuple(b.tick, b.camera, b.sensor);
  });
  return views;
}

ByTick by_tick(const std::vector<BoardView>& views) {
  ByTick ticks;
  for (const BoardView& view : views) ticks[view.tick].push_back(&view);
  return ticks;
}

int drop_alike(ByTick& ticks) {
  int dropped = 0;
  for (auto tick = ticks.begin(); tick != ticks.end();) {
    const bool known = std::any_of(ticks.begin(), tick, [&](const auto& earlier) {
      return alike(earlier.second, tick->second);
    });
    dropped += known ? 1 : 0;
    tick = known ? ticks.erase(tick) : std::next(tick);
  }
  return dropped;
}

using CameraPair = std::pair<int, int>;

std::vector<CameraPair> pairs_of(const std::vector<const BoardView*>& tick) {
  std::set<CameraPair> pairs;
  for (const BoardView* a : tick) {
    for (const BoardView* b : tick) {
      if (a->camera < b->camera) pairs.insert({a->camera, b->camera});
    }
  }
  return {pairs.begin(), pairs.end()};
}

/// Ticks to hold out: of every pair of cameras a fifth, spread over the take.
std::set<int64_t> hold_out(const ByTick& ticks) {
  struct Count {
    int all = 0, so_far = 0, held = 0;
  };
  std::map<CameraPair, Count> counts;
  for (const auto& [tick, views] : ticks) {
    for (const CameraPair& pair : pairs_of(views)) ++counts[pair].all;
  }
  std::set<int64_t> held;
  for (const auto& [tick, views] : ticks) {
    const auto pairs = pairs_of(views);
    bool due = false, spared = false;
    for (const CameraPair& pair : pairs) {
      Count& count = counts[pair];
      due = due || ++count.so_far / kHoldOutEvery > count.held;
      spared = spared || (count.held + 1) * kHoldOutEvery > count.all;
    }
    if (!due || spared) continue;
    for (const CameraPair& pair : pairs) ++counts[pair].held;
    held.insert(tick);
  }
  return held;
}

}  // namespace

double widest_sharp_edge_px(std::vector<double> edge_widths_px) {
  std::erase_if(edge_widths_px, [](double width) { return !(width > 0); });
  if (edge_widths_px.empty()) return kWidestSharpEdgePx;
  return std::max(kWidestSharpEdgePx, kTimesOthers * median(edge_widths_px));
}

bool show_one_place(const std::vector<SeenCorner>& a, const std::vector<SeenCorner>& b) {
  CornersApart apart;
  apart.add(a, b);
  return apart.alike();
}

ViewSelection select_views(const std::vector<BoardSighting>& sightings) {
  ViewSelection selection;
  const std::vector<BoardView> views = sharp_views(sightings, selection.left_out);
  ByTick ticks = by_tick(views);
  selection.left_out.alike_ticks = drop_alike(ticks);
  const std::set<int64_t> held = hold_out(ticks);
  for (const auto& [tick, of_tick] : ticks) {
    for (const BoardView* view : of_tick)
      (held.contains(tick) ? selection.held_out : selection.solve).push_back(*view);
  }
  return selection;
}

}  // namespace lockstep
